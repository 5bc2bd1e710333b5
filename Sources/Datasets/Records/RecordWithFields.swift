public import AnnealFiles

/// A record with its row's fields, for what looks at more than is learned: a source, a schema.
public struct RecordWithFields: Sendable {
  /// What the row says.
  public var record: Record
  /// The row's fields, an object.
  public var fields: JSON
}

extension Dataset<RecordWithFields> {
  /// The records of `sources`, one after another.
  ///
  /// - Parameter registry: the formats to choose from.
  /// - Throws: `AnnealError` with file, line and field of the first row that is wrong.
  public init(sources: [RowSource], registry: FormatRegistry = .builtin) throws {
    self = Dataset([])
    let bad = BadRows(.stop)
    for source in sources {
      try RecordReader(source, registry: registry).forEach { event in
        switch event {
        case .records(let records, let row):
          append(
            records.map { RecordWithFields(record: $0, fields: row.fields) }, at: row.place(),
            fingerprint: Fingerprint.of(row.fields.text()))
        case .bad(let row): try bad.take(row)
        case .note: break
        }
      }
    }
  }
}
