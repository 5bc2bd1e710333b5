import Testing

@testable import AnnealDocuments

@Suite struct PageLayoutTests {
  private func line(
    _ text: String, _ x: Double, _ y: Double, width: Double = 200, height: Double = 10
  ) -> PageLine {
    PageLine(
      x: x...(x + width), y: y...(y + height), text: text, height: height,
      words: text.split(separator: " ").count)
  }

  private func texts(_ lines: [PageLine]) -> [String] {
    ReadingOrder.regions(of: PageText(number: 1, height: 800, lines: lines))
      .flatMap(\.rows).map(\.text)
  }

  @Test func `columns are read one after another, below what spans them`() {
    var lines = [line("A title over both of the columns", 60, 50, width: 440)]
    for row in 0..<5 {
      lines.append(line("right side line number \(row)", 310, 100 + 12 * Double(row)))
      lines.append(line("left side line number \(row)", 60, 100 + 12 * Double(row)))
    }
    #expect(
      texts(lines) == ["A title over both of the columns"]
        + (0..<5).map { "left side line number \($0)" }
        + (0..<5).map { "right side line number \($0)" })
  }

  @Test func `three columns, and a note across their foot`() {
    var lines: [PageLine] = []
    for column in 0..<3 {
      for row in 0..<4 {
        lines.append(
          line(
            "column \(column) has line \(row)", 40 + 180 * Double(column), 100 + 12 * Double(row),
            width: 160))
      }
    }
    lines.append(line("a note that stands across all of the three columns", 40, 200, width: 520))
    #expect(
      texts(lines).prefix(5).map { String($0.prefix(8)) } == [
        "column 0", "column 0", "column 0", "column 0", "column 1",
      ])
    #expect(texts(lines).last?.hasPrefix("a note") == true)
  }

  @Test func `a table is read across`() {
    var lines: [PageLine] = []
    for row in 0..<5 {
      lines.append(line("Part \(row)", 60, 100 + 14 * Double(row), width: 60))
      lines.append(line("\(row * 10)", 300, 100 + 14 * Double(row), width: 20))
    }
    #expect(texts(lines) == (0..<5).map { "Part \($0)\t\($0 * 10)" })
  }

  @Test func `the columns of an index are read one after another`() {
    var lines = [line("Index", 60, 60, width: 40)]
    for row in 0..<10 {
      let y = 100 + 14 * Double(row)
      lines.append(line("Kiln\(row), \(row + 3)", 60, y, width: 90))
      lines.append(line("Wood of oak, \(row), 1\(row)–2\(row)", 310, y, width: 120))
    }
    let expected =
      ["Index"] + (0..<10).map { "Kiln\($0), \($0 + 3)" }
      + (0..<10).map { "Wood of oak, \($0), 1\($0)–2\($0)" }
    #expect(texts(lines) == expected)
  }

  @Test func `a list of which the columns have heights of their own is read by column`() {
    var lines: [PageLine] = []
    for row in 0..<9 {
      lines.append(line("left entry\(row)", 60, 100 + 14 * Double(row), width: 90))
      lines.append(line("right entry\(row)", 310, 107 + 16 * Double(row), width: 90))
    }
    #expect(
      texts(lines) == (0..<9).map { "left entry\($0)" } + (0..<9).map { "right entry\($0)" })
    // At one height they are the rows of a table.
    let cells = (0..<9).flatMap { row in
      [("left cell", 60.0), ("right cell", 310.0)].map { text, x in
        line("\(text)\(row)", x, 100 + 14 * Double(row), width: 90)
      }
    }
    #expect(texts(cells) == (0..<9).map { "left cell\($0)\tright cell\($0)" })
  }

  @Test func `a line whose words are as large as the text around it is no heading`() {
    var formula = line("AP 0 und AQ.", 60, 180, height: 14)
    formula.lowest = 10
    var title = line("The Line AQ", 60, 260, height: 14)
    title.lowest = 14
    var lines = [
      formula, title, line("Sym(X)", 60, 300, height: 14), line("det", 60, 330, height: 14),
    ]
    for row in 0..<5 {
      lines.append(line("the running text goes on \(row)", 60, 100 + 12 * Double(row)))
    }
    let passages = PageParagraphs.passages(of: [PageText(number: 1, height: 800, lines: lines)])
    #expect(passages.filter(\.isHeading).map(\.text) == ["The Line AQ"])
  }

  @Test func `the lowest of a line's words is read from poppler, letters of formulas apart`() {
    let output = """
      <page width="595.0" height="842.0">
        <word xMin="1" yMin="2" xMax="30" yMax="16">AQ</word>
        <word xMin="31" yMin="8" xMax="35" yMax="14">n</word>
        <word xMin="36" yMin="4" xMax="60" yMax="14">und</word>
        </line>
      """
    let line = PageScanner.pages(of: Array(output.utf8)).first?.lines.first
    #expect(line?.text == "AQ n und" && line?.lowest == 10)
  }

  @Test func `numbers and titles at the edges are removed, and text that repeats is not`() {
    let pages = (1...3).map { number in
      PageText(
        number: number, height: 800,
        lines: [
          line("The Book", 60, 40), line("Chapter One", 400, 40, width: 80),
          line("The same first line on each page", 60, 100), line("And a second line", 60, 112),
          line("and more of the text \(number)", 60, 124),
          line("\(number + 4)", 290, 760, width: 10),
        ])
    }
    let left = RunningHeads.removed(from: pages).map { $0.lines.map(\.text) }
    #expect(
      left
        == (1...3).map {
          ["The same first line on each page", "And a second line", "and more of the text \($0)"]
        })
  }

  @Test func `a year alone at the foot of a page is no page number`() {
    let page = PageText(
      number: 1, height: 800,
      lines: [line("Some text", 60, 100), line("more text", 60, 112), line("1984", 60, 760)])
    #expect(RunningHeads.removed(from: [page])[0].lines.count == 3)
  }

  @Test(arguments: [
    ("the tem-", "perature rises", "the temperature rises"),
    ("a well-", "known rule", "a well-known rule"),
    ("Vor-", "und Nachteile", "Vor- und Nachteile"),
    ("Schwarz-", "Weiß", "Schwarz-Weiß"),
    ("soft\u{AD}", "ware", "software"),
    ("5 -", "3 is 2", "5 - 3 is 2"),
    ("plain", "words", "plain words"),
  ])
  func `divided words are put together`(first: String, second: String, joined: String) {
    // The document itself says which words are written with a hyphen.
    let hyphenation = Hyphenation([line("it is a well-known fact that temperature rises", 0, 0)])
    let (drop, joint) = hyphenation.joint(after: first, before: second)
    #expect(String(first.dropLast(drop)) + joint + second == joined)
  }

  @Test func `larger lines of words are headings, formulas are not`() {
    var lines = [line("First Part", 60, 100, height: 14), line("h 7→ g · h", 60, 180, height: 14)]
    for row in 0..<4 {
      lines.append(line("the running text goes on here \(row)", 60, 120 + 12 * Double(row)))
    }
    lines.append(line("and after the formula it goes on", 60, 200))
    let passages = PageParagraphs.passages(of: [PageText(number: 1, height: 800, lines: lines)])
    #expect(passages.filter(\.isHeading).map(\.text) == ["First Part"])
    #expect(passages.last?.section == ["First Part"])
  }

  @Test func `poppler's output is read, also with places that are none`() {
    let output = """
      <doc>
      <page width="595.0" height="842.0">
        <line xMin="1" yMin="2" xMax="30" yMax="12">
          <word xMin="1.0" yMin="2.0" xMax="10.0" yMax="12.0">a&lt;b&amp;c</word>
          <word xMin="12.0" yMin="2.0" xMax="30.0" yMax="12.0">e\u{FB03}cient</word>
          <word xMin="nan" yMin="inf" xMax="1e300" yMax="2">lost</word>
          <word xMin="1" yMin="2" xMax="3">lost
        </line>
      </page>
      """
    let pages = PageScanner.pages(of: Array(output.utf8))
    #expect(pages.map { $0.lines.map(\.text) } == [["a<b&c efficient"]])
  }

  @Test func `points that lead to a page number become a tab`() {
    #expect(Leaders.parted(["One", ".", ".", ".", ".", ".", "7"]) == ["One", "\t", "7"])
    #expect(Leaders.parted(["One", ".......", "7"]) == ["One", "\t", "7"])
    #expect(Leaders.parted(["v1", ",", ".", ".", ".", ",", "vn"]).count == 7)
  }
}
