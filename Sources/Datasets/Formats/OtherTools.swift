/// Names of data formats that other tools know and that mean something this version does not read.
enum OtherTools {
  /// What to do instead, by the name.
  static let refusals: [String: String] = [
    "input_output":
      "Axolotl's segments with labels are not read; write messages with weight 0 for what is not "
      + "to be learned. Fields input and output are the format input-output.",
    "user_defined": "Name the columns with field_map.",
    "oasst": "Write the conversations as messages.",
    "reflection": "Write the conversations as messages.",
    "pretrain": "The format is text.",
    "context_qa": "Put context and question into one field; the format is question-answer.",
    "creative_acr": "Write the conversations as messages.",
    "llama2_chat": "Write the conversations as messages; the chat template is the model's own.",
  ]
}
