import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

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
}
