import Testing

@testable import AnnealDocuments

@Suite struct TranscriptTests {
  private let talk = """
    ---
    title: 'On Kilns'
    speakers:
      - Ann
    ---
    Ann Lee: 00:00:00

    Welcome to the show.
    Today it is about kilns.

    ## Heat

    Bo O'Neil: 00:00:10

    It gets hot: very hot.

    Ann Lee: 00:00:20

    How hot?

    Bo O'Neil: 00:00:30

    Hotter than that.

    Nobody measures it.
    """

  @Test func `turns carry speakers, times and sections`() async throws {
    let file = try await document(talk, "talk.md")
    #expect(
      file.passages.filter { !$0.isHeading }.map(\.speaker) == [
        "Ann Lee", "Bo O'Neil", "Ann Lee", "Bo O'Neil", "Bo O'Neil",
      ])
    #expect(file.passages[0].section == ["On Kilns"])
    #expect(file.passages[0].marks.first?.time == 0...10)
    let chunk = try #require(Chunker().chunks(of: file.passages).first)
    #expect(
      chunk.text == """
        Ann Lee: Welcome to the show. Today it is about kilns.

        Heat

        Bo O'Neil: It gets hot: very hot.

        Ann Lee: How hot?

        Bo O'Neil: Hotter than that.

        Nobody measures it.
        """)
    #expect(chunk.speakers == ["Ann Lee", "Bo O'Neil"])
    #expect(chunk.time == 0...30)
  }

  @Test func `turns on one line, with times in brackets before them`() async throws {
    let lines = (0..<3).map { "[00:0\($0):00] Q: What is \($0)?\n\nA: It is \($0)." }
    let file = try await document(lines.joined(separator: "\n\n"), "talk.txt")
    #expect(file.passages.map(\.speaker) == ["Q", "A", "Q", "A", "Q", "A"])
    #expect(file.passages[2].marks.first?.time?.lowerBound == 60)
  }

  @Test(arguments: [
    "Note: this is no name.\n\nNote: nor this.\n\nNote: nor this.\n\nNote: nor this.",
    "See https://a.b\n\nThe rule: never open it.\n\nthe rule: again",
    "One: a.\n\nTwo: b.\n\nThree: c.\n\nFour: d.",
  ])
  func `labels and lists are no speakers`(text: String) async throws {
    let file = try await document(text, "a.md")
    #expect(file.passages.allSatisfy { $0.speaker == nil })
  }
}
