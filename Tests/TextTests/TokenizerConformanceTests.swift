import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the `tokenizers` library says of a text, as make_tokenizers.py wrote it down.
struct ReferenceCase {
  let text: String
  let encoding: Encoding
  let decoded: String
  let skipped: String

  init(_ json: JSON) throws {
    text = try #require(json["text"]?.string)
    decoded = try #require(json["decoded"]?.string)
    skipped = try #require(json["skipped"]?.string)
    let offsets = try #require(json["offsets"]?.array)
    encoding = Encoding(
      ids: try #require(json["ids"]?.array).compactMap(\.integer),
      tokens: try #require(json["tokens"]?.array).compactMap(\.string),
      offsets: offsets.map { ($0[0]?.integer ?? -1)..<($0[1]?.integer ?? -1) })
  }

  /// Compares everything that a tokenizer does with the text.
  func check(_ tokenizer: Tokenizer, _ name: String = "") {
    let encoding = tokenizer.encoding(of: text)
    #expect(encoding.ids == self.encoding.ids, "\(name) \(text.debugDescription)")
    #expect(encoding.tokens == self.encoding.tokens, "\(name) \(text.debugDescription)")
    #expect(encoding.offsets == self.encoding.offsets, "\(name) \(text.debugDescription)")
    #expect(tokenizer.encode(text) == encoding.ids, "\(name) \(text.debugDescription)")
    // Bytes, since Swift's strings are equal when they are only canonically equivalent.
    #expect(Array(tokenizer.decode(encoding.ids).utf8) == Array(decoded.utf8), "\(name)")
    #expect(
      Array(tokenizer.decode(encoding.ids, skipSpecialTokens: true).utf8) == Array(skipped.utf8),
      "\(name)")
  }
}

func tokenizerFixture(_ name: String) throws -> JSON {
  let path = Fixture.path("tokenizers/\(name)")
  let data = try #require(FileManager.default.contents(atPath: path))
  return try JSON(parsing: Array(data), file: path)
}

/// Read from the file, since keys of JSON values that are canonically equivalent become one.
func fixtureTokenizer(_ name: String) throws -> Tokenizer {
  try Tokenizer(path: Fixture.path("tokenizers/\(name).tokenizer.json"))
}

@Suite struct TokenizerConformanceTests {
  @Test(arguments: ["byte_level", "llama3", "qwen2", "sentencepiece"])
  func `ids, tokens, offsets and text equal the reference's`(_ name: String) throws {
    let tokenizer = try fixtureTokenizer(name)
    let cases = try #require(try tokenizerFixture("\(name).cases.json").array)
    #expect(cases.count > 10)
    for json in cases { try ReferenceCase(json).check(tokenizer) }
  }

  @Test func `each normalizer, pre-tokenizer, post-processor and decoder equals the reference's`()
    throws
  {
    let json = try tokenizerFixture("parts.json")
    let base = try #require(json["tokenizer"]?.object)
    let variants = try #require(json["variants"]?.array)
    #expect(variants.count > 20)
    for variant in variants {
      var description = base
      for (key, value) in variant["variant"]?.object ?? [:] {
        if key == "model", var model = base["model"]?.object {
          for (name, setting) in value.object ?? [:] { model[name] = setting }
          description[key] = .object(model)
        } else {
          description[key] = value
        }
      }
      let name = variant["variant"]?.text() ?? ""
      let tokenizer = try Tokenizer(json: .object(description), file: name)
      for json in try #require(variant["cases"]?.array) {
        try ReferenceCase(json).check(tokenizer, name)
      }
    }
  }

  @Test(arguments: ["byte_level", "llama3", "qwen2", "sentencepiece"])
  func `a stream of ids decodes to the same text as all at once`(_ name: String) throws {
    let tokenizer = try fixtureTokenizer(name)
    for json in try #require(try tokenizerFixture("\(name).cases.json").array) {
      let reference = try ReferenceCase(json)
      var decoder = tokenizer.streamDecoder(skipSpecialTokens: false)
      var pieces = reference.encoding.ids.map { decoder.push($0) }
      pieces.append(decoder.finish())
      #expect(Array(pieces.joined().utf8) == Array(reference.decoded.utf8))
      // Half a character would show as U+FFFD, which only texts that hold one may give.
      if !reference.decoded.unicodeScalars.contains("\u{FFFD}") {
        #expect(!pieces.joined().unicodeScalars.contains("\u{FFFD}"))
      }
    }
  }

  @Test func `a stream of bytes that are no text is told before it ends`() throws {
    let tokenizer = try fixtureTokenizer("sentencepiece")
    let byte = try #require(tokenizer.id(of: "<0x80>"))
    let ids = Array(repeating: byte, count: 200)
    var decoder = tokenizer.streamDecoder()
    let pieces = ids.map { decoder.push($0) }
    #expect(pieces.joined().unicodeScalars.count > 150)
    #expect((pieces.joined() + decoder.finish()).utf8.elementsEqual(tokenizer.decode(ids).utf8))
  }
}
