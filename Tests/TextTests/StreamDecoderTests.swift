import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

/// Ids in any order, one at a time and all at once, against what the `tokenizers` library makes of them.
@Suite struct StreamDecoderTests {
  private let tokens: [String]
  private let decoders: [JSON]

  init() throws {
    let json = try tokenizerFixture("decodings.json")
    tokens = try #require(json["tokens"]?.array).compactMap(\.string)
    decoders = try #require(json["decoders"]?.array)
  }

  private func tokenizer(_ decoder: JSON) throws -> Tokenizer {
    let vocabulary = tokens.enumerated().map { ($1, JSON.integer($0)) }
    let model: JSON = [
      "type": "BPE", "merges": [],
      "vocab": .object(OrderedDictionary(uniqueKeysWithValues: vocabulary)),
    ]
    return try Tokenizer(json: ["decoder": decoder, "model": model], file: decoder.text())
  }

  private func streamed(_ ids: [Int], _ tokenizer: Tokenizer) -> String {
    var decoder = tokenizer.streamDecoder(skipSpecialTokens: false)
    return ids.map { decoder.push($0) }.joined() + decoder.finish()
  }

  @Test func `ids in any order decode to the reference's text, at once and in a stream`() throws {
    #expect(decoders.count > 12)
    for row in decoders {
      let decoder = try #require(row["decoder"])
      let tokenizer = try tokenizer(decoder)
      for json in try #require(row["cases"]?.array) {
        let ids = try #require(json[0]?.array).compactMap(\.integer)
        let text = try #require(json[1]?.string)
        #expect(Array(tokenizer.decode(ids).utf8) == Array(text.utf8), "\(decoder.text()) \(ids)")
        #expect(
          Array(streamed(ids, tokenizer).utf8) == Array(text.utf8), "\(decoder.text()) \(ids)")
      }
    }
  }

  @Test func `a stream tells text as soon as it is certain`() throws {
    let llama: JSON = [
      "type": "Sequence",
      "decoders": [
        ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"],
        ["type": "Fuse"], ["type": "Strip", "content": " ", "start": 1, "stop": 0],
      ],
    ]
    let tokenizer = try tokenizer(llama)
    var decoder = tokenizer.streamDecoder()
    let euro = ["<0xE2>", "<0x82>", "<0xAC>"].compactMap(tokenizer.id)
    let ids = ["▁a", "b", "▁"].compactMap(tokenizer.id) + euro + ["a"].compactMap(tokenizer.id)
    #expect(ids.map { decoder.push($0) } == ["a", "b", " ", "", "", "", "€a"])
    #expect(decoder.finish().isEmpty)
    // A long run of bytes is told character by character.
    let run = (0..<20).flatMap { _ in euro }
    let pieces = run.map { decoder.push($0) }
    #expect(pieces.joined().count > 15)
    #expect(pieces.joined() + decoder.finish() == tokenizer.decode(run))
  }

  @Test func `a stream takes time in proportion to its ids, whatever they decode to`() throws {
    // Thirty thousand ids that are told late or never; looking at all of them again takes minutes.
    for row in decoders {
      let decoder = try #require(row["decoder"])
      let tokenizer = try tokenizer(decoder)
      for name in ["▁", "<pad>", "<0x80>", "<0xE2>"] {
        let ids = Array(repeating: try #require(tokenizer.id(of: name)), count: 30_000)
        #expect(streamed(ids, tokenizer) == tokenizer.decode(ids))
      }
    }
  }

  @Test func `an id without a token is passed over, or refused where that is asked for`() throws {
    let tokenizer = try tokenizer(.null)
    let ids = try ["a", "b"].map { try #require(tokenizer.id(of: $0)) }
    #expect(tokenizer.decode([ids[0], 999, ids[1]]) == "a b")
    #expect(try tokenizer.decode(checking: ids) == "a b")
    let error = try #require(throws: AnnealError.self) {
      try tokenizer.decode(checking: [ids[0], 999])
    }
    #expect(error.code == .data && error.message.contains("999"))
  }
}
