import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

/// What seldom comes up, against what the library of each kind makes of it.
@Suite struct TokenizerCornerTests {
  private static func reader(_ name: String) -> String {
    Fixture.path("tokenizers/readers/\(name)")
  }

  @Test func `rare expressions, spaces, bytes and templates equal the reference's`() throws {
    let rows = try #require(try tokenizerFixture("corners.json").array)
    #expect(rows.count > 35)
    for row in rows {
      let json = try #require(row["tokenizer"])
      let name = String(json.text().prefix(400))
      let tokenizer = try Tokenizer(json: json, file: "fixture")
      for json in try #require(row["cases"]?.array) {
        try ReferenceCase(json).check(tokenizer, name)
      }
    }
  }

  @Test(arguments: ["unused_bpe", "unused_unigram", "ties", "user"])
  func `unused pieces, equal scores and a user's pieces are cut as SentencePiece does`(
    _ name: String
  ) throws {
    let cases = try #require(try JSON(contentsOf: Self.reader("corners.json"))[name]?.array)
    let tokenizer = try Tokenizer(path: Self.reader(name))
    let folder = try TemporaryFolder()
    try tokenizer.save(to: folder.path)
    let saved = try Tokenizer(path: folder.path)
    for json in cases {
      let text = try #require(json["text"]?.string)
      let ids = try #require(json["ids"]?.array).compactMap(\.integer)
      #expect(tokenizer.encode(text, addSpecialTokens: false) == ids, "\(name) \(text)")
      #expect(saved.encode(text, addSpecialTokens: false) == ids, "\(name) \(text)")
      let encoding = tokenizer.encoding(of: text, addSpecialTokens: false)
      #expect(encoding.ids == ids, "\(name) \(text)")
      #expect(encoding.offsets.last?.upperBound == text.unicodeScalars.count, "\(name) \(text)")
    }
  }

  @Test func `SentencePiece's settings that change texts otherwise are refused`() throws {
    // escape_whitespaces is field 5 of the normalizer (field 3); denormalizer_spec is field 5.
    for (bytes, field) in [
      ([0x1A, 0x02, 0x28, 0x00], "escape_whitespaces"),
      ([0x2A, 0x03, 0x12, 0x01, 0x00], "denormalizer_spec"),
    ] as [([UInt8], String)] {
      let folder = try TemporaryFolder()
      let model = try MappedFile(path: Self.reader("ties/tokenizer.model"), code: .model)
      try AtomicFile.write(Array(model.bytes) + bytes, to: folder.path + "/tokenizer.model")
      let error = try #require(throws: AnnealError.self) { try Tokenizer(path: folder.path) }
      #expect(error.place?.field == field)
    }
  }

  @Test func `a GGUF file of Tekken's words takes whole words and begins its texts`() {
    #expect(WordPattern.gguf("tekken") != nil)
    #expect(WordPattern.ggufBeginning.contains("tekken"))
    // The words themselves are not Llama-3's, in which digits come in threes.
    let words = WordPattern.gguf("tekken")?.preTokenizer().text() ?? ""
    #expect(!words.contains("{1,3}"))
  }

  @Test func `a file whose unknown token is missing is read, and passes over what has no token`()
    throws
  {
    for type in ["WordLevel", "WordPiece", "BPE"] {
      let json: JSON = [
        "pre_tokenizer": ["type": "WhitespaceSplit"],
        "model": [
          "type": .string(type), "unk_token": "<unk>", "vocab": ["a": 0, "b": 1], "merges": [],
        ],
      ]
      let tokenizer = try Tokenizer(json: json, file: "fixture")
      #expect(tokenizer.encode("a ? b") == [0, 1], "\(type)")
      #expect(tokenizer.encoding(of: "a ? b").offsets == [0..<1, 4..<5], "\(type)")
    }
  }

  @Test func `a trainer refuses special tokens that come twice or are a byte's`() throws {
    for tokens in [["<s>", "<s>"], ["a"], ["Ġ"]] {
      let trainer = BPETrainer(vocabularySize: 300, specialTokens: tokens)
      let error = try #require(throws: AnnealError.self) { try trainer.train() }
      #expect(error.code == .usage)
    }
  }

  @Test func `parts of any size give the same tokenizer`() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "the miller's boy ran past the mill. ", count: 20)
    try folder.write(text, to: "text.txt")
    var whole = BPETrainer(vocabularySize: 280)
    whole.feed(text)
    let expected = try whole.train()
    for size in [Int.min, 0, 1, 50, Int.max] {
      var trainer = BPETrainer(vocabularySize: 280)
      try trainer.feed(contentsOf: folder.path + "/text.txt", partBytes: size)
      #expect(try trainer.train() == expected, "\(size)")
    }
  }

  @Test func `a truncation of any numbers cuts without overlapping more than it may`() throws {
    let tokenizer = try fixtureTokenizer("byte_level")
    let ids = tokenizer.encode("the miller's boy", addSpecialTokens: false)
    for stride in [Int.min, -1, 3, 4, Int.max] {
      for length in [Int.min, -1, 0, 4, Int.max] {
        let parts = tokenizer.encodings(
          of: "the miller's boy", truncation: Truncation(maximumLength: length, stride: stride),
          addSpecialTokens: false)
        #expect(parts.allSatisfy { $0.ids.count <= max(0, length) })
        if length == .max { #expect(parts.map(\.ids) == [ids]) }
        if length == 4 {
          #expect(parts.count == (stride < 0 ? (ids.count + 3) / 4 : ids.count - 3))
        }
      }
    }
  }

  @Test func `buffers that one long text made large are not kept`() {
    var workspace = Workspace()
    workspace.output.reserveCapacity(Workspace.keptCapacity + 1)
    workspace.paths.reserveCapacity(10)
    workspace.dropLargeBuffers()
    #expect(workspace.output.capacity == 0)
    #expect(workspace.paths.capacity >= 10)
  }

  @Test func `a batch is cut and filled as the tokenizer's file says`() throws {
    var file = try #require(try tokenizerFixture("byte_level.tokenizer.json").object)
    let texts = ["the miller's boy went to the river", "the", ""]
    let plain = try Tokenizer(json: .object(file), file: "fixture")
    #expect(plain.encodings(of: texts) == texts.map { plain.encoding(of: $0) })
    file["truncation"] = [
      "direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0,
    ]
    file["padding"] = [
      "strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": nil, "pad_id": 1,
      "pad_type_id": 0, "pad_token": "</s>",
    ]
    let tokenizer = try Tokenizer(json: .object(file), file: "fixture")
    let batch = tokenizer.encodings(of: texts)
    #expect(batch.map(\.ids.count) == [6, 6, 6])
    #expect(batch.map { $0.attentionMask.contains(0) } == [false, true, true])
    let first = tokenizer.encodings(of: texts[0], truncation: try #require(tokenizer.truncation))
    #expect(batch[0] == first[0])
  }

  @Test func `all parts of a pair that is too long equal the reference's`() throws {
    var file = try #require(try tokenizerFixture("byte_level.tokenizer.json").object)
    file["post_processor"] = ["type": "BertProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0]]
    for json in try #require(try tokenizerFixture("overflowing_pairs.json").array) {
      file["truncation"] = json[0] ?? .null
      let tokenizer = try Tokenizer(json: .object(file), file: "fixture")
      let (first, second) = (try #require(json[1]?.string), try #require(json[2]?.string))
      let found = try tokenizer.encodings(
        of: first, and: second, truncation: try #require(tokenizer.truncation))
      let expected = try #require(json[3]?.array).map { ($0.array ?? []).compactMap(\.integer) }
      #expect(found.map(\.ids) == expected, "\(first) \(second)")
    }
  }
}
