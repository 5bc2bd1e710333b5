internal import AnnealFiles

/// Makes passages of the tree that pandoc gives of a document (pandoc-types 1.22 and later).
///
/// Elements have `t`, their kind, and `c`, their contents. A footnote leaves its number in brackets,
/// and stands behind the paragraph, the list or the table that it belongs to.
struct PandocTree {
  private var passages: [Passage] = []
  private var path = SectionPath()
  /// Footnotes that are not yet passages, and how many there were.
  private var notes: [String] = []
  private var noteCount = 0
  /// Whether it reads an item, a cell or a note.
  private var isInner = false

  /// The passages of the document `tree`.
  mutating func passages(of tree: JSON) -> [Passage] {
    let title = tree["meta"]?["title"].map { self.title($0) } ?? ""
    if !title.isEmpty { path.enter(title, rank: 0) }
    addNotes()
    let all = tree["blocks"]?.array ?? []
    for block in Self.main(of: all) ?? all { read(block) }
    return passages
  }

  /// The part of a web page that says it is the main one; nil when none does.
  private static func main(of blocks: [JSON]) -> [JSON]? {
    for block in blocks where block["t"]?.string == "Div" {
      let inner = block["c"]?[1]?.array ?? []
      let attributes = block["c"]?[0]?[2]?.array ?? []
      if attributes.contains(where: { $0[0]?.string == "role" && $0[1]?.string == "main" }) {
        return inner
      }
      if let found = main(of: inner) { return found }
    }
    return nil
  }

  private mutating func read(_ block: JSON) {
    let contents = block["c"] ?? .null
    switch block["t"]?.string {
    case "Header":
      let title = title(contents[2] ?? .null)
      guard !title.isEmpty else { return }
      path.enter(title, rank: Double(contents[0]?.integer ?? 1))
      passages.append(.heading(path.titles))
      addNotes()
    case "Para", "Plain": add(text(contents))
    case "LineBlock":
      add((contents.array ?? []).map { text($0) }.joined(separator: "\n"), .lines)
    case "CodeBlock": add(contents[1]?.string ?? "", .lines)
    case "BlockQuote": for inner in contents.array ?? [] { read(inner) }
    case "Div", "Figure": for inner in contents.array?.last?.array ?? [] { read(inner) }
    case "BulletList": items(contents.array ?? []) { _ in "- " }
    case "OrderedList":
      let first = contents[0]?[0]?.integer ?? 1
      items(contents[1]?.array ?? []) { "\(first.addingReportingOverflow($0).partialValue). " }
    case "DefinitionList": for item in contents.array ?? [] { define(item) }
    case "Table": add(rows(of: contents).joined(separator: "\n"), .lines)
    default: break
    }
  }

  /// Adds a term and its meanings.
  private mutating func define(_ item: JSON) {
    var lines = [text(item[0] ?? .null)]
    for meaning in item[1]?.array ?? [] {
      lines.append(": " + blocks(meaning).joined(separator: "\n"))
    }
    add(lines.joined(separator: "\n"), .lines)
  }

  /// The text of a heading, without the numbers of its footnotes.
  private mutating func title(_ inlines: JSON) -> String {
    let before = noteCount
    var title = text(inlines)
    for number in before..<noteCount { title = title.replacing("[\(number + 1)]", with: "") }
    return title.trimmed
  }

  private mutating func add(_ text: String, _ style: Passage.Style = .prose) {
    let text = style == .prose ? text.trimmed : text
    if !text.allSatisfy(\.isWhitespace) {
      passages.append(Passage(text, style, section: path.titles))
    }
    addNotes()
  }

  /// Adds the footnotes of what was added last; those of an item or a cell are left to the whole.
  private mutating func addNotes() {
    guard !isInner else { return }
    let section = path.titles
    let added = notes.map { Passage($0, section: section) }
    passages += added
    notes = []
  }

  /// A list is one passage, each line of it an item.
  private mutating func items(_ items: [JSON], _ mark: (Int) -> String) {
    let lines = items.enumerated().map { number, item in
      mark(number)
        + blocks(item).joined(separator: "\n").split(separator: "\n").joined(separator: "\n  ")
    }
    add(lines.joined(separator: "\n"), .lines)
  }

  /// The texts of blocks within an item, a cell or a note.
  private mutating func blocks(_ blocks: JSON) -> [String] {
    var inner = PandocTree()
    (inner.isInner, inner.notes, inner.noteCount) = (true, notes, noteCount)
    for block in blocks.array ?? [] { inner.read(block) }
    (notes, noteCount) = (inner.notes, inner.noteCount)
    return inner.passages.map(\.text)
  }

  /// The rows of a table, cells parted by bars.
  ///
  /// A table is [attributes, caption, columns, head, bodies, foot]; rows and cells have theirs first.
  private mutating func rows(of table: JSON) -> [String] {
    let bodies = (table[4]?.array ?? []).flatMap { ($0[2]?.array ?? []) + ($0[3]?.array ?? []) }
    let rows = (table[3]?[1]?.array ?? []) + bodies + (table[5]?[1]?.array ?? [])
    var lines = blocks(table[1]?[1] ?? .null)
    for row in rows {
      let cells = (row[1]?.array ?? []).map { cell in
        blocks(cell.array?.last ?? .null).joined(separator: " ")
          .split(separator: "\n").joined(separator: " ")
      }
      lines.append(cells.joined(separator: " | "))
    }
    return lines
  }

  /// The text of inlines: a list of them, one, or what holds some.
  private mutating func text(_ inline: JSON) -> String {
    if let list = inline.array { return list.map { text($0) }.joined() }
    let contents = inline["c"] ?? .null
    switch inline["t"]?.string {
    case "Str": return contents.string ?? ""
    case "Space", "SoftBreak": return " "
    case "LineBreak": return "\n"
    case "Code": return contents[1]?.string ?? ""
    case "Math": return contents[1]?.string.map { "$\($0)$" } ?? ""
    case "Quoted":
      let marks = contents[0]?["t"]?.string == "SingleQuote" ? ("‘", "’") : ("“", "”")
      return marks.0 + text(contents[1] ?? .null) + marks.1
    case "Link": return link(contents)
    case "Span", "Cite": return text(contents.array?.dropFirst().first ?? .null)
    case "Note": return note(contents)
    case "Image", "RawInline": return ""
    case "Strong", "Emph", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps",
      "MetaInlines":
      return text(contents)
    case "MetaString": return contents.string ?? ""
    case "MetaBlocks": return blocks(contents).joined(separator: " ")
    default: return ""
    }
  }

  /// The mark of a footnote, which is kept for later; nothing for an empty one.
  private mutating func note(_ blocks: JSON) -> String {
    noteCount += 1
    let (number, place) = (noteCount, notes.count)
    let words = self.blocks(blocks).joined(separator: "\n")
    guard !words.allSatisfy(\.isWhitespace) else {
      noteCount -= 1
      return ""
    }
    // A note within it has the next number, and stands behind it.
    notes.insert("[\(number)] \(words)", at: place)
    return "[\(number)]"
  }

  /// The words of a link; of one to a footnote of a web page they are its mark, and the link back
  /// from there says nothing.
  ///
  /// A link is [attributes, words, target], and attributes are [id, classes, others].
  private mutating func link(_ contents: JSON) -> String {
    let words = text(contents[1] ?? .null)
    let classes = contents[0]?[1]?.array ?? []
    let role = (contents[0]?[2]?.array ?? []).first { $0[0]?.string == "role" }?[1]?.string
    if role == "doc-backlink" || classes.contains("footnote-back") { return "" }
    let isMark =
      role == "doc-noteref" || classes.contains("footnote-ref")
      || contents[2]?[0]?.string?.hasPrefix("#") == true && Self.isRaised(contents[1] ?? .null)
    guard isMark, !words.isEmpty, words.allSatisfy({ $0.isLetter || $0.isNumber }) else {
      return words
    }
    return "[\(words)]"
  }

  /// Whether `inlines` are one that stands above the line.
  private static func isRaised(_ inlines: JSON) -> Bool {
    inlines.array?.count == 1 && inlines[0]?["t"]?.string == "Superscript"
  }
}
