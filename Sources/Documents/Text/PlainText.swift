internal import AnnealFiles

/// Plain text: paragraphs between empty lines.
public enum PlainText: DocumentKind {
  /// `text`.
  public static let name = "text"
  /// `txt`.
  public static let endings = ["txt", "text"]

  /// Its paragraphs.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    // A form feed is where plain text has pages.
    let pages = text.split(separator: "\u{0C}", omittingEmptySubsequences: false)
    for (number, page) in pages.enumerated() {
      for paragraph in paragraphs(of: page) {
        var passage = Passage("")
        passage.append(paragraph, joint: "", page: pages.count > 1 ? number + 1 : nil)
        document.passages.append(passage)
      }
    }
    if pages.count > 1 { document.pages = pages.count }
    return document
  }

  /// What stands between empty lines, each without the spaces around it.
  static func paragraphs(of text: some StringProtocol) -> [String] {
    var paragraphs: [String] = []
    var lines: [Substring] = []
    func end() {
      let paragraph = lines.joined(separator: "\n").trimmed
      if !paragraph.isEmpty { paragraphs.append(paragraph) }
      lines = []
    }
    for line in String(text).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) { end() } else { lines.append(line) }
    }
    end()
    return paragraphs
  }
}

extension StringProtocol {
  /// The text without spaces and line ends around it.
  var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }
}
