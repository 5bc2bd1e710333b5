import AnnealDatasets
import AnnealFiles
import Testing

@testable import AnnealDocuments

@Suite struct SubtitleTests {
  @Test func `SubRip's cues become running text with their times`() async throws {
    let read = try await document(
      """
      1
      00:00:01,000 --> 00:00:02,500
      <i>The kiln</i> is lit
      at night.

      2
      00:00:02,500 --> 00:00:04,000
      {\\an8}It burns.

      3
      00:01:00,000 --> 00:01:02,000
      Much later.
      """, "a.srt")
    #expect(read.passages.map(\.text) == ["The kiln is lit at night. It burns.", "Much later."])
    #expect(read.passages[0].marks.map(\.time) == [1...2.5, 1...2.5, 2.5...4])
    #expect(Chunker().chunks(of: read.passages).first?.time == 1...62)
  }

  @Test func `a broken cue is told by its line, and the others are read`() async throws {
    let read = try await document(
      """
      1
      00:00:01,000 --> 00:00:02,000
      One.

      2
      Two has no times.

      3
      00:00:0x,000 --> 00:00:06,000
      Three.

      4
      00:00:09,000 --> 00:00:08,000
      Four.
      """, "a.srt")
    #expect(read.passages.map(\.text) == ["One."])
    #expect(read.problems.compactMap(\.error.place?.line) == [5, 9, 13])
    #expect(read.problems.map(\.error.message).allSatisfy { $0.contains("00:01:02,000") })
  }

  @Test func `rolling captions are said once`() async throws {
    let read = try await document(
      """
      WEBVTT
      Kind: captions

      00:00:00.000 --> 00:00:02.000 align:start position:0%
      so<00:00:00.500><c> the</c><00:00:01.000><c> kiln</c>

      00:00:02.000 --> 00:00:02.010 align:start position:0%
      so the kiln

      00:00:02.010 --> 00:00:04.000 align:start position:0%
      so the kiln
      is<00:00:02.500><c> hot</c>

      00:00:04.000 --> 00:00:04.010 align:start position:0%
      is hot

      00:00:04.010 --> 00:00:06.000 align:start position:0%
      is hot
      hot indeed
      """, "a.vtt")
    #expect(read.passages.map(\.text) == ["so the kiln is hot hot indeed"])
  }

  @Test func `a line that is said twice stands twice`() async throws {
    let read = try await document(
      "WEBVTT\n\n00:01.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:03.000\nNo.\n", "a.vtt")
    #expect(read.passages.map(\.text) == ["No. No."])
  }

  @Test func `voices, dashes and names part the speakers`() async throws {
    let read = try await document(
      """
      WEBVTT

      NOTE this is not said

      STYLE
      ::cue { color: red }

      intro
      00:00.000 --> 00:02.000
      <v Ann Lee>Who is there?

      00:02.000 --> 00:03.000
      <v.loud Bo>Me &amp; you.

      00:03.000 --> 00:04.000
      - Really?
      - Yes.

      00:04.000 --> 00:05.000
      CARA: Good.
      """, "a.vtt")
    #expect(
      read.passages.map(\.text) == ["Who is there?", "Me & you.", "Really?", "Yes.", "Good."])
    #expect(read.passages.map(\.speaker) == ["Ann Lee", "Bo", nil, nil, "CARA"])
  }

  @Test func `a number that is said after an empty line is kept`() async throws {
    let read = try await document(
      """
      1
      00:00:01,000 --> 00:00:02,000
      How much is it?

      42

      2
      00:00:02,000 --> 00:00:03,000
      The year is:

      1984

      3

      00:00:03,000 --> 00:00:04,000
      NOTE this down

      NOTE it well

      } and
      4
      00:00:04,000 --> 00:00:05,000
      it ends.

      5
      """, "a.srt")
    #expect(
      read.passages.map(\.text) == [
        "How much is it? 42 The year is: 1984 NOTE this down NOTE it well } and it ends."
      ])
    // A number alone where a cue would follow: its times and its text are lost.
    #expect(read.problems.compactMap(\.error.place?.line) == [25])
  }

  @Test func `where cues have no numbers, a number is text`() async throws {
    let read = try await document(
      """
      WEBVTT

      00:01.000 --> 00:02.000
      The year is

      1984

      00:02.000 --> 00:03.000
      or
      1985
      00:03.000 --> 00:04.000
      at most.
      """, "a.vtt")
    #expect(read.passages.map(\.text) == ["The year is 1984 or 1985 at most."])
    #expect(read.problems.isEmpty)
  }

  @Test(arguments: [
    ("if a < b and c > d then stop", "if a < b and c > d then stop"),
    ("x<y and y>z, a<b and c>d", "x<y and y>z, a<b and c>d"), ("I <3 you -> me", "I <3 you -> me"),
    ("<i>so</i> <c.colorE5E5E5>be</c> <00:01.000>it", "so be it"),
    ("<font color=\"#fff\">one<br/>two</font>", "one two"), ("a <b <i>c</i>", "a <b c"),
  ])
  func `only tags are taken for tags`(line: String, text: String) {
    #expect(CueText.plain(line).text == text)
  }

  @Test func `a word before a colon is a speaker when it comes again`() async throws {
    let cues = { (lines: [String]) in
      "WEBVTT\n"
        + lines.enumerated().map { "\n00:0\($0).000 --> 00:0\($0 + 1).000\n\($1)\n" }.joined()
    }
    let once = try await document(cues(["Good to know: yes.", "Kindness: be kind."]), "a.vtt")
    #expect(once.passages.map(\.text) == ["Good to know: yes. Kindness: be kind."])
    #expect(once.passages.map(\.speaker) == [nil])
    let twice = try await document(cues(["Ann: Yes.", "Bo: No.", "Ann: Yes!", "Bo: No!"]), "a.vtt")
    #expect(twice.passages.map(\.speaker) == ["Ann", "Bo", "Ann", "Bo"])
    let loud = try await document(cues(["REMEMBER IT: BE KIND.", "TO ALL."]), "a.vtt")
    #expect(loud.passages.map(\.text) == ["REMEMBER IT: BE KIND. TO ALL."])
  }

  @Test func `WebVTT without its head is refused with a remedy`() async throws {
    let error = await failure {
      try await document("00:01.000 --> 00:02.000\nHello.\n", "a.vtt")
    }
    #expect(error?.place?.line == 1)
    #expect(error?.remedy?.contains("--kind srt") == true)
  }

  @Test(arguments: [
    ("00:00:01,500", 1.5), ("01:02.250", 62.25), ("100:00:00.000", 360_000),
  ])
  func `times are seconds`(text: String, seconds: Double) {
    #expect(CueTime.seconds(text) == seconds)
  }

  @Test(arguments: ["1", "00:61:00", "a:b", "1:2:3:4", "00:00:1.", "99999999999:00", "-1:00", ""])
  func `what is no time is none`(text: String) {
    #expect(CueTime.seconds(text) == nil)
  }
}
