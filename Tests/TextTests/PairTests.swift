import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

/// Two texts put together and batches of one length, against what the `tokenizers` library makes of
/// them.
@Suite struct PairTests {
  /// What the library says of an encoding.
  private func encoding(_ json: JSON) throws -> Encoding {
    func integers(_ key: String) throws -> [Int] {
      try #require(json[key]?.array).compactMap(\.integer)
    }
    let places = try integers("offsets")
    return Encoding(
      ids: try integers("ids"), tokens: try #require(json["tokens"]?.array).compactMap(\.string),
      offsets: stride(from: 0, to: places.count, by: 2).map { places[$0]..<places[$0 + 1] },
      typeIDs: try integers("types"), attentionMask: try integers("mask"),
      sequenceIDs: try #require(json["sequences"]?.array).map(\.integer))
  }

  private func texts(_ json: JSON) throws -> [(String, String)] {
    try #require(json["texts"]?.array).map {
      (try #require($0[0]?.string), try #require($0[1]?.string))
    }
  }

  private func tokenizer(_ name: String, _ members: [(String, JSON)]) throws -> Tokenizer {
    var file = try #require(try tokenizerFixture("\(name).tokenizer.json").object)
    for (key, value) in members { file[key] = value }
    return try Tokenizer(json: .object(file), file: "fixture")
  }

  @Test func `one text and two have the ids, types, offsets and masks of the reference`() throws {
    let json = try tokenizerFixture("pairs.json")
    let texts = try texts(json)
    let cases = try #require(json["cases"]?.array)
    #expect(cases.count > 10)
    for json in cases {
      let name = try #require(json["tokenizer"]?.string)
      let processor = json["processor"] ?? .null
      let tokenizer = try tokenizer(name, [("post_processor", processor)])
      let singles = try #require(json["singles"]?.array)
      let pairs = try #require(json["pairs"]?.array)
      var index = 0
      for (first, second) in texts {
        for adds in [true, false] {
          let place = "\(name) \(processor.text()) \(first.debugDescription) \(adds)"
          let single = try encoding(singles[index])
          #expect(tokenizer.encoding(of: first, addSpecialTokens: adds) == single, "\(place)")
          #expect(tokenizer.encode(first, addSpecialTokens: adds) == single.ids, "\(place)")
          let pair = try encoding(pairs[index])
          #expect(
            tokenizer.encoding(of: first, and: second, addSpecialTokens: adds) == pair, "\(place)")
          #expect(
            tokenizer.encode(first, and: second, addSpecialTokens: adds) == pair.ids, "\(place)")
          index += 1
        }
      }
    }
  }

  @Test func `a batch is filled as the reference fills it`() throws {
    let json = try tokenizerFixture("pairs.json")
    let texts = try texts(json)
    let batches = try #require(json["batches"]?.array)
    #expect(batches.count > 5)
    for batch in batches {
      let setting = try #require(batch["padding"])
      let tokenizer = try tokenizer(
        "byte_level", [("post_processor", json["template"] ?? .null), ("padding", setting)])
      let padding = try #require(tokenizer.batchPadding)
      let rows = padding.padded(texts.map { tokenizer.encoding(of: $0, and: $1) })
      let expected = try #require(batch["rows"]?.array).map(encoding)
      #expect(rows == expected, "\(setting.text())")
      let alone = padding.padded([tokenizer.encoding(of: texts[0].0)])
      #expect(alone == [try encoding(try #require(batch["alone"]))], "\(setting.text())")
    }
  }

  @Test func `bytes are counted in the text that a token is of`() throws {
    let json = try tokenizerFixture("pairs.json")
    let tokenizer = try tokenizer("byte_level", [("post_processor", json["template"] ?? .null)])
    let (first, second) = ("Äpfel", "über")
    let encoding = tokenizer.encoding(of: first, and: second)
    for (number, text) in [first, second].enumerated() {
      let ranges = encoding.byteOffsets(in: text, sequence: number)
      let bytes = Array(text.utf8)
      let covered = zip(ranges, encoding.sequenceIDs).filter { $0.1 == number }.map(\.0)
      #expect(covered.first?.lowerBound == 0)
      #expect(covered.last?.upperBound == bytes.count)
      #expect(zip(ranges, encoding.sequenceIDs).allSatisfy { $0.1 == number || $0.0.isEmpty })
    }
  }

  @Test func `a folder's wish for a beginning and an end holds for both texts`() throws {
    let json = try tokenizerFixture("sentencepiece.tokenizer.json")
    func pair(_ members: [(String, JSON)]) throws -> [Int] {
      let names: [(String, JSON)] = [("bos_token", "<s>"), ("eos_token", "</s>")]
      let tokenizer = try Tokenizer(
        json: json, configuration: JSON(members: names + members), file: "fixture")
      return tokenizer.encode("the", and: "mill").filter { $0 == 1 || $0 == 2 }
    }
    let both: [(String, JSON)] = [("add_bos_token", true), ("add_eos_token", true)]
    #expect(try pair(both) == [1, 2, 1, 2])
    #expect(try pair([("add_bos_token", false), ("add_eos_token", false)]) == [])
  }

  @Test func `a padding that makes no sense is refused by name`() throws {
    let whole: [(String, JSON)] = [
      ("strategy", "BatchLongest"), ("direction", "Right"), ("pad_id", 0), ("pad_token", "x"),
    ]
    _ = try tokenizer("byte_level", [("padding", JSON(members: whole))])
    let wrong: [(String, JSON)] = [
      ("strategy", "Longest"), ("strategy", ["Fixed": -1]),
      ("strategy", ["Fixed": 1_000_000_000_000]),
      ("direction", "Up"), ("pad_id", -1), ("pad_token", 3), ("pad_to_multiple_of", "8"),
      ("pad_type_id", 0.5),
    ]
    for (key, value) in wrong {
      let members = whole.filter { $0.0 != key } + [(key, value)]
      let error = try #require(throws: AnnealError.self) {
        _ = try tokenizer("byte_level", [("padding", JSON(members: members))])
      }
      #expect(error.place?.field == "padding")
      #expect(error.description.contains(key))
    }
  }

  @Test func `a template that cannot be followed is refused by name`() throws {
    let names: JSON = ["<s>": ["id": "<s>", "ids": [1], "tokens": ["<s>"]]]
    let text: JSON = ["Sequence": ["id": "A", "type_id": 0]]
    let wrong: [(String, JSON)] = [
      ("single", [["Sequence": ["id": "C", "type_id": 0]]]),
      ("single", [["Sequence": ["id": "B", "type_id": 0]]]),
      ("pair", [["SpecialToken": ["id": "</s>", "type_id": 0]]]),
      ("pair", [["Sequence": ["id": "A", "type_id": -1]]]), ("pair", "A B"),
    ]
    for (key, value) in wrong {
      let members: [(String, JSON)] = [
        ("type", "TemplateProcessing"), ("special_tokens", names),
        ("single", key == "single" ? value : [text]), ("pair", key == "pair" ? value : [text]),
      ]
      let error = try #require(throws: AnnealError.self) {
        _ = try tokenizer("byte_level", [("post_processor", JSON(members: members))])
      }
      #expect(error.place?.field?.hasPrefix("post_processor") == true)
    }
  }
}
