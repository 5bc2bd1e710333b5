/// What the bytes of a text file are, when they are not plain UTF-8.
public enum TextContents {
  /// Refuses the first bytes of a file of another kind: compressed, an archive, UTF-16.
  ///
  /// - Throws: `AnnealError` of kind `data` that names the kind and the way to make it readable.
  public static func refuseOtherKinds(_ start: some Collection<UInt8>, path: String) throws {
    let known: [(magic: [UInt8], what: String, remedy: String)] = [
      ([0x1F, 0x8B], "compressed with gzip", "Unpack it first: gunzip -k FILE"),
      (Array("PAR1".utf8), "a Parquet file", "Write it as JSON lines first."),
      (Array("ARROW1".utf8), "an Arrow file", "Write it as JSON lines first."),
      (Array("%PDF".utf8), "a PDF document", "Give a file of rows, or plain text."),
      ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "Unpack it first."),
    ]
    for (magic, what, remedy) in known where start.starts(with: magic) {
      throw AnnealError(
        .data, "the file is \(what), which cannot be read", at: .init(file: path), remedy: remedy)
    }
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
      throw AnnealError(
        .data, "the file is UTF-16; UTF-8 is expected", at: .init(file: path),
        remedy: "Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW")
    }
  }

  /// The bytes of the text file, or pipe, at `path`, to its end.
  ///
  /// - Throws: `AnnealError` of kind `data` when it cannot be read, or is of another kind than text.
  public static func bytes(of path: String) throws -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while try file.read(1 << 20, into: &bytes) {}
    try refuseOtherKinds(bytes.prefix(8), path: path)
    return bytes
  }
}

/// Where a text is not UTF-8, counted part by part.
public struct IllFormedText: Sendable, Hashable {
  /// How many places of it become U+FFFD.
  public private(set) var count = 0
  /// The first of them, in bytes from the beginning of the text, from 0.
  public private(set) var firstByte: Int?
  private var bytes = 0

  /// Nothing counted yet.
  public init() {}

  /// What is wrong in `text`.
  public init(_ text: [UInt8]) { add(text[...]) }

  /// Counts what is wrong in the next part of the text, which must not end inside a character.
  public mutating func add(_ part: ArraySlice<UInt8>) {
    defer { bytes += part.count }
    let isWellFormed = part.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) != nil }
    if isWellFormed { return }
    var parser = Unicode.UTF8.ForwardParser()
    var rest = part.makeIterator()
    var place = bytes
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let scalar): place += scalar.count
      case .error(let length):
        count += 1
        firstByte = firstByte ?? place
        place += length
      case .emptyInput: return
      }
    }
  }

  /// A sentence about it; nil when all is well.
  public var description: String? {
    guard let firstByte else { return nil }
    let places = count == 1 ? "one place is" : "\(count) places are"
    return "\(places) not UTF-8, the first at byte \(firstByte) (counted from 0); read as U+FFFD"
  }
}
