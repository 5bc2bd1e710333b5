import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

/// Texts that are cut, against what the `tokenizers` library makes of them.
@Suite struct TruncationTests {
  private let model: JSON = ["type": "WordLevel", "unk_token": "?", "vocab": ["?": 0]]

  @Test func `what is kept and what is cut off equal the reference's`() throws {
    let cases = try #require(try tokenizerFixture("truncation.json").array)
    #expect(cases.count > 100)
    for json in cases {
      let name = try #require(json[0]?.string)
      let tokenizer = try fixtureTokenizer(name)
      let setting = OrderedDictionary(
        uniqueKeysWithValues: [("truncation", json[1] ?? .null), ("model", model)])
      let truncation = try #require(try Tokenizer(json: .object(setting), file: name).truncation)
      let text = try #require(json[2]?.string)
      let expected = try #require(json[3]?.array)
      let found = tokenizer.encodings(of: text, truncation: truncation)
      let place = "\(name) \(truncation) \(text.debugDescription)"
      #expect(found.count == expected.count, "\(place)")
      for (found, expected) in zip(found, expected) {
        let hasIDs = found.ids == (expected[0]?.array ?? []).compactMap(\.integer)
        #expect(hasIDs, "\(place)")
        let offsets = found.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
        let hasOffsets = offsets == (expected[1]?.array ?? []).compactMap(\.integer)
        #expect(hasOffsets, "\(place)")
      }
    }
  }

  @Test func `pairs are cut as each strategy says, or refused, as the reference does`() throws {
    let cases = try #require(try tokenizerFixture("truncated_pairs.json").array)
    var file = try #require(try tokenizerFixture("byte_level.tokenizer.json").object)
    file["post_processor"] = ["type": "BertProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0]]
    var refused = 0
    for json in cases {
      file["truncation"] = json[0] ?? .null
      let tokenizer = try Tokenizer(json: .object(file), file: "fixture")
      let truncation = try #require(tokenizer.truncation)
      let (first, second) = (try #require(json[1]?.string), try #require(json[2]?.string))
      let place = "\(truncation) \(first.debugDescription) \(second.debugDescription)"
      guard let expected = json[3]?.array else {
        refused += 1
        #expect(throws: AnnealError.self, "\(place)") {
          try tokenizer.encoding(of: first, and: second, truncation: truncation)
        }
        continue
      }
      let found = try tokenizer.encoding(of: first, and: second, truncation: truncation)
      #expect(found.ids == (expected[0].array ?? []).compactMap(\.integer), "\(place)")
      let offsets = found.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
      #expect(offsets == (expected[1].array ?? []).compactMap(\.integer), "\(place)")
    }
    #expect(refused > 10 && refused < cases.count / 2)
  }

  @Test func `a file's truncation cuts nothing by itself and is refused when it makes no sense`()
    throws
  {
    var file = try #require(try tokenizerFixture("sentencepiece.tokenizer.json").object)
    let plain = try Tokenizer(json: .object(file), file: "fixture")
    #expect(plain.truncation == nil)
    file["truncation"] = ["max_length": 2, "stride": 0, "direction": "Right"]
    let cut = try Tokenizer(json: .object(file), file: "fixture")
    #expect(cut.truncation == Truncation(maximumLength: 2))
    #expect(cut.encode("the miller's boy") == plain.encode("the miller's boy"))
    for wrong: JSON in [
      ["max_length": -1], ["stride": 0], ["max_length": 3, "direction": "Up"],
      ["max_length": 3, "stride": "many"], ["max_length": 3, "strategy": "Shortest"],
    ] {
      file["truncation"] = wrong
      let error = try #require(throws: AnnealError.self) {
        _ = try Tokenizer(json: .object(file), file: "some/tokenizer.json")
      }
      #expect(error.place?.file == "some/tokenizer.json")
      #expect(error.place?.field == "truncation")
    }
    // However the settings are, there is an end.
    let parts = plain.encodings(
      of: "the miller's boy", truncation: Truncation(maximumLength: 3, stride: 9))
    #expect(parts.allSatisfy { $0.ids.count <= 3 })
    #expect(
      plain.encodings(of: "the", truncation: Truncation(maximumLength: 0)).map(\.ids) == [[1]])
  }

  @Test func `offsets in bytes are those of the characters`() throws {
    let tokenizer = try fixtureTokenizer("sentencepiece")
    for text in ["", "the miller", "Äpfel 👩‍👩‍👧 中文 früh"] {
      let encoding = tokenizer.encoding(of: text)
      let bytes = Array(text.utf8)
      let scalars = Array(text.unicodeScalars)
      for (characters, place) in zip(encoding.offsets, encoding.byteOffsets(in: text)) {
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[characters])
        #expect(Array(bytes[place]) == Array(String(part).utf8))
      }
    }
  }
}
