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

@Suite struct TokenizerFileTests {
  private func description() throws -> OrderedDictionary<String, JSON> {
    try #require(try tokenizerFixture("sentencepiece.tokenizer.json").object)
  }

  @Test func `a saved tokenizer has the bytes that were read`() throws {
    let folder = try TemporaryFolder()
    let text = JSON.object(try description()).text(.pretty)
    _ = try folder.write(text, to: "tokenizer.json")
    let other = try TemporaryFolder()
    try Tokenizer(path: folder.path).save(to: other.path)
    let saved = try #require(FileManager.default.contents(atPath: other.path + "/tokenizer.json"))
    #expect(Array(saved) == Array(text.utf8))
  }

  @Test func `a folder's configuration names special tokens and adds some`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(JSON.object(try description()).text(), to: "tokenizer.json")
    let size = try Tokenizer(path: folder.path).vocabularySize
    _ = try folder.write(
      """
      {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "pad_token": "<pad>",
       "unk_token": null, "add_bos_token": false, "add_eos_token": true,
       "added_tokens_decoder": {"\(size)": {"content": "<pad>", "special": true}}}
      """, to: "tokenizer_config.json")
    let tokenizer = try Tokenizer(path: folder.path)
    #expect(tokenizer.beginningOfText == 1)
    #expect(tokenizer.endOfText == 2)
    #expect(tokenizer.padding == size)
    #expect(tokenizer.unknown == nil)
    #expect(tokenizer.vocabularySize == size + 1)
    #expect(tokenizer.isSpecial(size))
    let ids = tokenizer.encode("the<pad>")
    #expect(ids.first != 1)
    #expect(ids.suffix(2) == [size, 2])
    #expect(tokenizer.encode("the", addSpecialTokens: false).last != 2)
  }

  @Test func `canonically equivalent tokens keep their own ids`() throws {
    // A JSON value could not hold both as keys, so the text is put together by hand.
    let text = """
      {"added_tokens": [], "model": {"type": "BPE", "vocab":
        {"\\u212b": 0, "\u{C5}": 1, "A\u{30A}": 2, "A": 3, "\u{30A}": 4},
        "merges": ["A \u{30A}"]}}
      """
    let folder = try TemporaryFolder()
    let tokenizer = try Tokenizer(path: folder.write(text, to: "tokenizer.json"))
    #expect(tokenizer.vocabularySize == 5)
    #expect(tokenizer.encode("\u{212B}\u{C5}A\u{30A}A") == [0, 1, 2, 3])
    #expect(tokenizer.id(of: "\u{212B}") == 0)
    #expect(tokenizer.id(of: "\u{C5}") == 1)
    #expect(tokenizer.id(of: "A\u{30A}") == 2)
  }

  @Test func `a token and its id find each other`() throws {
    let tokenizer = try fixtureTokenizer("sentencepiece")
    for id in 0..<tokenizer.vocabularySize {
      let token = try #require(tokenizer.token(of: id))
      #expect(tokenizer.id(of: token) == id)
    }
    #expect(tokenizer.token(of: tokenizer.vocabularySize) == nil)
    #expect(tokenizer.token(of: -1) == nil)
    #expect(tokenizer.id(of: "no such token") == nil)
  }

  @Test func `what is not supported is refused by name`() throws {
    let parts: [(String, JSON, String)] = [
      ("normalizer", ["type": "Nothing"], "Nothing"),
      ("pre_tokenizer", ["type": "Nonsense"], "Nonsense"),
      (
        "pre_tokenizer",
        ["type": "Split", "pattern": ["Regex": "(a|b"], "behavior": "Isolated"], "(a|b"
      ),
      ("pre_tokenizer", ["type": "FixedLength", "length": 0], "length"),
      ("normalizer", ["type": "Precompiled", "precompiled_charsmap": "AAAA"], "charsmap"),
      ("normalizer", ["type": "Precompiled", "precompiled_charsmap": "!"], "base64"),
      ("decoder", ["type": "CDC"], "CDC"), ("post_processor", ["type": "None"], "None"),
      ("model", ["type": "Trigram", "vocab": [["a", 0.5]]], "Trigram"),
      ("model", ["type": "Unigram", "unk_id": 1, "vocab": [["a", 0.5]]], "unk_id"),
    ]
    for (key, value, name) in parts {
      var json = try description()
      json[key] = value
      let error = try #require(throws: AnnealError.self) {
        _ = try Tokenizer(json: .object(json), file: "some/tokenizer.json")
      }
      #expect(error.code == .model)
      #expect(error.description.contains(name))
      #expect(error.place?.file == "some/tokenizer.json")
      #expect(error.place?.field?.hasPrefix(key) == true)
    }
  }

  @Test func `broken files are refused and never trap`() throws {
    let folder = try TemporaryFolder()
    let whole = Array(JSON.object(try description()).text().utf8)
    for length in stride(from: 0, to: whole.count - 1, by: 97) {
      let text = String(decoding: whole[..<length], as: UTF8.self)
      let path = try folder.write(text, to: "tokenizer.json")
      #expect(throws: AnnealError.self) { _ = try Tokenizer(path: path) }
    }
    for text in [
      "[]", "{}", "{\"model\": 3}", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}",
      "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4000000000}}}",
      "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [[\"a\", \"b\"]]}}",
      "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b c\"]}}",
      "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\"]]}}",
      "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", \"b\"]]}}",
    ] {
      let path = try folder.write(text, to: "tokenizer.json")
      #expect(throws: AnnealError.self, "\(text)") { _ = try Tokenizer(path: path) }
    }
    #expect(throws: AnnealError.self) { _ = try Tokenizer(path: folder.path + "/absent") }
  }

  @Test func `a word of a million letters takes no more than moments`() throws {
    let letters = "therivermill"
    let word = String(repeating: letters, count: 1_000_000 / letters.utf8.count)
    for name in ["byte_level", "sentencepiece"] {
      let tokenizer = try fixtureTokenizer(name)
      let start = ContinuousClock.now
      let ids = tokenizer.encode(word, addSpecialTokens: false)
      #expect(ContinuousClock.now - start < .seconds(20))
      let text = tokenizer.decode(ids)
      #expect(text.utf8.count == word.utf8.count)
      // Short and long words are merged in different ways, which must agree.
      let short = tokenizer.encode(String(word.prefix(36)), addSpecialTokens: false)
      #expect(ids.starts(with: short.dropLast(4)))
    }
  }

  @Test func `threads that share a tokenizer get the same ids`() async throws {
    let tokenizer = try Tokenizer(json: .object(description()), file: "fixture")
    let texts = (0..<200).map { "the miller's boy number \($0 % 7) ran " }
    let alone = texts.map { tokenizer.encode($0) }
    let together = await withTaskGroup(of: (Int, [Int]).self) { group in
      for (index, text) in texts.enumerated() {
        group.addTask { (index, tokenizer.encode(text)) }
      }
      var ids = [[Int]](repeating: [], count: texts.count)
      for await (index, found) in group { ids[index] = found }
      return ids
    }
    #expect(together == alone)
  }
}
