import AnnealFiles
import Foundation
import TestSupport
import Testing

@Suite struct TokenizerVerbTests {
  @Test func `a tokenizer is trained with special tokens and a least frequency`() throws {
    let folder = try TemporaryFolder()
    try folder.write(String(repeating: "one two one ", count: 9) + "rare", to: "text.txt")
    let trained = try CommandLineProgram.run(
      "tokenizer", "train", "--vocab-size", "400", "--min-frequency", "5", "--special-tokens",
      "<s>,</s>", "--json", "--output", folder.path + "/tokenizer.json", folder.path + "/text.txt")
    #expect(trained.status == 0, "\(trained.errors)")
    let report = try JSON(parsing: trained.output)
    let merges = try #require(report["merges"]?.integer)
    #expect(report["vocab_size"]?.integer == 258 + merges)
    let encoded = try CommandLineProgram.run(
      "tokenizer", "encode", "--tokenizer", folder.path + "/tokenizer.json", "--json",
      "one</s>rare")
    let tokens = try JSON(parsing: encoded.output)["tokens"]?.array?.compactMap(\.string)
    #expect(tokens == ["one", "</s>", "r", "a", "r", "e"])
  }

  @Test func `bench tokenize reports a speed for each number of threads`() throws {
    let folder = try TemporaryFolder()
    try folder.write("the miller's boy\nran past the river\n", to: "text.txt")
    let measured = try CommandLineProgram.run(
      "bench", "tokenize", "--tokenizer", Fixture.path("tokenizers/readers/ranks/tokenizer.model"),
      "--threads", "1,2", "--rounds", "2", "--json", folder.path + "/text.txt")
    #expect(measured.status == 0, "\(measured.errors)")
    let runs = try #require(try JSON(parsing: measured.output)["runs"]?.array)
    #expect(runs.map { $0["threads"]?.integer } == [1, 2])
    #expect(runs.allSatisfy { $0["megabytes_per_second"]?.number ?? 0 > 0 })
    #expect(runs[0]["tokens"]?.integer == runs[1]["tokens"]?.integer)
    let wrong = try CommandLineProgram.run(
      "bench", "tokenize", "--tokenizer", "t", "--threads", "0", folder.path + "/text.txt")
    #expect(wrong.status == 2)
  }
}
