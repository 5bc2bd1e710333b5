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

  private static let ranks = Fixture.path("tokenizers/readers/ranks/tokenizer.model")

  private func run(
    _ arguments: String..., input: String? = nil
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      all: ["tokenizer", arguments[0], "--tokenizer", Self.ranks] + arguments.dropFirst(),
      input: input)
  }

  /// Checks how a run ended and that its errors say all of `words`.
  private func expect(
    _ outcome: CommandLineProgram.Outcome, _ status: Int32, _ words: String...
  ) {
    #expect(outcome.status == status, "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)") }
  }

  @Test func `what encode prints is read by decode, from arguments and from a pipe`() throws {
    let encoded = try run("encode", "--file", "-", "--no-special", input: "the mill's boy")
    #expect(encoded.status == 0, "\(encoded.errors)")
    let ids = encoded.output.split(separator: "\n").joined()
    let commas = ids.replacing(" ", with: ",")
    for arguments in [[ids], [commas], ["[\(commas)]"], ids.split(separator: " ").map(String.init)]
    {
      let decoded = try CommandLineProgram.run(
        all: ["tokenizer", "decode", "--tokenizer", Self.ranks] + arguments)
      #expect(decoded.output == "the mill's boy\n", "\(decoded.errors)")
    }
    let report = try run("encode", "--json", "--no-special", "the mill's boy").output
    #expect(try run("decode", "--file", "-", input: report).output == "the mill's boy\n")
    expect(try run("decode", "1 x"), 2, "'x'", "whole numbers", "1 403")
    expect(try run("decode", "9999999"), 2, "9999999", "Ids go from 0")
    expect(try run("decode", "-1"), 2, "'-1'", "-- -1")
    expect(try run("encode", "-5"), 2, "'-5'", "-- -5")
    #expect(try run("encode", "--", "-5").status == 0)
  }

  @Test func `lines are counted as they stand, and a fault says what a line should be`() throws {
    let good = try run("encode", "--lines", "--file", "-", input: "\"a\"\n\n\"b\"\r\n")
    #expect(good.output.split(separator: "\n").count == 2, "\(good.errors)")
    expect(
      try run("encode", "--lines", "--file", "-", input: "\"a\"\n\n7\n"), 3, "/dev/stdin:3:",
      "a number", "expected a string", "JSON string")
    expect(
      try run("encode", "--lines", "--file", "-", input: "\"a\"\n\n\nno\n"), 3, "/dev/stdin:4:",
      "JSON string")
  }

  @Test func `text that is not UTF-8 is told once, and compressed text refused`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/text.txt"
    try AtomicFile.write([0x61, 0x62, 0xFF, 0x20, 0x63, 0xC3], to: file)
    let words = ["text.txt", "2 places", "byte 2", "U+FFFD"]
    for verb in [
      ["encode", "--tokenizer", Self.ranks, "--file", file],
      ["train", "--vocab-size", "300", "--output", folder.path + "/t.json", file],
    ] {
      let outcome = try CommandLineProgram.run(all: ["tokenizer"] + verb)
      #expect(outcome.status == 0, "\(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }
    try AtomicFile.write([0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5], to: file)
    for verb in [
      ["tokenizer", "train", "--vocab-size", "300", "--output", folder.path + "/u.json", file],
      ["bench", "tokenize", "--tokenizer", Self.ranks, file],
    ] {
      expect(try CommandLineProgram.run(all: verb), 3, "text.txt", "gzip", "gunzip")
    }
  }

  @Test func `training refuses what would be of no use, and says when it learned less`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write(String(repeating: "one two one ", count: 9), to: "text.txt")
    let empty = try folder.write("", to: "empty.txt")
    func train(
      _ output: String, _ files: String..., size: String = "300", options: [String] = []
    ) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(
        all: ["tokenizer", "train", "--vocab-size", size, "--output", folder.path + output]
          + options
          + files, input: "one two three")
    }
    expect(try train("/text.txt", text, options: ["--overwrite"]), 2, "cannot be written too")
    expect(try train("", text), 2, "folder", "tokenizer.json")
    expect(try train("/none/t.json", text), 2, "/none", "mkdir -p")
    expect(try train("/t.json", empty), 3, "empty.txt", "no text")
    expect(try train("/t.json", text, size: "-5"), 2, "--vocab-size is -5", "at least 259")
    expect(try train("/t.json", text, options: ["--min-frequency", "0"]), 2, "1 or more")
    expect(try train("/t.json", text, options: ["--special-tokens", "<a>, <a>"]), 2, "twice")
    #expect(!Folder.holdsAnything(folder.path + "/t.json"))
    let less = try train("/t.json", text, options: ["--special-tokens", "<a>, <b>"])
    expect(less, 0, "instead of 300", "--min-frequency")
    let tokens = try JSON(contentsOf: folder.path + "/t.json")["added_tokens"]?.array
    #expect(tokens?.map { $0["content"]?.string } == ["<a>", "<b>"])
    #expect(try train("/u.json", "-").status == 0)
  }

  @Test func `a tokenizer's file that is wrong says which entry, and what to do`() throws {
    let folder = try TemporaryFolder()
    func tokenizer(
      _ contents: String, name: String = "tokenizer.json"
    ) throws -> CommandLineProgram.Outcome {
      let file = try folder.write(contents, to: name)
      return try CommandLineProgram.run("tokenizer", "encode", "--tokenizer", file, "ab")
    }
    func bpe(
      _ vocabulary: String, _ merges: String = "[]", added: String = "[]"
    ) throws -> CommandLineProgram.Outcome {
      try tokenizer(
        #"{"added_tokens":\#(added),"model":{"type":"BPE","vocab":\#(vocabulary),"merges":\#(merges)}}"#
      )
    }
    let vocabulary = #"{"a":0,"b":1,"ab":2}"#
    #expect(try bpe(vocabulary, #"["a b"]"#).status == 0)
    expect(try bpe(vocabulary, #"["a b", "a"]"#), 3, "model.merges[1]", "\"a\"", "two tokens")
    expect(try bpe(vocabulary, #"["a b", "b a"]"#), 3, "model.merges[1]", "Fetch")
    expect(try bpe("null", #"["a b"]"#), 3, "model.vocab", "no 'vocab'")
    expect(try bpe("7", #"["a b"]"#), 3, "'vocab' is 7", "expected an object")
    expect(try bpe(#"{"a":0,"b":"1"}"#), 3, "'b'", "\"1\"", "whole number")
    expect(try bpe(#"{"a":0,"b":0}"#), 3, "'a' and 'b'", "the id 0")
    let twice = #"[{"id":5,"content":"<x>"},{"id":5,"content":"<y>"}]"#
    expect(try bpe(vocabulary, added: twice), 3, "added_tokens[1]", "'<x>' and '<y>'")
    let far = #"[{"id":3000000000,"content":"<x>"}]"#
    expect(try bpe(vocabulary, added: far), 3, "added_tokens[0]", "3000000000", "2147483646")

    expect(try tokenizer("", name: "none.json"), 3, "the file is empty")
    expect(try tokenizer("#version: 0.2\na b\n", name: "merges.txt"), 3, "vocab.json beside")
    #expect(try tokenizer(vocabulary, name: "encoder.json").status == 0)
    try FileManager.default.removeItem(atPath: folder.path + "/merges.txt")
    expect(try tokenizer(vocabulary, name: "vocab.json"), 3, "merges.txt", "tokenizer.json")
  }

  @Test func `ranks must know every byte, and none twice; special tokens follow the last`() throws {
    let folder = try TemporaryFolder()
    let lines = try String(decoding: fileBytes(Self.ranks), as: UTF8.self).split(separator: "\n")
    func ranks(_ lines: [Substring]) throws -> CommandLineProgram.Outcome {
      let file = try folder.write(lines.joined(separator: "\n") + "\n", to: "tokenizer.model")
      return try CommandLineProgram.run(
        "tokenizer", "encode", "--tokenizer", file, "--json", "<|begin_of_text|>")
    }
    expect(try ranks(lines.filter { !$0.hasPrefix("QQ== ") }), 3, "0x41", "no rank")
    expect(try ranks(lines + [lines[300].prefix { $0 != " " } + " 900"]), 3, "stands twice")
    expect(try ranks(lines + ["YWFhYWFh 300"]), 3, "the rank 300", "two tokens")
    // A gap of ten ranks: the special tokens come after all of them.
    let gap = try ranks(lines + ["YWFhYWFh \(lines.count + 10)"])
    let ids = try JSON(parsing: gap.output)["ids"]?.array?.compactMap(\.integer)
    #expect(ids?.last == lines.count + 11, "\(gap.errors)")
  }

  @Test(arguments: [
    (["--threads", "1,,2"], ["1,,2", "1 to 1024"]), (["--threads", "5000"], ["1 to 1024"]),
    (["--rounds", "-1"], ["--rounds is -1"]),
  ])
  func `bench tokenize refuses numbers that make no sense`(
    arguments: [String], words: [String]
  ) throws {
    let outcome = try CommandLineProgram.run(
      all: ["bench", "tokenize", "--tokenizer", Self.ranks] + arguments + [Self.ranks])
    #expect(outcome.status == 2)
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    let measured = try CommandLineProgram.run(
      all: ["bench", "tokenize", "--tokenizer", Self.ranks, "-"], input: "one two\n")
    #expect(measured.output.contains("with 1 thread ("), "\(measured.errors)")
    let empty = try CommandLineProgram.run(
      all: ["bench", "tokenize", "--tokenizer", Self.ranks, "-"], input: "\n")
    #expect(empty.status == 3 && empty.errors.contains("empty"), "\(empty.errors)")
  }
}
