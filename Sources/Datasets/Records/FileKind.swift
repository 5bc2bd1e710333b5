internal import AnnealFiles

/// How a data file is written.
public enum FileKind: String, Sendable, CaseIterable {
  /// One JSON value: an array of objects, an object that wraps one, or a single object.
  case json
  /// A JSON object on every line.
  case jsonl
  /// Values separated by commas (or semicolons), RFC 4180, with a header.
  case csv
  /// Values separated by tabs, with a header.
  case tsv
  /// Plain text.
  case text
  /// Plain text, each line by itself.
  case lines
  /// Columns in Parquet's layout.
  case parquet
  /// Columns in Arrow's layout: its file format (Feather) or its stream.
  case arrow

  /// Whether a line is an object of JSON, as the file is read.
  var isLinesOfJSON: Bool { self == .jsonl || self == .parquet || self == .arrow }

  /// Whether a file called `name` holds rows; in a folder of data other files are passed over.
  public static func holdsRows(_ name: String) -> Bool {
    let extensions =
      ["json", "jsonl", "ndjson", "csv", "tsv", "txt", "md", "markdown"] + ArrowFile.endings
    return Compressions.plainName(name).split(separator: ".").last.map {
      extensions.contains($0.lowercased())
    } ?? false
  }

  /// The kind of the file at `path`: what its first bytes look like decides where the name leaves a
  /// choice, as with JSON lines in a file called `.json`.
  ///
  /// - Throws: `AnnealError` for binary files, with the way to make them readable.
  static func detected(_ data: DataBytes, path: String) throws -> FileKind {
    if let columns = data.columns { return columns == .parquet ? .parquet : .arrow }
    let ending = data.plainName.split(separator: ".").last.map { $0.lowercased() }
    let first = try data.bytes.head.withUnsafeBufferPointer { head in
      try refuseBinary(head, path)
      return head.firstVisible
    }
    switch ending {
    case "csv": return .csv
    case "tsv": return .tsv
    case "jsonl", "ndjson":
      guard first == UInt8(ascii: "[") else { return .jsonl }
      return try beginsWithLine(data.bytes, of: "[") ? .jsonl : .json
    case "txt", "md", "markdown": return .text
    default: break
    }
    switch first {
    case UInt8(ascii: "["): return .json
    case UInt8(ascii: "{"): return try beginsWithLine(data.bytes, of: "{") ? .jsonl : .json
    default: return ending == "json" ? .json : header(of: data.bytes) ?? .text
    }
  }

  /// The kind of a table whose first line names the columns of a known format; nil of other texts.
  private static func header(of bytes: PeekedProducer) -> FileKind? {
    let line = bytes.head.withUnsafeBufferPointer(\.withoutMark).prefix { $0 != 0x0A }
    let separator = TableReader.separator(of: Array(line))
    var reader = TableReader(Array(line), separator: separator, path: "")
    guard let names = try? reader.next()?.fields, names.count > 1 else { return nil }
    let row = JSON(members: names.map { ($0, .string("-")) })
    // One name alone may be a word of a sentence.
    let formats = FormatRegistry.builtin.formats.filter { $0.fields.count(where: \.isRequired) > 1 }
    guard formats.contains(where: { $0.matches(row) }) else { return nil }
    return separator == UInt8(ascii: "\t") ? .tsv : .csv
  }

  /// Whether the first line is a value by itself, which begins with `bracket`, and another line
  /// follows.
  private static func beginsWithLine(
    _ bytes: PeekedProducer, of bracket: Unicode.Scalar
  ) throws -> Bool {
    while true {
      let answer = bytes.head.withUnsafeBufferPointer { head -> Bool? in
        let isLonger = !bytes.isWhole && head.count < LineReader.longest
        guard let start = head.firstIndex(where: { $0 == UInt8(ascii: bracket) }),
          let end = head[start...].firstIndex(of: 0x0A)
        else { return isLonger ? nil : false }
        let hasMore = UnsafeBufferPointer(rebasing: head[end...]).firstVisible != nil
        guard hasMore else { return isLonger ? nil : false }
        return (try? JSON(parsing: UnsafeBufferPointer(rebasing: head[start..<end]))) != nil
      }
      if let answer { return answer }
      try bytes.look(at: bytes.head.count * 4)
    }
  }

  /// A text may hold a zero byte by accident, which is then a bad row; a binary file has many bytes
  /// that no text has.
  private static func refuseBinary(_ bytes: UnsafeBufferPointer<UInt8>, _ path: String) throws {
    let start = bytes.prefix(4096)
    let controls = start.count { $0 < 0x09 || (0x0E..<0x20).contains($0) }
    if start.contains(0), controls * 20 > start.count {
      throw AnnealError(
        .data, "the file is binary (it holds zero bytes)", at: .init(file: path),
        remedy: "JSON, JSONL, CSV, TSV and plain text can be read.")
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first byte that is no space, after a byte-order mark.
  var firstVisible: UInt8? {
    withoutMark.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
  }

  /// The bytes after a UTF-8 byte-order mark.
  var withoutMark: UnsafeBufferPointer<UInt8> {
    starts(with: [0xEF, 0xBB, 0xBF]) ? .init(rebasing: self[3...]) : self
  }
}
