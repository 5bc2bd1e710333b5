internal import AnnealFiles

/// Rows of any format as teachers and filters see them: what is asked, and what is answered.
public struct TeachingRows: Sendable {
  /// A row.
  public struct Element: Sendable {
    /// The row.
    public var row: Row
    /// What is asked; empty for a text alone.
    public var prompt: String
    /// What is answered, or the text.
    public var answer: String
  }

  /// The rows, in their order.
  public private(set) var elements: [Element] = []

  /// The rows of `sources`, or the first `limit`; those that cannot be used go to `bad`.
  public init(_ sources: [RowSource], limit: Int? = nil, bad: BadRows) throws {
    try EnoughRows.reading {
      for source in sources {
        try RecordReader(source).forEach { event in
          switch event {
          case .records(let records, let row): elements.append(Self.element(records.first, row))
          case .bad(let row): try bad.take(row)
          case .note: break
          }
          if elements.count == limit { throw EnoughRows() }
        }
      }
    }
  }

  private static func element(_ record: Record?, _ row: Row) -> Element {
    if case .text(let text)? = record { return Element(row: row, prompt: "", answer: text) }
    let exchange = record?.exchange
    return Element(row: row, prompt: exchange?.prompt ?? "", answer: exchange?.answer ?? "")
  }
}

/// Chunks by their names, to hold rows against what they were made from.
public struct ChunkLibrary: Sendable {
  private var chunks: [String: Chunk] = [:]

  /// The chunks of the files at `paths`.
  public init(_ paths: [String]) throws {
    for path in paths {
      for row in try RowReader(path: path).rows() {
        let chunk = try Chunk(row)
        chunks[chunk.id] = chunk
      }
    }
  }

  /// The chunk that `row` was made from; nil when it names none that is here.
  public func chunk(of row: Row) -> Chunk? {
    let name = row.fields["chunk"]
    return (name?.string ?? name?.integer.map(String.init)).flatMap { chunks[$0] }
  }
}
