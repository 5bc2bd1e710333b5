import AnnealFiles
import AnnealText
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Every kind of file that a tokenizer comes in, against the library that the kind belongs to.
@Suite struct TokenizerReaderTests {
  private static func folder(_ name: String) -> String {
    Fixture.path("tokenizers/readers/\(name)")
  }

  /// A folder with copies of some of a fixture's files.
  private func copy(_ files: [(String, String)]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (from, to) in files {
      try AtomicFile.copy(Self.folder(from), to: folder.path + "/" + to)
    }
    return folder
  }

  @Test(arguments: [
    "bpe", "trimming", "unigram", "rules_bpe", "rules_unigram", "rules_bytes", "rules_spaces",
    "ranks", "ranks_llama4", "gpt2", "gguf_pieces", "gguf_bytes", "words/default.gguf",
    "words/falcon.gguf", "words/deepseek-llm.gguf", "words/deepseek-v3.gguf", "words/llama4.gguf",
    "bert", "bert_cased",
  ])
  func `a folder without tokenizer.json has the ids of its file's own library`(
    _ name: String
  ) throws {
    let tokenizer = try Tokenizer(path: Self.folder(name))
    let cases = try #require(try JSON(contentsOf: Self.folder("cases.json"))[name]?.array)
    #expect(cases.count > 8)
    for json in cases {
      let text = try #require(json["text"]?.string)
      let expected = try #require(json["ids"]?.array).compactMap(\.integer)
      let isEqual = tokenizer.encode(text, addSpecialTokens: false) == expected
      #expect(isEqual, "\(name) \(text.debugDescription)")
      if let all = json["all"]?.array {
        #expect(tokenizer.encode(text) == all.compactMap(\.integer), "\(text.debugDescription)")
      }
      guard let decoded = json["decoded"]?.string else { continue }
      let isSame = tokenizer.decode(expected).utf8.elementsEqual(decoded.utf8)
      #expect(isSame, "\(name) \(text.debugDescription)")
    }
  }

  /// A tokenizer of a fixture, and what is read again after it was saved.
  private func readAndSaved(_ name: String) throws -> (Tokenizer, Tokenizer) {
    let tokenizer = try Tokenizer(path: Self.folder(name))
    let folder = try TemporaryFolder()
    try tokenizer.save(to: folder.path)
    return (tokenizer, try Tokenizer(path: folder.path))
  }

  @Test(arguments: ["rules_bpe", "rules_unigram"])
  func `SentencePiece's normalization is kept by a save, and its text by a stream`(
    _ name: String
  ) throws {
    let (tokenizer, saved) = try readAndSaved(name)
    for json in try #require(try JSON(contentsOf: Self.folder("cases.json"))[name]?.array) {
      let text = try #require(json["text"]?.string)
      let ids = tokenizer.encode(text, addSpecialTokens: false)
      #expect(saved.encode(text, addSpecialTokens: false) == ids)
      #expect(tokenizer.encoding(of: text, addSpecialTokens: false).ids == ids)
      var decoder = saved.streamDecoder(skipSpecialTokens: false)
      let pieces = ids.map { decoder.push($0) } + [decoder.finish()]
      #expect(pieces.joined().utf8.elementsEqual(tokenizer.decode(ids).utf8))
    }
  }

  @Test func `offsets under SentencePiece's rules are the places that the pieces came from`() throws
  {
    let tokenizer = try Tokenizer(path: Self.folder("rules_bpe"))
    let text = "  the e\u{301}\u{308}  <user>ﬁ"
    let scalars = Array(text.unicodeScalars)
    let encoding = tokenizer.encoding(of: text, addSpecialTokens: false)
    let covered = encoding.offsets.map { range in
      String(String.UnicodeScalarView(scalars[range]))
    }
    let user = try #require(encoding.tokens.firstIndex(of: "<user>"))
    #expect(covered[user] == "<user>")
    #expect(covered[0].unicodeScalars.first == "t")
    #expect(covered.last?.unicodeScalars.last == "ﬁ")
    #expect(
      zip(encoding.offsets, encoding.offsets.dropFirst()).allSatisfy {
        $0.lowerBound <= $1.lowerBound
      })
  }

  @Test(arguments: ["bpe", "ranks", "gpt2", "gguf_pieces", "gguf_bytes"])
  func `what was read from another kind of file is saved as tokenizer.json`(
    _ name: String
  ) throws {
    let (tokenizer, saved) = try readAndSaved(name)
    let text = "the <user>miller's <|end|>boy said: Äpfel 12 中 🙂\n"
    #expect(saved.encode(text) == tokenizer.encode(text))
    #expect(saved.beginningOfText == tokenizer.beginningOfText)
    #expect(saved.endOfText == tokenizer.endOfText)
    #expect(saved.decode(saved.encode(text), skipSpecialTokens: false).contains("Äpfel 12 中 🙂\n"))
  }

  @Test func `each file tells which tokens begin and end a text`() throws {
    let pieces = try Tokenizer(path: Self.folder("bpe"))
    #expect(pieces.beginningOfText == 1)
    #expect(pieces.endOfText == 2)
    #expect(pieces.encode("the").first == 1)
    let user = try #require(pieces.id(of: "<user>"))
    #expect(pieces.encode("the<user>the").contains(user))
    #expect(!pieces.isSpecial(user))
    let ranks = try Tokenizer(path: Self.folder("ranks"))
    let beginning = try #require(ranks.id(of: "<|begin_of_text|>"))
    #expect(ranks.encode("the").first == beginning)
    #expect(ranks.vocabularySize == beginning + 256)
    #expect(ranks.id(of: "<|eot_id|>") == beginning + 9)
    let pair = try Tokenizer(path: Self.folder("gpt2"))
    let end = try #require(pair.id(of: "<|end|>"))
    #expect(pair.endOfText == end)
    #expect(pair.isSpecial(end))
    #expect(pair.encode("the<|end|>").last == end)
    #expect(try !pair.isSpecial(#require(pair.id(of: "hello"))))
    #expect(try Tokenizer(path: Self.folder("gguf_bytes")).endOfText == end)
  }

  @Test func `a GGUF file's chat template is found, and one beside it comes first`() throws {
    let file = Self.folder("words/default.gguf")
    let own = try #require(try ChatTemplate.load(modelFolder: file))
    #expect(own.source == "{{ messages[0]['content'] }}")
    let tools = try #require(try ChatTemplate.load(modelFolder: file, named: "tool_use"))
    #expect(tools.source == "{{ messages | length }}")
    #expect(try ChatTemplate.load(modelFolder: file, named: "rag") == nil)
    let folder = try copy([("words/default.gguf", "model.gguf")])
    #expect(try ChatTemplate.load(modelFolder: folder.path)?.source == own.source)
    #expect(
      try ChatTemplate.load(modelFolder: folder.path, named: "tool_use")?.source == tools.source)
    _ = try folder.write("beside", to: "chat_template.jinja")
    #expect(try ChatTemplate.load(modelFolder: folder.path)?.source == "beside")
    let bare = try copy([("gguf_bytes/model.gguf", "model.gguf")])
    #expect(try ChatTemplate.load(modelFolder: bare.path) == nil)
    let broken = try folder.write("GGUF nothing", to: "broken.gguf")
    let error = try #require(throws: AnnealError.self) {
      _ = try ChatTemplate.load(modelFolder: broken)
    }
    #expect(error.place?.file == broken)
  }

  @Test func `Llama-4's ranks have its special tokens at its ids`() throws {
    let tokenizer = try Tokenizer(path: Self.folder("ranks_llama4"))
    let first = try #require(tokenizer.id(of: "<|begin_of_text|>"))
    // The ids of the model's own files, which count from 200,000.
    for (name, id) in [
      ("<|header_start|>", 200_005), ("<|eot|>", 200_008), ("<|finetune_right_pad|>", 200_018),
      ("<|image_start|>", 200_080), ("<|patch|>", 200_092),
      ("<|vision_reserved_special_token_1047|>", 201_133), ("<|reasoning_thinking_end|>", 201_143),
      ("<|reserved_special_token_0|>", 201_144),
    ] {
      #expect(tokenizer.id(of: name) == id - 200_000 + first, "\(name)")
    }
    #expect(tokenizer.vocabularySize == first + 2048)
    #expect(tokenizer.encode("the").first == first)
  }

  @Test func `what a BERT vocabulary says of itself is saved with it`() throws {
    let tokenizer = try Tokenizer(path: Self.folder("bert"))
    let folder = try TemporaryFolder()
    try tokenizer.save(to: folder.path)
    let saved = try Tokenizer(path: folder.path)
    #expect(saved.encode("The mill", and: "ran.") == tokenizer.encode("The mill", and: "ran."))
    #expect(tokenizer.encoding(of: "The", and: "ran").typeIDs.last == 1)
    #expect(saved.padding == tokenizer.id(of: "[PAD]"))
    #expect(saved.unknown == tokenizer.id(of: "[UNK]"))
    #expect(tokenizer.isSpecial(try #require(tokenizer.id(of: "[CLS]"))))
  }

  @Test func `a folder's tokenizer.json comes first, then tokenizer.model, then the others`() throws
  {
    let folder = try copy([
      ("gguf_bytes/model.gguf", "model.gguf"), ("gpt2/vocab.json", "vocab.json"),
      ("gpt2/merges.txt", "merges.txt"), ("bpe/tokenizer.model", "tokenizer.model"),
    ])
    _ = try folder.write(
      #"{"added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#,
      to: "tokenizer.json")
    #expect(try Tokenizer(path: folder.path).vocabularySize == 1)
    try Folder.remove(folder.path + "/tokenizer.json")
    #expect(try Tokenizer(path: folder.path).id(of: "<0x0A>") != nil)
    try Folder.remove(folder.path + "/tokenizer.model")
    #expect(try Tokenizer(path: folder.path).id(of: "<|end|>") == nil)
    try Folder.remove(folder.path + "/merges.txt")
    #expect(try Tokenizer(path: folder.path).id(of: "<|end|>") != nil)
    try Folder.remove(folder.path + "/model.gguf")
    #expect(throws: AnnealError.self) { _ = try Tokenizer(path: folder.path) }
  }

  @Test func `tokenizer_config.json counts before what the file knows of itself`() throws {
    let folder = try copy([("bpe/tokenizer.model", "tokenizer.model")])
    _ = try folder.write(
      #"{"add_bos_token": false, "bos_token": "<s>", "eos_token": "<user>", "unk_token": null}"#,
      to: "tokenizer_config.json")
    let tokenizer = try Tokenizer(path: folder.path)
    #expect(tokenizer.encode("the").first != 1)
    #expect(tokenizer.endOfText == tokenizer.id(of: "<user>"))
    #expect(tokenizer.unknown == nil)
  }

  @Test func `a model family's words and normalization come from its configuration`() throws {
    let folder = try copy([("gpt2/vocab.json", "vocab.json"), ("gpt2/merges.txt", "merges.txt")])
    #expect(try Tokenizer(path: folder.path).encode("A\u{308}").count == 3)
    _ = try folder.write(#"{"tokenizer_class": "Qwen2Tokenizer"}"#, to: "tokenizer_config.json")
    // Qwen2 composes, so that the letter is two bytes.
    #expect(try Tokenizer(path: folder.path).encode("A\u{308}").count <= 2)
  }

  @Test func `what is no tokenizer is refused by name`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("nothing of that sort", to: "tokenizer.model")
    for place in [path, folder.path] {
      let error = try #require(throws: AnnealError.self) { _ = try Tokenizer(path: place) }
      #expect(error.code == .model)
      #expect(error.place?.file == path)
    }
    _ = try folder.write("AA== 0\nAQ== one\n", to: "tokenizer.model")
    let error = try #require(throws: AnnealError.self) { _ = try Tokenizer(path: path) }
    #expect(error.place?.line == 2)
  }

  @Test(arguments: ["bpe/tokenizer.model", "ranks/tokenizer.model", "gguf_pieces/model.gguf"])
  func `a file that is cut off anywhere never traps`(_ name: String) throws {
    let bytes = try fileBytes(Self.folder(name))
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + Folder.name(of: name)
    for length in stride(from: 0, to: bytes.count, by: bytes.count / 60) {
      try Data(bytes[..<length]).write(to: URL(filePath: path))
      // Rank files and pieces may be whole where they are cut; what is read is then a tokenizer.
      if let tokenizer = try? Tokenizer(path: path) { _ = tokenizer.encode("the miller's boy") }
    }
  }
}
