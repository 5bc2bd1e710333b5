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

  /// Whether a file called `name` holds rows; in a folder of data other files are passed over.
  public static func holdsRows(_ name: String) -> Bool {
    let extensions = ["json", "jsonl", "ndjson", "csv", "tsv", "txt"]
    return name.split(separator: ".").last.map { extensions.contains($0.lowercased()) } ?? false
  }

  /// The kind of the file at `path` with contents `bytes`: what they look like decides where the
  /// name leaves a choice, as with JSON lines in a file called `.json`.
  ///
  /// - Throws: `AnnealError` for binary files, with the way to make them readable.
  static func detected(_ bytes: UnsafeBufferPointer<UInt8>, path: String) throws -> FileKind {
    try refuseBinary(bytes, path)
    switch path.split(separator: ".").last.map({ $0.lowercased() }) {
    case "csv": return .csv
    case "tsv": return .tsv
    case "jsonl", "ndjson": return bytes.firstVisible == UInt8(ascii: "[") ? .json : .jsonl
    case "txt", "md": return .text
    default: break
    }
    switch bytes.firstVisible {
    case UInt8(ascii: "["): return .json
    case UInt8(ascii: "{"): return beginsWithObjectLine(bytes) ? .jsonl : .json
    default: return path.hasSuffix(".json") ? .json : .text
    }
  }

  /// Whether the first line is an object by itself and another line follows.
  private static func beginsWithObjectLine(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var lines = Lines(bytes)
    var first: UnsafeBufferPointer<UInt8>?
    while let line = lines.next() {
      guard line.bytes.firstVisible != nil else { continue }
      guard let first else {
        first = line.bytes
        continue
      }
      return (try? JSON(parsing: first))?.object != nil
    }
    return false
  }

  private static func refuseBinary(_ bytes: UnsafeBufferPointer<UInt8>, _ path: String) throws {
    try TextContents.refuseOtherKinds(bytes.prefix(8), path: path)
    if bytes.prefix(4096).contains(0) {
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

/// The lines of a buffer, numbered from 1, without their ends (`\n` or `\r\n`).
struct Lines {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var number = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func next() -> (number: Int, bytes: UnsafeBufferPointer<UInt8>)? {
    guard position < bytes.count else { return nil }
    var end = position
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    var line = UnsafeBufferPointer(rebasing: bytes[position..<end])
    if line.last == 0x0D { line = .init(rebasing: line.dropLast()) }
    position = end + 1
    number += 1
    return (number, line)
  }
}
