internal import AnnealFiles

/// What templates see of a tokenizer's configuration.
enum TemplateVariables {
  private static let names = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    "additional_special_tokens",
  ]

  /// The special tokens of `tokenizer_config.json`; those that are null or absent are left out.
  static func specialTokens(of configuration: JSON) -> [String: JSON] {
    var variables: [String: JSON] = [:]
    for name in names {
      guard let value = configuration[name], !value.isNull else { continue }
      if let tokens = value.array {
        variables[name] = .array(tokens.compactMap(text))
      } else if let token = text(value) {
        variables[name] = token
      }
    }
    return variables
  }

  /// A token is written as its text, or as an object that holds it as `content`.
  private static func text(_ token: JSON) -> JSON? {
    (token.string ?? token["content"]?.string).map(JSON.string)
  }
}
