internal import AnnealFiles

/// Makes passages of the tree that pandoc gives of a document (pandoc-types 1.22 and later).
///
/// Elements have `t`, their kind, and `c`, their contents.
struct PandocTree {
  private var passages: [Passage] = []
  private var path = SectionPath()

  /// The passages of the document `tree`.
  mutating func passages(of tree: JSON) -> [Passage] {
    let title = tree["meta"]?["title"].map { Self.text($0).trimmed } ?? ""
    if !title.isEmpty { path.enter(title, rank: 0) }
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
      let title = Self.text(contents[2] ?? .null).trimmed
      guard !title.isEmpty else { return }
      path.enter(title, rank: Double(contents[0]?.integer ?? 1))
      passages.append(.heading(path.titles))
    case "Para", "Plain": add(Self.text(contents))
    case "LineBlock":
      add((contents.array ?? []).map(Self.text).joined(separator: "\n"), .lines)
    case "CodeBlock": add(contents[1]?.string ?? "", .lines)
    case "BlockQuote": for inner in contents.array ?? [] { read(inner) }
    case "Div", "Figure": for inner in contents.array?.last?.array ?? [] { read(inner) }
    case "BulletList": items(contents.array ?? []) { _ in "- " }
    case "OrderedList":
      let first = contents[0]?[0]?.integer ?? 1
      items(contents[1]?.array ?? []) { "\(first.addingReportingOverflow($0).partialValue). " }
    case "DefinitionList":
      for item in contents.array ?? [] {
        let meanings = (item[1]?.array ?? []).map { Self.blocks($0).joined(separator: "\n") }
        add(
          ([Self.text(item[0] ?? .null)] + meanings.map { ": " + $0 }).joined(separator: "\n"),
          .lines)
      }
    case "Table": add(Self.rows(of: contents).joined(separator: "\n"), .lines)
    default: break
    }
  }

  private mutating func add(_ text: String, _ style: Passage.Style = .prose) {
    let text = style == .prose ? text.trimmed : text
    guard !text.allSatisfy(\.isWhitespace) else { return }
    passages.append(Passage(text, style, section: path.titles))
  }

  /// A list is one passage, each line of it an item.
  private mutating func items(_ items: [JSON], _ mark: (Int) -> String) {
    let lines = items.enumerated().map { number, item in
      mark(number)
        + Self.blocks(item).joined(separator: "\n").split(separator: "\n").joined(separator: "\n  ")
    }
    add(lines.joined(separator: "\n"), .lines)
  }

  /// The texts of blocks within an item or a cell.
  private static func blocks(_ blocks: JSON) -> [String] {
    var inner = PandocTree()
    for block in blocks.array ?? [] { inner.read(block) }
    return inner.passages.map(\.text)
  }

  /// The rows of a table, cells parted by bars.
  ///
  /// A table is [attributes, caption, columns, head, bodies, foot]; rows and cells have theirs first.
  private static func rows(of table: JSON) -> [String] {
    let bodies = (table[4]?.array ?? []).flatMap { ($0[2]?.array ?? []) + ($0[3]?.array ?? []) }
    let rows = (table[3]?[1]?.array ?? []) + bodies + (table[5]?[1]?.array ?? [])
    let caption = blocks(table[1]?[1] ?? .null)
    return caption
      + rows.map { row in
        (row[1]?.array ?? []).map { cell in
          blocks(cell.array?.last ?? .null).joined(separator: " ")
            .split(separator: "\n").joined(separator: " ")
        }.joined(separator: " | ")
      }
  }

  /// The text of inlines: a list of them, one, or what holds some.
  static func text(_ inline: JSON) -> String {
    if let list = inline.array { return list.map(text).joined() }
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
    case "Link", "Span", "Cite": return text(contents.array?.dropFirst().first ?? .null)
    case "Image", "Note", "RawInline": return ""
    case "Strong", "Emph", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps",
      "MetaInlines":
      return text(contents)
    case "MetaString": return contents.string ?? ""
    case "MetaBlocks": return blocks(contents).joined(separator: " ")
    default: return ""
    }
  }
}
