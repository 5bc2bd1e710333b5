/// The settings that some Markdown files begin with, between two lines of `---`.
enum FrontMatter {
  /// `text` without its front matter, how many lines that has, and the title it gives.
  static func removed(from text: String) -> (text: Substring, lines: Int, title: String?) {
    let lines = text.split(separator: "\n", maxSplits: 500, omittingEmptySubsequences: false)
    guard lines.first?.trimmed == "---",
      let end = lines.dropFirst().firstIndex(where: { ["---", "..."].contains($0.trimmed) }),
      end < 500, lines[1..<end].contains(where: { $0.contains(":") })
    else { return (text[...], 0, nil) }
    let title = lines[1..<end].first { $0.hasPrefix("title:") }
      .map { unquoted($0.dropFirst("title:".count).trimmed) }
    guard end + 1 < lines.count else { return ("", end + 1, title) }
    return (text[lines[end + 1].startIndex...], end + 1, title?.isEmpty == true ? nil : title)
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count > 1, let first = text.first, first == text.last, first == "'" || first == "\""
    else { return text }
    return String(text.dropFirst().dropLast())
  }
}
