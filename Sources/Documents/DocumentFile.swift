public import AnnealFiles

/// A file that is to be read as a document.
public struct DocumentFile: Sendable {
  /// Where it lies.
  public let path: String
  /// What its rows call it: the path as the user gave it, or from the folder that was given.
  public let source: String
  /// Its first bytes.
  public let head: [UInt8]
  /// Its size, bytes.
  public let size: Int

  /// How many bytes are looked at to tell what a file is.
  static let looked = 1 << 16
  /// The largest text that is read whole, bytes.
  static let longest = 1 << 28

  /// Looks at the file at `path`.
  ///
  /// - Throws: `AnnealError` when it cannot be read, or is empty.
  public init(path: String, source: String? = nil) throws {
    self.path = path
    self.source = source ?? path
    var bytes: [UInt8] = []
    _ = try InputFile(path: path).read(Self.looked, into: &bytes)
    head = bytes
    size = Folder.fileBytes(path) ?? bytes.count
    guard !head.isEmpty else {
      throw AnnealError(
        .data, "the file is empty", at: .init(file: self.source), remedy: "Leave it out.")
    }
  }

  /// The ending of its name, in lower case, without the dot.
  public var ending: String { Self.ending(of: path) }

  static func ending(of name: String) -> String {
    let name = Folder.name(of: name)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  /// The first bytes as text.
  var start: String {
    let cut = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    return String(decoding: cut, as: UTF8.self)
  }

  /// A place in it.
  public func place(line: Int? = nil, field: String? = nil) -> AnnealError.Place {
    .init(file: source, line: line, field: field)
  }

  /// The path as a tool is to be given it: never like an option.
  var argument: String { path.hasPrefix("-") ? "./" + path : path }

  /// All of its bytes.
  ///
  /// - Throws: `AnnealError` when it is too large to be one text.
  func bytes() throws -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while try file.read(1 << 20, into: &bytes) {
      guard bytes.count <= Self.longest else {
        throw AnnealError(
          .data, "the file is larger than \(Self.longest >> 20) MiB; that is no single document",
          at: place(), remedy: "Divide it first.")
      }
    }
    return bytes
  }

  /// Its text, lines ending with `\n`; what is not UTF-8 becomes U+FFFD, and is a note.
  ///
  /// - Throws: `AnnealError` when it is binary, or another encoding.
  func text(notes: inout [AnnealError]) throws -> String {
    try refuseOtherKinds()
    var bytes = try bytes()
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if let fault = IllFormedText(bytes).description {
      notes.append(
        AnnealError(
          .data, fault, at: place(),
          remedy: "Convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.contains(0x0D) else { return text }
    return text.split(separator: "\r\n", omittingEmptySubsequences: false)
      .joined(separator: "\n").split(separator: "\r", omittingEmptySubsequences: false)
      .joined(separator: "\n")
  }
}
