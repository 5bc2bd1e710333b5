public import AnnealFiles

/// A piece of a document that rows are made from, as `anneal data ingest` writes it.
public struct Chunk: Sendable {
  /// Its name; a hash of the text where the row has none.
  public let id: String
  /// What it says.
  public let text: String
  /// The document; the data file's name where the row has none.
  public let source: String
  /// The headings above it, the outermost first.
  public let section: [String]
  /// Where the row stands.
  public let place: AnnealError.Place
  private let row: Row

  /// The chunk that `row` is.
  ///
  /// - Throws: `AnnealError` with file, line and field when it has no text.
  public init(_ row: Row) throws {
    self.row = row
    text = try row.text("text", "content")
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw AnnealError(.data, "the field 'text' is empty", at: row.place("text"))
    }
    place = row.place()
    id = Self.name(row.fields["id"]) ?? String(SHA256Digest.hex(of: text).prefix(16))
    source = try row.optionalText("source") ?? Folder.name(of: row.file)
    section = (row.fields["section"]?.array ?? []).compactMap(\.string)
  }

  private static func name(_ value: JSON?) -> String? {
    value?.string ?? value?.integer.map(String.init)
  }

  /// What a row made from the chunk says of it.
  var origin: [(String, JSON)] {
    let kept = ["page", "start", "end", "section"].compactMap { name in
      row.fields[name]?.unlessNull.map { (name, $0) }
    }
    return [("source", .string(source)), ("chunk", .string(id))] + kept
  }

  /// What a prompt may say of it.
  var variables: [(String, JSON)] {
    [
      // A server is not told where files lie on this machine.
      ("text", .string(text)), ("source", .string(Folder.name(of: source))),
      ("section", .string(section.joined(separator: " > "))),
    ]
  }

  /// Whether `quote` stands in the text, wherever lines are broken.
  public func holds(_ quote: String) -> Bool {
    let words = Self.spaced(quote)
    return !words.isEmpty && Self.spaced(text).contains(words)
  }

  private static func spaced(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
