import AnnealFiles
import Testing

@testable import AnnealDocuments

@Suite struct ChunkingTests {
  private func sentences(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return Sentences.ranges(in: text).map { String(decoding: bytes[$0], as: UTF8.self).trimmed }
  }

  @Test(arguments: [
    ("One ends. Two ends! Does three? Yes.", ["One ends.", "Two ends!", "Does three?", "Yes."]),
    (
      "Dr. Lee met Mr. Ray at 5 p.m. in May. Then he left.",
      [
        "Dr. Lee met Mr. Ray at 5 p.m. in May.", "Then he left.",
      ]
    ),
    (
      "See Fig. 3 for J. S. Bach, e.g. the fugue. It is short.",
      [
        "See Fig. 3 for J. S. Bach, e.g. the fugue.", "It is short.",
      ]
    ),
    (
      "Am 3. Mai kam er. Das war z. B. 2019. Gut.",
      ["Am 3. Mai kam er.", "Das war z. B. 2019.", "Gut."]
    ),
    ("He said “Stop.” Nobody stopped.", ["He said “Stop.”", "Nobody stopped."]),
    ("Pi is 3.14 and e is 2.71. Both go on.", ["Pi is 3.14 and e is 2.71.", "Both go on."]),
    ("火が消えた。朝になった！誰もいない？", ["火が消えた。", "朝になった！", "誰もいない？"]),
    ("no capital. here it goes on", ["no capital. here it goes on"]),
  ])
  func `a text is cut where sentences end`(text: String, expected: [String]) {
    #expect(sentences(text) == expected)
  }

  @Test func `sentences together are the text`() {
    let text = "A first one.  Then… a second?! “Yes.” (Or no.) etc. and so on 1. Last\n"
    let bytes = Array(text.utf8)
    #expect(Sentences.ranges(in: text).flatMap { bytes[$0] } == bytes)
  }

  private func prose(_ count: Int, words: Int = 10) -> String {
    (0..<count).map { number in
      "S\(number) " + Array(repeating: "word", count: words - 2).joined(separator: " ") + " end."
    }.joined(separator: " ")
  }

  @Test func `no chunk is longer than asked, and no sentence is cut`() {
    let text = prose(40)
    let chunks = Chunker(size: 35).chunks(of: [Passage(text)])
    #expect(chunks.count == 14)
    for chunk in chunks {
      #expect(TextMeasure.words.length(chunk.text) <= 35)
      #expect(chunk.text.hasPrefix("S") && chunk.text.hasSuffix("end."))
    }
    #expect(chunks.map(\.text).joined(separator: " ") == text)
  }

  @Test func `a chunk begins with the sentences that overlap, and no more`() {
    let chunks = Chunker(size: 35, overlap: 12).chunks(of: [Passage(prose(9))])
    #expect(chunks.count == 4)
    for (chunk, next) in zip(chunks, chunks.dropFirst()) {
      let last = chunk.text.split(separator: "S").last.map { "S" + $0 } ?? "?"
      #expect(next.text.hasPrefix(last.trimmed))
      #expect(TextMeasure.words.length(next.text) <= 35)
    }
  }

  @Test func `a sentence longer than a chunk is cut between words`() {
    let words = (0..<50).map { "w\($0)" }
    let chunks = Chunker(size: 20).chunks(of: [Passage(words.joined(separator: " "))])
    #expect(chunks.map { TextMeasure.words.length($0.text) } == [20, 20, 10])
    #expect(chunks.map(\.text).joined(separator: " ") == words.joined(separator: " "))
  }

  @Test func `a text without spaces is cut between its letters`() {
    let text = String(repeating: "火山", count: 30)
    let chunks = Chunker(size: 25).chunks(of: [Passage(text)])
    #expect(chunks.map(\.text).joined() == text)
    #expect(chunks.allSatisfy { TextMeasure.words.length($0.text) <= 25 })
  }

  @Test(arguments: [Passage.Style.prose, .lines])
  func `data without a space is cut at the size of a chunk`(style: Passage.Style) {
    let data = String(repeating: "QUJD+Z09/8", count: 40_000)
    let chunks = Chunker(size: 50).chunks(of: [Passage("It says: " + data, style)])
    #expect(chunks.allSatisfy { TextMeasure.words.length($0.text) <= 50 })
    #expect(chunks.allSatisfy { $0.text.utf8.count <= 300 })
    #expect(chunks.count < 2000)
    let isWhole = chunks.map(\.text).joined() == "It says: " + data
    #expect(isWhole)
  }

  @Test func `the rest of cut data counts as what it adds to a chunk`() {
    // 48 words and, alone, a word; but 53 together.
    let data = String(repeating: "a", count: 287 + 30)
    let chunks = Chunker(size: 50).chunks(of: [Passage(data)])
    #expect(chunks.map(\.text.count) == [287, 30])
  }

  @Test func `an address is not cut where it fits into the next chunk`() {
    let address = "https://example.org/" + String(repeating: "kiln/", count: 8)
    let text =
      String(repeating: "word ", count: 12) + address + " " + String(repeating: "x ", count: 16)
    #expect(TextMeasure.words.length(address) == 10)
    let chunks = Chunker(size: 20).chunks(of: [Passage(text)])
    #expect(chunks.contains { $0.text.contains(address) })
    #expect(chunks.allSatisfy { TextMeasure.words.length($0.text) <= 20 })
  }

  @Test(arguments: [
    ("", 0), ("one two", 2), (String(repeating: "a", count: 40), 1),
    (String(repeating: "a", count: 41), 7), (String(repeating: "a", count: 600) + " b", 101),
    ("火a山", 3),
  ])
  func `words are counted, and what is longer than a word is as many as fit it`(
    text: String, count: Int
  ) {
    #expect(TextMeasure.words.length(text) == count)
  }

  @Test func `a heading goes with what stands below it`() {
    var path = ["One"]
    var passages = [Passage.heading(path), Passage(prose(3), section: path)]
    path = ["Two"]
    passages += [.heading(path), Passage(prose(3), section: path)]
    let chunks = Chunker(size: 40).chunks(of: passages)
    #expect(chunks.map(\.section) == [["One"], ["Two"]])
    #expect(chunks.last?.text.hasPrefix("Two\n\nS0") == true)
  }

  @Test func `small sections share a chunk, and its section is what they have in common`() {
    let passages = [
      Passage.heading(["Guide"]), Passage.heading(["Guide", "A"]),
      Passage("Few words.", section: ["Guide", "A"]), Passage.heading(["Guide", "B"]),
      Passage("Few more.", section: ["Guide", "B"]),
    ]
    let chunks = Chunker(size: 40).chunks(of: passages)
    #expect(chunks.map(\.section) == [["Guide"]])
    #expect(chunks.first?.text == "Guide\n\nA\n\nFew words.\n\nB\n\nFew more.")
  }

  @Test func `lines keep their spaces, and code is cut between them`() {
    let code = "func a() {\n  one()\n\n  two()\n}"
    let whole = Chunker(size: 40).chunks(of: [Passage(code, .lines)])
    #expect(whole.map(\.text) == [code])
    let parts = Chunker(size: 8).chunks(of: [Passage(code + "\n" + code, .lines)])
    #expect(parts.count > 1)
    #expect(parts.allSatisfy { $0.text.split(separator: "\n").allSatisfy { code.contains($0) } })
  }

  @Test func `who goes on speaking is named again where a chunk begins`() {
    let chunks = Chunker(size: 30).chunks(of: [Passage(prose(6), speaker: "Ann Lee")])
    #expect(chunks.count == 3)
    #expect(chunks.allSatisfy { $0.text.hasPrefix("Ann Lee: S") && $0.speakers == ["Ann Lee"] })
    #expect(chunks.allSatisfy { TextMeasure.words.length($0.text) <= 30 })
  }

  @Test func `pages and times of a chunk are those of its own parts`() {
    var passage = Passage("")
    passage.append("First page here.", joint: "", page: 1)
    passage.append("Second page here.", joint: " ", page: 2)
    passage.append("Third page here.", joint: " ", page: 3)
    let chunks = Chunker(size: 6).chunks(of: [passage])
    #expect(chunks.map(\.pages) == [1...2, 3...3])
  }

  @Test func `a row's id holds while other rows come and go`() {
    let chunk = Chunk(text: "Same words.")
    let row = chunk.row(source: "a.md")
    #expect(row["id"] == chunk.row(source: "a.md")["id"])
    #expect(row["id"] != chunk.row(source: "b.md")["id"])
    #expect(row["id"] != chunk.row(source: "a.md", repeated: 1)["id"])
    #expect(row["hash"]?.string == SHA256Digest.hex(of: "Same words."))
    #expect(row["hash"] == chunk.row(source: "b.md")["hash"])
  }
}
