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
