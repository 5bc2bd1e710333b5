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

@Suite struct TokenizerTrainingTests {
  @Test func `the trainer learns what the reference learns`() throws {
    let json = try tokenizerFixture("trained.json")
    var trainer = BPETrainer(vocabularySize: 400, specialTokens: ["<s>", "</s>"])
    for text in try #require(json["corpus"]?.array) { trainer.feed(try #require(text.string)) }
    let trained = try trainer.train()
    #expect(trained["model"]?["merges"] == json["merges"])
    let vocabulary = try #require(trained["model"]?["vocab"]?.object)
    let reference = try #require(json["vocabulary"]?.object)
    #expect(
      Dictionary(uniqueKeysWithValues: vocabulary.map { ($0.key, $0.value) })
        == Dictionary(uniqueKeysWithValues: reference.map { ($0.key, $0.value) }))
  }

  @Test(arguments: [BPETrainer.Pattern.gpt2, .llama3, .qwen2])
  func `a trained tokenizer reads back any text`(_ pattern: BPETrainer.Pattern) throws {
    var trainer = BPETrainer(
      vocabularySize: 300, specialTokens: ["<|end|>"], pattern: pattern)
    trainer.feed("one two one two<|end|>one two 123 123")
    let tokenizer = try Tokenizer(json: trainer.train(), file: "trained")
    #expect(tokenizer.encode("<|end|>") == [0])
    #expect(tokenizer.isSpecial(0))
    let text = "one 123\n\tété 中 🙂<|end|>\u{0} two"
    #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    #expect(tokenizer.encode("one two").count < 7)
  }

  @Test func `with signs apart a word is cut the same with and without a space before it`() throws {
    var trainer = BPETrainer(vocabularySize: 420, pattern: .separate)
    let text = "the music of lifts: \"lift\", music and aaa. An annex, toaster; the the tofu"
    for _ in 0..<5 { trainer.feed(text) }
    let tokenizer = try Tokenizer(json: trainer.train(), file: "trained")
    for word in ["music", "lift", "aaaa", "annex", "tofu", "toasters", "unseen", "été"] {
      let bare = tokenizer.encode(word).map { tokenizer.decode([$0]) }
      let spaced = tokenizer.encode(" " + word).map { tokenizer.decode([$0]) }
      // All at once: a letter of two bytes may be two tokens.
      #expect(tokenizer.decode(tokenizer.encode(" " + word)) == " " + word)
      #expect(word == "été" || [" " + bare[0]] + bare.dropFirst() == spaced)
    }
    #expect(tokenizer.encode(" music").count == 1 && tokenizer.encode("music").count == 1)
    #expect(tokenizer.vocabularySize <= 420)
  }

  @Test func `a special token is cut out of what is learned`() throws {
    var trainer = BPETrainer(vocabularySize: 400, specialTokens: ["<|end|>"])
    trainer.feed(String(repeating: "<|end|>", count: 50))
    #expect(try trainer.train()["model"]?["merges"]?.array?.isEmpty == true)
  }

  @Test func `a vocabulary without room for the bytes is refused`() {
    #expect(throws: AnnealError.self) { try BPETrainer(vocabularySize: 255).train() }
  }

  @Test(arguments: BPETrainer.Pattern.allCases)
  func `a file read part by part counts the words of the whole`(
    _ pattern: BPETrainer.Pattern
  ) throws {
    let specials = ["<|im end|>", "end"]
    let line = "It's the end of 1234 words.\n\n  Äpfel, früh und\tспать! 中文字符，日本 <|im end|>\r\n"
    let text = String(repeating: line + "x don't 'll ", count: 40)
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "text.txt")
    var whole = BPETrainer(vocabularySize: 400, specialTokens: specials, pattern: pattern)
    whole.feed(text)
    let expected = try whole.train().text()
    for partBytes in [23, 64, 101, 5000] {
      var parts = BPETrainer(vocabularySize: 400, specialTokens: specials, pattern: pattern)
      try parts.feed(contentsOf: path, partBytes: partBytes)
      #expect(try parts.train().text() == expected, "\(partBytes)")
    }
  }

  @Test func `a file of one endless word is read in bounded parts`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(String(repeating: "語", count: 10_000), to: "text.txt")
    var trainer = BPETrainer(vocabularySize: 260, minimumFrequency: 1)
    try trainer.feed(contentsOf: path, partBytes: 100)
    #expect(try trainer.train()["model"]?["merges"]?.array?.count == 4)
    #expect(throws: AnnealError.self) { try trainer.feed(contentsOf: folder.path + "/absent") }
    #expect(throws: AnnealError.self) { try trainer.feed(contentsOf: folder.path) }
  }

  @Test(.enabled(if: SharedData.path("tokenizers/cs336_bpe_reference") != nil))
  func `on a real corpus the merges are those of the teaching code's reference`() throws {
    let folder = try #require(SharedData.path("tokenizers/cs336_bpe_reference"))
    let corpus = try #require(SharedData.path("datasets/cs336_corpus_en/corpus.en"))
    let data = try #require(FileManager.default.contents(atPath: corpus))
    var trainer = BPETrainer(
      vocabularySize: 500, minimumFrequency: 1, specialTokens: ["<|endoftext|>"],
      ties: .greatestBytes)
    trainer.feed(String(decoding: data, as: UTF8.self))
    let merges = try #require(try trainer.train()["model"]?["merges"]?.array)
    let file = folder + "/train-bpe-reference-merges.txt"
    let text = String(
      decoding: try #require(FileManager.default.contents(atPath: file)), as: UTF8.self)
    let reference = text.split(separator: "\n").map(String.init)
    #expect(merges.map { "\($0[0]?.string ?? "") \($0[1]?.string ?? "")" } == reference)
  }
}
