/// Makes passages of the rows of a document's pages.
struct PageParagraphs {
  private let hyphenation: Hyphenation
  /// How high the letters of the running text are.
  private let body: Double
  private var passages: [Passage] = []
  private var open = Passage("")
  private var path = SectionPath()
  private var last: PageLine?
  private var heading: (text: String, line: PageLine, page: Int)?

  /// The passages of `pages`, whose running heads are removed.
  static func passages(of pages: [PageText]) -> [Passage] {
    let regions = pages.flatMap(ReadingOrder.regions)
    let rows = regions.flatMap(\.rows)
    var paragraphs = PageParagraphs(rows)
    for region in regions { paragraphs.read(region) }
    paragraphs.endHeading()
    paragraphs.endParagraph()
    return paragraphs.passages
  }

  private init(_ rows: [PageLine]) {
    hyphenation = Hyphenation(rows)
    body = Weighted.median(rows.map { ($0.height, $0.text.count) })
  }

  private mutating func read(_ region: PageRegion) {
    let pitch = pitch(of: region)
    if region.isList { endParagraph() }
    for (index, row) in region.rows.enumerated() {
      if isHeading(row, in: region) {
        endParagraph()
        add(heading: row, region.page)
        continue
      }
      endHeading()
      if region.isList {
        appendLine(row, region.page)
        continue
      }
      let before = index > 0 ? region.rows[index - 1] : nil
      if begins(row, after: before, in: region, pitch) { endParagraph() }
      append(row, region.page)
    }
    if region.isList { endParagraph() }
  }

  /// Adds a line of a list, which no other line goes on with.
  private mutating func appendLine(_ row: PageLine, _ page: Int) {
    open.style = .lines
    open.append(row.text, joint: "\n", page: page)
    last = row
  }

  /// The usual distance of lines.
  private func pitch(of region: PageRegion) -> Double {
    let steps = zip(region.rows, region.rows.dropFirst()).map { $1.middle - $0.middle }
      .filter { $0 > 0.5 * body }.sorted()
    // Of more gaps than lines the smaller ones tell how lines stand.
    return steps.isEmpty ? body * 1.2 : min(steps[steps.count / 3], body * 2)
  }

  /// Larger letters, few words, no end of a sentence.
  private func isHeading(_ row: PageLine, in region: PageRegion) -> Bool {
    guard row.height > body * 1.12, row.words <= 16, row.text.count <= 120,
      row.text.count(where: \.isLetter) >= 2,
      let end = row.text.last, !",;".contains(end), !(end == "." && row.words > 6)
    else { return false }
    // Formulas are of large letters too, but the words around them are not.
    if let lowest = row.lowest, lowest <= body * 1.06 { return false }
    let tokens = row.text.split { $0.isWhitespace }.filter {
      !$0.allSatisfy { $0.isNumber || $0 == "." }
    }
    if tokens.count == 1, let token = tokens.first, Self.isFunction(token) { return false }
    let words = tokens.filter { $0.count(where: \.isLetter) * 2 > $0.count && $0.count > 1 }
    return words.count * 10 >= tokens.count * 6
      && words.contains { $0.prefix { $0.isLetter }.count > 2 }
  }

  /// Whether a word is a function's name, such as `det` or `Sym(X)`, and no title.
  private static func isFunction(_ word: Substring) -> Bool {
    if word.first?.isLowercase == true, word.count < 4 { return true }
    let name = word.prefix { $0.isLetter }
    return !name.isEmpty && word.dropFirst(name.count).first == "("
  }

  private mutating func add(heading row: PageLine, _ page: Int) {
    let text = row.text.split { $0.isWhitespace }.joined(separator: " ")
    if let open = heading, open.page == page, abs(open.line.height - row.height) < 0.6,
      row.middle > open.line.middle, row.middle - open.line.middle < row.height * 1.8
    {
      let (drop, joint) = hyphenation.joint(after: open.text, before: text)
      heading = (open.text.dropLast(drop) + joint + text, row, page)
      return
    }
    endHeading()
    heading = (text, row, page)
  }

  private mutating func endHeading() {
    guard let (text, line, page) = heading else { return }
    heading = nil
    last = nil
    // Heights that differ by less than half a point are of one font.
    path.enter(text, rank: -(line.height * 2).rounded())
    var passage = Passage.heading(path.titles)
    passage.marks = [.init(offset: 0, page: page)]
    passages.append(passage)
  }

  private mutating func endParagraph() {
    defer { open = Passage("", section: path.titles) }
    guard !open.text.isEmpty else { return }
    open.section = path.titles
    passages.append(open)
    last = nil
  }

  /// Whether `row` begins a paragraph; `before` is the row above it in its region.
  private func begins(
    _ row: PageLine, after before: PageLine?, in region: PageRegion, _ pitch: Double
  ) -> Bool {
    guard let last, !open.text.isEmpty else { return true }
    let isTable = row.text.contains("\t")
    if isTable || last.text.contains("\t") { return isTable != last.text.contains("\t") }
    if Self.beginsItem(row.text) { return true }
    // Whatever stands around it: a divided word goes on.
    if last.text.last == "-", last.text.dropLast().last?.isLetter == true { return false }
    let indent = row.x.lowerBound - region.x.lowerBound
    guard let before else {
      // A paragraph goes on in the next column or page unless it ended there.
      return Self.endsSentence(last.text) || abs(last.height - row.height) > 0.12 * body
        || row.text.first?.isUppercase == true && !Self.isOpen(last.text)
    }
    if row.middle - before.middle > 1.38 * pitch { return true }
    if abs(before.height - row.height) > 0.2 * body { return true }
    if indent > 0.8 * body, indent < 4 * body,
      before.x.lowerBound - region.x.lowerBound < 0.4 * body,
      Self.endsSentence(before.text)
    {
      return true
    }
    let left = region.x.upperBound - before.x.upperBound
    let firstWord = Double(row.text.prefix { !$0.isWhitespace }.count) * 0.5 * body
    let isShort =
      left > 0.15 * (region.x.upperBound - region.x.lowerBound) && left > firstWord + body
    return isShort
      && (Self.endsSentence(before.text)
        || left > 0.5 * (region.x.upperBound - region.x.lowerBound))
  }

  private mutating func append(_ row: PageLine, _ page: Int) {
    defer { last = row }
    if row.text.contains("\t") {
      open.style = .lines
      open.append(row.text, joint: "\n", page: page)
      return
    }
    var joint = " "
    if let last, !open.text.isEmpty {
      let (drop, between) = hyphenation.joint(after: last.text, before: row.text)
      open.text.removeLast(drop)
      joint = between
    }
    open.append(row.text, joint: joint, page: page)
  }

  /// Whether `text` ends as a sentence does.
  private static func endsSentence(_ text: String) -> Bool {
    let end = text.reversed().first { !"\"'”’»)]“".contains($0) }
    return end.map { ".!?…:。".contains($0) } ?? true
  }

  /// Whether a sentence is in the middle at the end of `text`.
  private static func isOpen(_ text: String) -> Bool {
    guard let end = text.last else { return false }
    return end.isLetter || end.isNumber || ",;-–".contains(end)
  }

  private static func beginsItem(_ text: String) -> Bool {
    guard let first = text.first else { return false }
    if "•▪◦‣·●○■–*".contains(first) { return text.dropFirst().first?.isWhitespace ?? true }
    if first == "[", let end = text.prefix(6).firstIndex(of: "]") {
      return text[text.index(after: text.startIndex)..<end].allSatisfy(\.isNumber)
    }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text.dropFirst(digits.count)
    return (1...2).contains(digits.count) && (rest.hasPrefix(". ") || rest.hasPrefix(") "))
  }
}
