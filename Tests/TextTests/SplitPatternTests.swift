import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

/// Regular expressions against where the `tokenizers` library, which uses Oniguruma, cuts.
@Suite struct SplitPatternTests {
  /// A tokenizer whose tokens are the pieces that `pattern` makes.
  private func tokenizer(_ pattern: String) throws -> Tokenizer {
    try Tokenizer(
      json: [
        "pre_tokenizer": [
          "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
        ],
        "model": ["type": "WordLevel", "unk_token": "?", "vocab": ["?": 0]],
      ], file: pattern)
  }

  @Test func `every pattern cuts where the reference cuts`() throws {
    let json = try tokenizerFixture("patterns.json")
    let texts = try #require(json["texts"]?.array).compactMap(\.string)
    let patterns = try #require(json["cuts"]?.object)
    #expect(patterns.count > 25)
    for (pattern, cuts) in patterns {
      let tokenizer = try tokenizer(pattern)
      for (text, expected) in zip(texts, try #require(cuts.array)) {
        let expected = try #require(expected.array).compactMap(\.integer)
        let found = tokenizer.encoding(of: text).offsets.map(\.lowerBound)
        let isEqual = found == expected
        #expect(isEqual, "\(pattern) \(text.debugDescription) \(found) \(expected)")
      }
    }
  }

  @Test func `a scanner takes moments for a megabyte, whatever it is of`() throws {
    let patterns = try #require(try tokenizerFixture("patterns.json")["cuts"]?.object).keys
    for pattern in Array(patterns) + [#"\s+$"#, #"\A +"#, #" +\z"#, " {2,}"] {
      let split = try SplitPattern(
        TokenizerPart(json: ["pattern": ["Regex": .string(pattern)]], file: "", field: ""))
      if split.scanner == nil { continue }
      for (piece, end) in [
        (" ", "x"), ("\n ", "x"), ("a", " "), ("A", "1"), ("1", "a"), ("\u{301}", "!"),
      ] {
        let text = Array((String(repeating: piece, count: 1_000_000 / piece.utf8.count) + end).utf8)
        let start = ContinuousClock.now
        let parts = text.withUnsafeBufferPointer { split.parts(of: $0, in: 0..<$0.count) }
        let taken = ContinuousClock.now - start
        #expect(taken < Fuzzing.patience, "\(pattern) \(piece.debugDescription) took \(taken)")
        #expect(parts.last?.range.upperBound == text.count)
      }
    }
  }

  @Test func `an expression that would take forever is given up`() throws {
    let tokenizer = try tokenizer("(a+)+b|c")
    let text = "c" + String(repeating: "a", count: 60)
    let start = ContinuousClock.now
    #expect(tokenizer.encoding(of: text).offsets == [0..<1, 1..<61])
    #expect(ContinuousClock.now - start < Fuzzing.patience)
  }

  @Test func `a pattern sees nothing outside of the piece that it cuts`() throws {
    for pattern in [#"\A +"#, #" +\z"#, #"\s+$"#] {
      // Spaces and letters are pieces of their own before the pattern comes.
      let tokenizer = try Tokenizer(
        json: [
          "pre_tokenizer": [
            "type": "Sequence",
            "pretokenizers": [
              ["type": "Split", "pattern": ["String": " "], "behavior": "Isolated"],
              ["type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Removed"],
            ],
          ],
          "model": ["type": "WordLevel", "unk_token": "?", "vocab": ["?": 0]],
        ], file: pattern)
      #expect(tokenizer.encoding(of: "a  b").offsets == [0..<1, 3..<4], "\(pattern)")
    }
  }
}
