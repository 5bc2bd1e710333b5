public import AnnealFiles

/// The kinds of document that are read, the more particular first.
public enum DocumentKinds {
  /// The kinds.
  public static let all: [any DocumentKind.Type] = [
    PDFDocument.self,
    WebVTT.self,
    SubRip.self,
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
    return PlainText.self
  }

  /// Whether a file of a folder is taken, by its name alone.
  public static func holdsText(_ name: String) -> Bool {
    let ending = DocumentFile.ending(of: name)
    return all.contains { $0.endings.contains(ending) }
  }
}
