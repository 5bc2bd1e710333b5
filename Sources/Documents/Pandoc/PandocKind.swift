internal import AnnealFiles

/// A kind of document that pandoc reads.
///
/// pandoc gives the document as a tree, and runs in its sandbox: it reads no other file and asks no
/// server.
protocol PandocKind: DocumentKind {
  /// What pandoc calls the kind.
  static var format: String { get }
  /// Whether its files are zip archives, whose directory is checked first.
  static var isArchive: Bool { get }
  /// What pandoc is given.
  static func input(_ file: DocumentFile, notes: inout [AnnealError]) throws -> [UInt8]
}

extension PandocKind {
  static var isArchive: Bool { true }

  static func input(_ file: DocumentFile, notes: inout [AnnealError]) throws -> [UInt8] {
    try file.bytes()
  }

  /// What pandoc says that the file says.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    if isArchive { try ZipDirectory.check(file) }
    let input = try input(file, notes: &document.notes)
    let output = try await ExternalTool.pandoc.run(
      ["--sandbox", "-f", format, "-t", "json"], on: file, input: input,
      // pandoc's language reserves address space before it uses any.
      limits: ToolLimits(seconds: settings.seconds, memory: 4096))
    guard output.status == 0 else {
      throw AnnealError(
        .data, "the \(name) document cannot be read\(output.complaint)", at: file.place(),
        remedy: "Open it where it was made, and save it again.")
    }
    var tree = PandocTree()
    do {
      document.passages = tree.passages(
        of: try JSON(parsing: output.bytes, file: "pandoc's output"))
    } catch let error as AnnealError {
      throw AnnealError(
        .data, "the document is nested too deep, or pandoc is of an unknown version",
        at: file.place(), remedy: "Simplify it, or use pandoc 2.15 or newer.", cause: error)
    }
    return document
  }
}
