internal import AnnealFiles
internal import AnnealText

/// Self-Instruct's fields (arXiv 2212.10560): an instruction with `instances` of input and output.
///
/// Every instance is a record of its own.
public enum SelfInstruct: DatasetFormat {
  /// `self-instruct`.
  public static let name = "self-instruct"
  /// `instruction` and `instances`.
  public static let fields: [FormatField] = [.required("instruction"), .required("instances")]
  /// With an underscore, as its files are called.
  public static let aliases = ["self_instruct"]

  /// The first instance.
  public static func record(from row: Row) throws -> Record {
    let records = try records(from: row)
    guard let first = records.first else {
      throw AnnealError(.data, "'instances' is empty", at: row.place("instances"))
    }
    return first
  }

  /// A conversation for each instance.
  public static func records(from row: Row) throws -> [Record] {
    try checkSpelling(of: row)
    let instruction = try row.text("instruction")
    guard let instances = row.fields["instances"]?.array, !instances.isEmpty else {
      throw row.mismatch(
        "instances", row.fields["instances"], expected: "a list of objects, one at least")
    }
    return try instances.enumerated().map { index, instance in
      let field = "instances[\(index)]"
      let input = instance["input"]?.string ?? ""
      guard let output = instance["output"]?.string else {
        throw row.mismatch("\(field).output", instance["output"], expected: "a string")
      }
      let question = input.isEmpty ? instruction : instruction + "\n" + input
      return .conversation(Conversation([.user(question), .assistant(output)]))
    }
  }
}
