import AnnealFiles
import AnnealText
import TestSupport
import Testing

/// Every kind of model against what the `tokenizers` library says of mixed texts.
@Suite struct TokenizerModelTests {
  @Test(arguments: [
    "unigram", "unigram-bytes", "wordpiece", "wordlevel", "bpe-affixes", "bpe-spelled",
  ])
  func `each model's ids, offsets and text equal the reference's`(_ name: String) throws {
    let json = try tokenizerFixture("models/\(name).json")
    let tokenizer = try Tokenizer(json: try #require(json["tokenizer"]), file: name)
    let cases = try #require(json["cases"]?.array)
    #expect(cases.count > 100)
    for json in cases {
      let text = try #require(json[0]?.string)
      let ids = try #require(json[1]?.array).compactMap(\.integer)
      let offsets = try #require(json[2]?.array).compactMap(\.integer)
      let decoded = try #require(json[3]?.string)
      let encoding = tokenizer.encoding(of: text)
      let place = "\(name) \(text.debugDescription)"
      let hasIDs = encoding.ids == ids
      #expect(hasIDs, "\(place)")
      let hasOffsets = encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == offsets
      #expect(hasOffsets, "\(place)")
      #expect(tokenizer.encode(text) == ids, "\(place)")
      let hasText = tokenizer.decode(ids).utf8.elementsEqual(decoded.utf8)
      #expect(hasText, "\(place)")
    }
  }

  @Test func `text without a token is passed over where a vocabulary knows no unknown one`() throws
  {
    let json: JSON = ["model": ["type": "Unigram", "vocab": [["a", -1.5], ["ab", -2]]]]
    let tokenizer = try Tokenizer(json: json, file: "fixture")
    #expect(tokenizer.encode("ab?a") == [1, 0])
    #expect(tokenizer.encoding(of: "ab?a").offsets == [0..<2, 3..<4])
  }
}
