import Testing

@testable import AnnealDocuments

@Suite struct MarkdownTests {
  @Test func `headings of both kinds give the section`() {
    let passages = Markdown.passages(
      of: "Guide\n=====\n\nHello.\n\n## Heat ##\n\nHot.\n\nCold\n----\n\nIce.\n\n# Next\n\nEnd.")
    #expect(
      passages.filter { !$0.isHeading }.map(\.section) == [
        ["Guide"], ["Guide", "Heat"], ["Guide", "Cold"], ["Next"],
      ])
  }

  @Test func `code is one passage, and what looks like a heading in it is none`() {
    let passages = Markdown.passages(of: "# A\n\n```sh\n# not a heading\n\nls\n```\n\nAfter.")
    #expect(passages.map(\.text) == ["A", "```sh\n# not a heading\n\nls\n```", "After."])
    #expect(passages[1].section == ["A"])
  }

  @Test func `front matter and comments are left out`() {
    let passages = Markdown.passages(
      of:
        "---\ntitle: \"Kilns\"\ntags: [a]\n---\nOne <!-- not\nthis --> two.\n\n<!-- nor this -->\n")
    #expect(passages.map(\.text) == ["One \n two."])
    #expect(passages[0].section == ["Kilns"])
  }

  @Test func `a rule of dashes is no front matter`() {
    let passages = Markdown.passages(of: "---\n\nText.\n\n---\n\nMore.")
    #expect(passages.map(\.text).contains("Text."))
    #expect(passages.map(\.text).contains("More."))
  }

  @Test func `lists and tables are cut between their lines`() {
    let passages = Markdown.passages(of: "- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nText.")
    #expect(passages.map(\.text).count == 3)
    #expect(passages[0].text == "- one\n- two")
    #expect(passages[1].text.hasPrefix("| a | b |"))
  }

  @Test func `an open fence ends with the file`() {
    #expect(Markdown.passages(of: "~~~\nx").map(\.text) == ["~~~\nx"])
  }

  @Test func `every line of a text is kept`() {
    let text = "# T\n\npara one\nline two\n\n* item\n  more\n\n    code\n\n> quote"
    let kept = Markdown.passages(of: text).map(\.text).joined(separator: "\n")
    for line in text.split(separator: "\n") {
      #expect(kept.contains(line.drop { $0 == "#" || $0 == " " }))
    }
  }
}
