import AnnealFiles
import AnnealInference
import AnnealNeural
import AnnealText
import TestSupport
import Testing

/// The engine against transformers' greedy continuations of the tiny models.
@Suite struct EngineTests {
  static let names = [
    "llama", "llama3-scaled", "llama-linear", "mistral", "qwen2", "qwen3", "llama-nf4",
  ]

  private func tokenizer() throws -> Tokenizer {
    try Tokenizer(json: BPETrainer(vocabularySize: 256).train(), file: "bytes")
  }

  @Test(arguments: names)
  func `greedy ids are those of transformers, alone and beside others`(name: String) throws {
    let model = try TinyModel(name)
    let engine = Engine(model.network, tokenizer: try tokenizer())
    let request = GenerationRequest(
      prompt: model.ids, maxNewTokens: model.greedy.count, endOfTurn: [])
    #expect(!model.greedy.isEmpty)
    #expect(try engine.generate(request).ids == model.greedy)
    let short = GenerationRequest(prompt: [3, 9], maxNewTokens: 3, endOfTurn: [])
    let all = try engine.generate([short, request, short, request], batch: 3)
    #expect(all[1].ids == model.greedy && all[3].ids == model.greedy)
    #expect(all[0].ids == all[2].ids && all[0].ids.count == 3)
  }

  @Test func `prompts are read in pieces, beside replies that have begun`() throws {
    let model = try TinyModel("llama")
    let engine = Engine(model.network, tokenizer: try tokenizer())
    let request = GenerationRequest(
      prompt: model.ids, maxNewTokens: model.greedy.count, endOfTurn: [])
    let short = GenerationRequest(prompt: [3, 9], maxNewTokens: 3, endOfTurn: [])
    let alone = try engine.generate(short).ids
    for tokens in [1, 2, 3, 5] {
      engine.maxTokensPerPass = tokens
      let all = try engine.generate([short, request, short, request])
      #expect(all.map(\.ids) == [alone, model.greedy, alone, model.greedy])
    }
  }

  @Test func `a stop text ends a reply wherever it is cut off, and is no part of it`() throws {
    let model = try TinyModel("llama")
    // Every token is a byte that begins a character which never comes.
    let vocabulary = (0..<64).map { "\"\(UnicodeScalar(UInt8(0xC0 + $0)))\": \($0)" }
    let steps = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#
    let tokenizer = try Tokenizer(
      json: JSON(
        parsing: #"{"model": {"type": "BPE", "merges": [], "vocab": {"#
          + vocabulary.joined(separator: ", ")
          + #"}}, "pre_tokenizer": \#(steps), "decoder": \#(steps)}"#),
      file: "bytes")
    let engine = Engine(model.network, tokenizer: tokenizer)
    for count in 1...model.greedy.count {
      var request = GenerationRequest(prompt: model.ids, maxNewTokens: count, endOfTurn: [])
      #expect(try engine.generate(request).text.contains("\u{FFFD}"))
      request.stop = ["\u{FFFD}"]
      var streamed = ""
      let reply = try engine.generate(request) {
        streamed += $0; return true
      }
      #expect(reply.text.isEmpty && streamed.isEmpty)
      #expect(reply.finishReason == .stop)
    }
  }

  @Test func `an end-of-turn token ends a reply and is no part of it`() throws {
    let model = try TinyModel("llama")
    let engine = Engine(model.network, tokenizer: try tokenizer())
    let end = try #require(model.greedy.dropFirst(2).first { !model.greedy.prefix(2).contains($0) })
    let reply = try engine.generate(
      GenerationRequest(prompt: model.ids, maxNewTokens: 12, endOfTurn: [end]))
    #expect(reply.ids == Array(model.greedy.prefix { $0 != end }))
    #expect(reply.finishReason == .stop)
  }
}
