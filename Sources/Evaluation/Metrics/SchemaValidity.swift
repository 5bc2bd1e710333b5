internal import AnnealDatasets
internal import AnnealFiles

/// Whether the reply is JSON that a schema accepts.
public struct SchemaValidity: ReplyMetric, MeanMetric {
  /// `schema_valid`.
  public static let name = "schema_valid"
  /// What is measured.
  public static let summary = "share of replies that are JSON as the schema wants it"
  /// The file that holds the schema.
  public static let settingNames = ["schema"]

  private let schema: JSONSchemaSubset?

  /// A check against the schema in the file `schema`; without one, against the row's own.
  public init(_ settings: MetricSettings) throws {
    schema = try settings.text("schema").map { try JSONSchemaSubset(contentsOf: $0) }
  }

  /// 1 or 0; nil where there is no schema to go by.
  public func part(of answer: Answer) throws -> Double? {
    let own = try answer.fields["schema"].map { try JSONSchemaSubset($0) }
    guard let schema = schema ?? own else { return nil }
    guard let value = try? JSON(parsing: answer.reply) else { return 0 }
    return schema.accepts(value) ? 1 : 0
  }
}
