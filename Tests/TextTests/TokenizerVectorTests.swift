import AnnealFiles
import AnnealText
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Real tokenizers against llama.cpp's test vectors, where the shared data is at hand.
@Suite(.enabled(if: SharedData.path("tokenizers/ggml_vocab") != nil))
struct TokenizerVectorTests {
  struct Vectors: Sendable, CustomTestStringConvertible {
    let name: String
    let tokenizer: String
    var testDescription: String { name }
  }

  private static let all = [
    Vectors(name: "gpt-2", tokenizer: "olmo_test_model"),
    Vectors(name: "llama-bpe", tokenizer: "llama3_2_bpe/tokenizer.derived.json"),
    Vectors(name: "llama-spm", tokenizer: "llama2/tokenizer.derived.json"),
    Vectors(name: "phi-3", tokenizer: "phi3/tokenizer.derived.json"),
    Vectors(name: "qwen2", tokenizer: "qwen2/tokenizer.derived.json"),
  ]

  private func text(_ path: String) throws -> String {
    let path = try #require(SharedData.path(path))
    return String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
  }

  @Test(arguments: all)
  func `real tokenizers give the ids of llama.cpp's vectors`(_ vectors: Vectors) throws {
    let path = try #require(SharedData.path("tokenizers/\(vectors.tokenizer)"))
    let tokenizer = try Tokenizer(path: path)
    let stem = "tokenizers/ggml_vocab/ggml-vocab-\(vectors.name).gguf"
    let texts = try text(stem + ".inp").split(
      separator: "\n__ggml_vocab_test__\n", omittingEmptySubsequences: false)
    let lines = try text(stem + ".out").split(separator: "\n", omittingEmptySubsequences: false)
    var compared = 0
    for (text, line) in zip(texts, lines) {
      let expected = line.split(separator: " ").compactMap { Int($0) }
      #expect(
        tokenizer.encode(String(text), addSpecialTokens: false) == expected,
        "\(String(text).debugDescription)")
      compared += 1
    }
    #expect(compared >= 46)
  }

  @Test(.enabled(if: SharedData.path("models/stories260K/hf_derived") != nil))
  func `the small story model's text gives its reference ids`() throws {
    let path = try #require(SharedData.path("models/stories260K/hf_derived"))
    let tokenizer = try Tokenizer(path: path)
    let json = try JSON(parsing: try text("models/stories260K/hf_derived/reference.json"))
    let ids = try #require(json["greedy_ids_first_121"]?.array).compactMap(\.integer)
    let story = try #require(json["greedy_text"]?.string)
    #expect(tokenizer.encode(story) == ids)
    #expect(tokenizer.decode(ids, skipSpecialTokens: true) == story)
    #expect(tokenizer.beginningOfText == 1)
    #expect(tokenizer.endOfText == 2)
  }
}
