internal import AnnealFiles

/// The kinds of document that are read, the more particular first.
public enum DocumentKinds {
  /// The kinds.
  public static let all: [any DocumentKind.Type] = [
    PDFDocument.self,
    WebVTT.self,
    SubRip.self,
    Media.self,
    SlackExport.self,
    DiscordExport.self,
    RequestLog.self,
    ApplicationLog.self,
    WhatsAppExport.self,
    Transcript.self,
    Markdown.self,
    HTMLDocument.self,
    WordDocument.self,
    OpenDocument.self,
    EPUB.self,
    RichText.self,
    LaTeX.self,
    ReStructuredText.self,
    OrgMode.self,
    SourceCode.self,
    PlainText.self,
  ]

  /// The kind called `name`.
  ///
  /// - Throws: `AnnealError` that names the nearest and lists the known.
  public static func named(_ name: String) throws -> any DocumentKind.Type {
    if let kind = all.first(where: { $0.name == name }) { return kind }
    let names = all.map { $0.name }
    let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw AnnealError(
      .usage, "there is no kind of document '\(name)'\(hint)",
      remedy: "Known kinds: \(names.joined(separator: ", ")).")
  }

  /// The kind of `file`.
  ///
  /// - Throws: `AnnealError` that says what the file is instead, and what to do.
  public static func kind(of file: DocumentFile) throws -> any DocumentKind.Type {
    if let kind = all.first(where: { $0.matches(file) }) { return kind }
    try file.refuseOtherKinds()
    if ["json", "jsonl", "ndjson", "csv", "tsv"].contains(file.ending) {
      throw AnnealError(
        .data, "the file is no log or chat of a known form", at: file.place(),
        remedy: "If it holds rows to learn, give it to `anneal data prepare`; "
          + "as a program's log, read it with --kind log.")
    }
    return PlainText.self
  }

  /// Whether a file of a folder is taken: by its name, and by its first bytes where the name says
  /// little.
  static func takes(_ path: String) -> Bool {
    let ending = DocumentFile.ending(of: path)
    let named = all.filter { $0.endings.contains(ending) }
    if named.isEmpty { return Languages.language(of: path) != nil }
    guard ["json", "jsonl", "ndjson"].contains(ending) else { return true }
    guard let file = try? DocumentFile(path: path) else { return true }
    return named.contains { $0.matches(file) }
  }
}
