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
    if case .utf16 = TextEncoding(head: head), let text = utf16Start { return text }
    let cut = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    return String(decoding: cut, as: UTF8.self)
  }

  /// The first bytes as UTF-16, when they are that; the last character may be cut.
  var utf16Start: String? {
    let even = head.prefix(head.count - head.count % 2)
    return TextEncoding(head: head).decoded(even)
      ?? (size > head.count ? TextEncoding(head: head).decoded(even.dropLast(2)) : nil)
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

  /// Its text, lines ending with `\n`.
  ///
  /// UTF-16 is told by its mark; `charset` is what the file says of itself, and counts where it is no
  /// UTF-8. Both are notes, and so is what remains that is not UTF-8 and becomes U+FFFD.
  ///
  /// - Throws: `AnnealError` when it is binary, or another encoding.
  func text(notes: inout [AnnealError], charset: String? = nil) throws -> String {
    try refuseOtherKinds()
    let text = try decoded(try bytes(), charset, notes: &notes)
    guard text.utf8.contains(0x0D) else { return text }
    return text.split(separator: "\r\n", omittingEmptySubsequences: false)
      .joined(separator: "\n").split(separator: "\r", omittingEmptySubsequences: false)
      .joined(separator: "\n")
  }

  private func decoded(
    _ bytes: [UInt8], _ charset: String?, notes: inout [AnnealError]
  ) throws -> String {
    let marked = TextEncoding(head: head)
    if case .utf16 = marked {
      guard let text = marked.decoded(bytes) else { throw brokenUTF16 }
      notes.append(AnnealError(.data, "the file is UTF-16, and was read as that", at: place()))
      return text
    }
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let fault = IllFormedText(bytes).description else {
      return String(decoding: bytes, as: UTF8.self)
    }
    if let declared = charset.flatMap(TextEncoding.init(charset:)), declared != .utf8,
      let text = declared.decoded(bytes)
    {
      notes.append(
        AnnealError(
          .data, "the file is no UTF-8, and was read as \(declared.name), which it says it is",
          at: place()))
      return text
    }
    let name = charset.flatMap { ["utf-8", "utf8"].contains($0) ? nil : $0.uppercased() }
    notes.append(
      AnnealError(
        .data, fault, at: place(),
        remedy: "Convert it: iconv -f \(name ?? "WINDOWS-1252") -t UTF-8 FILE > NEW"))
    return String(decoding: bytes, as: UTF8.self)
  }
}
