import AnnealFiles
import AnnealText
import TestSupport
import Testing

@Suite struct TokenizerAddingTests {
  @Test(arguments: ["byte_level", "llama3", "sentencepiece"])
  func `added tokens get the next ids and are saved`(_ name: String) throws {
    let old = try fixtureTokenizer(name)
    let size = old.vocabularySize
    let new = try old.adding(["<|tool|>", "<think>", "<|tool|>"])
      .adding(["widget"], isSpecial: false)
    #expect(new.vocabularySize == size + 3)
    #expect(new.id(of: "<|tool|>") == size)
    #expect(new.id(of: "<think>") == size + 1)
    #expect(new.id(of: "widget") == size + 2)
    #expect(new.isSpecial(size) && new.isSpecial(size + 1) && !new.isSpecial(size + 2))
    let ids = new.encode("the<think>mill<|tool|>widgets", addSpecialTokens: false)
    #expect(ids.filter { $0 >= size } == [size + 1, size, size + 2])
    #expect(new.decode(ids, skipSpecialTokens: true).contains("widget"))
    #expect(!new.decode(ids, skipSpecialTokens: true).contains("think"))
    // What has nothing to do with the new tokens stays.
    #expect(new.encode("the miller's boy") == old.encode("the miller's boy"))
    let folder = try TemporaryFolder()
    try new.save(to: folder.path)
    let saved = try Tokenizer(path: folder.path)
    #expect(saved.encode("a<think>widget") == new.encode("a<think>widget"))
    #expect(saved.vocabularySize == new.vocabularySize)
  }

  @Test func `a token that is there already keeps its id`() throws {
    let old = try fixtureTokenizer("byte_level")
    let mask = try #require(old.id(of: "<mask>"))
    let word = try #require(old.id(of: "hello"))
    let letter = try #require(old.id(of: "e"))
    let new = try old.adding(["<mask>", "hello", "e"])
    #expect(new.vocabularySize == old.vocabularySize)
    #expect(new.id(of: "<mask>") == mask)
    #expect(new.id(of: "hello") == word)
    #expect(new.isSpecial(word))
    #expect(new.isSpecial(letter))
    #expect(new.encode("the").contains(letter))
  }

  @Test func `an empty token is refused`() throws {
    let tokenizer = try fixtureTokenizer("byte_level")
    #expect(throws: AnnealError.self) { try tokenizer.adding(["a", ""]) }
  }

  @Test func `tokens that a configuration adds come into the file`() throws {
    let json = try tokenizerFixture("llama3.tokenizer.json")
    let size = try fixtureTokenizer("llama3").vocabularySize
    let configuration: JSON = [
      "added_tokens_decoder": JSON(members: [
        ("\(size)", ["content": "<pad>", "special": true])
      ])
    ]
    let tokenizer = try Tokenizer(json: json, configuration: configuration, file: "fixture")
    let folder = try TemporaryFolder()
    try tokenizer.adding(["<|tool|>"]).save(to: folder.path)
    let saved = try Tokenizer(path: folder.path)
    #expect(saved.id(of: "<pad>") == size)
    #expect(saved.id(of: "<|tool|>") == size + 1)
  }
}
