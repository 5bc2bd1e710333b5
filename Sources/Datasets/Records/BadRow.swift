public import AnnealFiles

/// A row that cannot be used: why, and what stands there.
public struct BadRow: Sendable {
  /// What is wrong, with file, line and field.
  public var error: AnnealError
  /// What kind of fault it is, for counts.
  public var reason = "cannot be read"
  /// The row's fields; its text when it could not be read as fields.
  public var content: JSON

  /// A row that `error` says is unusable.
  public init(_ error: AnnealError, content: JSON) {
    self.error = error
    self.content = content
  }

  /// A row that is no record of `format`.
  init(_ error: any Error, in row: Row, of format: any DatasetFormat.Type) {
    self.init(
      error as? AnnealError ?? AnnealError(.data, "\(error)", at: row.place()),
      content: row.fields)
    reason = "is not of the format \(format.name)"
  }

  /// A row whose text could not be read; the first MiB of it is kept.
  init(_ error: AnnealError, text: some Collection<UInt8>) {
    self.init(error, content: .string(String(decoding: text.prefix(1 << 20), as: UTF8.self)))
  }

  /// The row as a line of the side file: `at`, `problem`, `row`.
  var json: JSON {
    [
      "at": error.place.map { .string($0.description) } ?? .null,
      "problem": .string(error.message), "row": content,
    ]
  }
}

/// What reading a file comes upon.
public enum RowEvent: Sendable {
  /// A row.
  case row(Row)
  /// A row that cannot be read.
  case bad(BadRow)
  /// Something that a reader should know of a row that is read all the same.
  case note(AnnealError)
}
