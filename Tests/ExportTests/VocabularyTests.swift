import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealExport

/// Tokenizers written to GGUF files and read back.
@Suite struct VocabularyTests {
  private func write(_ tokenizer: Tokenizer, to path: String) throws -> [String: GGUFValue] {
    let metadata = try tokenizer.ggufMetadata(rows: tokenizer.vocabularySize + 2, file: "tokenizer")
    try GGUFWriter.write(to: path, metadata: metadata, tensors: [])
    return Dictionary(metadata.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// A tokenizer of the fixtures without added tokens that GGUF has no words for: those that swallow
  /// spaces or stand alone.
  private func plain(_ file: String) throws -> Tokenizer {
    let path = Fixture.path("tokenizers/" + file)
    let json = try JSON(contentsOf: path, code: .model)
    let added = (json["added_tokens"]?.array ?? []).filter { token in
      !["single_word", "lstrip", "rstrip", "normalized"].contains { token[$0]?.bool == true }
    }
    return try Tokenizer(json: json.setting("added_tokens", to: .array(added)), file: path)
  }

  private func expectSame(_ tokenizer: Tokenizer, _ path: String) throws {
    let written = try Tokenizer(inGGUF: path)
    for text in ProbeTexts.all {
      let (found, expected) = (written.encode(text), tokenizer.encode(text))
      #expect(found == expected, "\(String(reflecting: text))")
    }
  }

  @Test(arguments: [
    ("qwen2.tokenizer.json", "qwen2"), ("llama3.tokenizer.json", "llama-bpe"),
    ("byte_level.tokenizer.json", "gpt-2"),
  ])
  func `byte-level tokenizers keep their ids and get their words' name`(
    file: String, name: String
  ) throws {
    let folder = try TemporaryFolder()
    let tokenizer = try plain(file)
    let metadata = try write(tokenizer, to: folder.path + "/a.gguf")
    #expect(metadata["tokenizer.ggml.pre"] == .string(name))
    try expectSame(tokenizer, folder.path + "/a.gguf")
  }

  @Test func `a tokenizer with scores keeps its ids`() throws {
    let folder = try TemporaryFolder()
    let tokenizer = try plain("sentencepiece.tokenizer.json")
    let metadata = try write(tokenizer, to: folder.path + "/a.gguf")
    #expect(metadata["tokenizer.ggml.model"] == .string("llama"))
    try expectSame(tokenizer, folder.path + "/a.gguf")
  }

  @Test(arguments: [
    ("tokenizers/llama2/tokenizer.derived.json", "llama"),
    ("tokenizers/mistral/v3.tokenizer.derived.json", "llama"),
    ("tokenizers/qwen2/tokenizer.derived.json", "gpt2"),
    ("tokenizers/llama3_2_bpe/tokenizer.derived.json", "gpt2"),
    ("tokenizers/olmo_test_model/tokenizer.json", "gpt2"),
    ("models/stories260K/hf_derived", "llama"),
  ])
  func `real tokenizers keep their ids`(file: String, model: String) throws {
    guard let path = SharedData.path(file) else { return }
    let folder = try TemporaryFolder()
    let tokenizer = try Tokenizer(path: path)
    let metadata = try write(tokenizer, to: folder.path + "/a.gguf")
    #expect(metadata["tokenizer.ggml.model"] == .string(model))
    try expectSame(tokenizer, folder.path + "/a.gguf")
  }

  @Test func `words that llama.cpp has no name for are refused with a text that differs`() throws {
    let path = Fixture.path("tokenizers/byte_level.tokenizer.json")
    let cut: JSON = [
      "type": "Sequence",
      "pretokenizers": [
        ["type": "Split", "pattern": ["Regex": "a"], "behavior": "Isolated", "invert": false],
        ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      ],
    ]
    let json = try JSON(contentsOf: path, code: .model).setting("pre_tokenizer", to: cut)
    let tokenizer = try Tokenizer(json: json, file: path)
    let error = try #require(
      failure { _ = try tokenizer.ggufMetadata(rows: tokenizer.vocabularySize, file: path) })
    #expect(error.message.contains("llama.cpp has no name"), "\(error)")
    #expect(error.place?.field == "pre_tokenizer")
    let few = try #require(failure { _ = try tokenizer.ggufMetadata(rows: 5, file: path) })
    #expect(few.message.contains("only 5 rows"))
  }
}
