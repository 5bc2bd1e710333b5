internal import AnnealFiles

/// Markdown, as it is written: headings give the section, front matter and comments are left out.
public enum Markdown: DocumentKind {
  /// `markdown`.
  public static let name = "markdown"
  /// `md`, `markdown`.
  public static let endings = ["md", "markdown", "mdown", "mkd", "mdx", "qmd"]

  /// Its paragraphs, lists and blocks of code.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    document.passages = passages(of: text)
    return document
  }

  static func passages(of text: String) -> [Passage] {
    let (body, _, title) = FrontMatter.removed(from: text)
    var reader = MarkdownReader(title: title)
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) { reader.read(line) }
    return reader.end()
  }
}

/// Reads Markdown line by line: the blocks of CommonMark that decide where a text may be cut.
struct MarkdownReader {
  private(set) var passages: [Passage] = []
  private var path = SectionPath()
  private var lines: [Substring] = []
  /// The marks that an open block of code ends with.
  private var fence: Substring?
  private var isComment = false

  /// A reader below the document's `title`, when it has one.
  init(title: String?) {
    if let title { path.enter(title, rank: 0) }
  }

  /// The passages, when all lines are read.
  mutating func end() -> [Passage] {
    flush(fence == nil ? nil : .lines)
    return passages
  }

  mutating func read(_ line: Substring) {
    if let open = fence {
      lines.append(line)
      if Self.fence(line).map({ $0.hasPrefix(open) && line.trimmed == $0 }) == true {
        flush(.lines)
        fence = nil
      }
      return
    }
    guard let line = withoutComment(line) else { return }
    if let mark = Self.fence(line) {
      flush()
      fence = mark
      lines.append(line)
    } else if line.allSatisfy(\.isWhitespace) {
      flush()
    } else if let (level, title) = Self.heading(line) {
      flush()
      add(title, level: level)
    } else if let level = Self.underline(line), lines.count == 1, let title = lines.first?.trimmed,
      !title.hasPrefix("|"), !Self.beginsItem(title[...])
    {
      lines = []
      add(title, level: level)
    } else {
      lines.append(line)
    }
  }

  private mutating func add(_ title: String, level: Int) {
    guard !title.isEmpty else { return }
    path.enter(title, rank: Double(level))
    passages.append(.heading(path.titles))
  }

  private mutating func flush(_ style: Passage.Style? = nil) {
    defer { lines = [] }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    guard let first = lines.first else { return }
    let isList = lines.contains { Self.beginsItem($0) } || first.hasPrefix("|")
    let isCode = lines.allSatisfy { $0.hasPrefix("    ") || $0.hasPrefix("\t") }
    let style = style ?? (isList || isCode ? .lines : .prose)
    passages.append(Passage(lines.joined(separator: "\n"), style, section: path.titles))
  }

  /// The three or more backticks or tildes that `line` begins with.
  private static func fence(_ line: Substring) -> Substring? {
    let rest = line.drop { $0 == " " }
    guard line.count - rest.count < 4, let mark = rest.first, mark == "`" || mark == "~" else {
      return nil
    }
    let marks = rest.prefix { $0 == mark }
    guard marks.count >= 3, !(mark == "`" && rest.dropFirst(marks.count).contains("`")) else {
      return nil
    }
    return marks
  }

  /// The level and the title of a line such as `## Title ##`.
  private static func heading(_ line: Substring) -> (Int, String)? {
    let marks = line.prefix { $0 == "#" }
    let rest = line.dropFirst(marks.count)
    guard (1...6).contains(marks.count), rest.first?.isWhitespace ?? true else { return nil }
    var title = rest.trimmed[...]
    let closing = title.reversed().prefix { $0 == "#" }.count
    if closing > 0, title.dropLast(closing).last?.isWhitespace ?? true {
      title = title.dropLast(closing)
    }
    return (marks.count, title.trimmed)
  }

  /// The level of the heading that a line of `=` or `-` makes of the line above it.
  private static func underline(_ line: Substring) -> Int? {
    let line = line.trimmed
    guard line.count >= 2 else { return nil }
    if line.allSatisfy({ $0 == "=" }) { return 1 }
    return line.allSatisfy { $0 == "-" } ? 2 : nil
  }

  /// Whether a line begins an item of a list.
  static func beginsItem(_ line: Substring) -> Bool {
    let line = line.drop { $0.isWhitespace }
    if let mark = line.first, "-*+".contains(mark) { return line.dropFirst().first == " " }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(digits.count)
    return (1...9).contains(digits.count) && (rest.hasPrefix(". ") || rest.hasPrefix(") "))
  }

  /// What is left of a line without comments; nil when nothing is.
  private mutating func withoutComment(_ line: Substring) -> Substring? {
    var kept = ""
    var rest = line
    while !rest.isEmpty {
      if isComment {
        guard let end = rest.firstRange(of: "-->") else { break }
        isComment = false
        rest = rest[end.upperBound...]
      } else if let start = rest.firstRange(of: "<!--") {
        kept += rest[..<start.lowerBound]
        isComment = true
        rest = rest[start.upperBound...]
      } else {
        if kept.isEmpty, rest.count == line.count { return line }
        kept += rest
        rest = ""
      }
    }
    return kept.isEmpty && !line.isEmpty ? nil : kept[...]
  }
}
