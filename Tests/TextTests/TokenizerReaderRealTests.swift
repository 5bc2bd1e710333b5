import AnnealFiles
import AnnealText
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Files of real models, where the shared data is at hand.
@Suite(.enabled(if: SharedData.path("tokenizers/ggml_vocab") != nil))
struct TokenizerReaderRealTests {
  struct Pair: Sendable, CustomTestStringConvertible {
    let file: String
    let json: String
    var testDescription: String { file }
  }

  private static let pairs = [
    Pair(file: "llama2/tokenizer.model", json: "llama2/tokenizer.derived.json"),
    Pair(file: "llama3/tokenizer.model", json: "llama3_2_bpe/tokenizer.derived.json"),
    Pair(file: "mistral/tokenizer.model.v1", json: "mistral/v1.tokenizer.derived.json"),
    Pair(
      file: "mistral/mistral_instruct_tokenizer_240323.model.v3",
      json: "mistral/v3.tokenizer.derived.json"),
    Pair(file: "gpt2", json: "olmo_test_model"),
    Pair(file: "ggml_vocab/ggml-vocab-llama-spm.gguf", json: "llama2/tokenizer.derived.json"),
    Pair(file: "ggml_vocab/ggml-vocab-phi-3.gguf", json: "phi3/tokenizer.derived.json"),
  ]

  private func text(_ path: String) throws -> String {
    let path = try #require(SharedData.path(path))
    return String(decoding: try fileBytes(path), as: UTF8.self)
  }

  @Test(arguments: pairs)
  func `another kind of file has the ids of the model's tokenizer.json`(_ pair: Pair) throws {
    let tokenizer = try Tokenizer(
      path: #require(SharedData.path("tokenizers/\(pair.file)")))
    let reference = try Tokenizer(path: #require(SharedData.path("tokenizers/\(pair.json)")))
    let book = try text("datasets/war_and_peace/war-and-peace.txt").split(separator: "\n")
    let vectors = try text("tokenizers/ggml_vocab/ggml-vocab-gpt-2.gguf.inp")
      .split(separator: "\n__ggml_vocab_test__\n", omittingEmptySubsequences: false)
    let texts = stride(from: 0, to: book.count, by: 25).map { book[$0] } + vectors
    #expect(texts.count > 1000)
    let different = texts.map(String.init).filter {
      tokenizer.encode($0, addSpecialTokens: false)
        != reference.encode($0, addSpecialTokens: false)
    }
    #expect(different.isEmpty, "\(different.first?.debugDescription ?? "")")
  }

  @Test(arguments: ["gpt-2", "llama-spm", "phi-3", "starcoder", "deepseek-coder"])
  func `the vocabulary in a GGUF file gives the ids of llama.cpp's vectors`(
    _ name: String
  ) throws {
    let stem = "tokenizers/ggml_vocab/ggml-vocab-\(name).gguf"
    let tokenizer = try Tokenizer(path: #require(SharedData.path(stem)))
    let texts = try text(stem + ".inp").split(
      separator: "\n__ggml_vocab_test__\n", omittingEmptySubsequences: false)
    let lines = try text(stem + ".out").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(texts.count > 40)
    for (text, line) in zip(texts, lines) {
      let expected = line.split(separator: " ").compactMap { Int($0) }
      let isEqual = tokenizer.encode(String(text), addSpecialTokens: false) == expected
      #expect(isEqual, "\(String(text).debugDescription)")
    }
  }
}
