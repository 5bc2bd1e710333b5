public import AnnealFiles
internal import AnnealText

/// Two texts and their class, as benchmarks of inference and paraphrase write them: `sentence1`,
/// `sentence2` and `label`; a conversation whose answer is the label.
///
/// Each text stands on a line after its column's name, as T5 has it (Raffel et al. 2020, appendix D).
/// How labels are worded is the mapping's to say (`RowMapping.labels`).
public enum SentencePair: DatasetFormat {
  /// `sentence-pair`.
  public static let name = "sentence-pair"
  /// Two texts and `label`, by any of their names.
  public static let fields: [FormatField] = [
    .required("sentence1", or: firsts[1], firsts[2], firsts[3]),
    .required("sentence2", or: seconds[1], seconds[2], seconds[3]),
    .required("label", or: "category", "label_text"), .optional("instruction"), .optional("system"),
  ]
  /// What other tools call it.
  public static let aliases = ["text-pair", "nli"]
  /// The answer is a class.
  public static let isClassified = true

  // The names go together by their places.
  private static let firsts = ["sentence1", "premise", "question1", "text1"]
  private static let seconds = ["sentence2", "hypothesis", "question2", "text2"]

  /// Rows with two texts that belong together and a label that is one value.
  public static func matches(_ fields: JSON) -> Bool {
    guard let label = self.fields[2].names.lazy.compactMap({ fields[$0] }).first else {
      return false
    }
    guard let (first, second) = names(in: fields) else { return false }
    return fields[first]?.string != nil && fields[second]?.string != nil
      && Classification.words(label) != nil
  }

  /// A conversation of the texts and their label.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let (first, second) = names(in: row.fields) ?? (firsts[0], seconds[0])
    let texts = "\(first): \(try row.text(first))\n\(second): \(try row.text(second))"
    let instruction = try row.optionalText("instruction") ?? ""
    return .conversation(
      Conversation(
        try Turns.system(of: row) + [
          .user(instruction.isEmpty ? texts : instruction + "\n" + texts),
          .assistant(try Classification.label(of: row)),
        ]))
  }

  private static func names(in fields: JSON) -> (String, String)? {
    zip(firsts, seconds).first { fields[$0] != nil && fields[$1] != nil }
  }
}
