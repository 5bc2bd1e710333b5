import Anneal
import AnnealFiles
import AnnealInference
import AnnealText
import ArgumentParser
import Foundation

/// How tokens are chosen, on the command line.
struct SamplingOptions: ParsableArguments {
  @Option(help: "The most tokens a reply may have.")
  var maxNewTokens = 256

  @Option(help: "0 always takes the likeliest token; higher is more varied.")
  var temperature = 0.0

  @Option(help: "Keep this many of the likeliest tokens; 0 keeps all.")
  var topK = 0

  @Option(help: "Keep the likeliest tokens until their probabilities sum to this.")
  var topP = 1.0

  @Option(help: "Drop tokens less likely than this share of the likeliest.")
  var minP = 0.0

  @Option(help: "Divide the logits of tokens already seen; 1 leaves them.")
  var repetitionPenalty = 1.0

  @Option(help: "The same seed gives the same text.")
  var seed: UInt64 = 0

  func validate() throws {
    guard maxNewTokens > 0 else { throw ValidationError("--max-new-tokens must be 1 or more.") }
    guard temperature >= 0 else { throw ValidationError("--temperature must be 0 or more.") }
    guard (0...1).contains(topP), topP > 0 else {
      throw ValidationError("--top-p must be above 0 and at most 1.")
    }
    guard repetitionPenalty > 0 else {
      throw ValidationError("--repetition-penalty must be above 0.")
    }
  }

  var settings: SamplingSettings {
    SamplingSettings(
      temperature: temperature, topK: topK, topP: topP, minP: minP,
      repetitionPenalty: repetitionPenalty, seed: seed)
  }
}

/// `anneal generate`: text from a prompt or a conversation.
struct Generate: Verb {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Text that goes on from a prompt or a conversation.",
    discussion: """
      With a chat template, --prompt is the user's message; --raw takes it as the beginning of
      a text instead.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "What to go on from.")
  var prompt: String?

  @Option(help: ArgumentHelp("A JSON file with messages.", valueName: "file"))
  var messages: String?

  @Flag(help: "Take the prompt as raw text, without the chat template.")
  var raw = false

  @Option(help: "A text that ends the reply; may be given several times.")
  var stop: [String] = []

  @OptionGroup var sampling: SamplingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !stop.contains("") else {
      throw ValidationError("--stop is empty; give the text that ends a reply.")
    }
    guard (prompt == nil) != (messages == nil) else {
      throw ValidationError("Give either --prompt or --messages.")
    }
  }

  func perform(_ console: Console) async throws {
    Interruption.listen()
    let model = try model.load(console)
    if messages != nil, let note = model.templateNote { console.note("note: \(note)") }
    var request = try request(model)
    request.stop = stop
    let clock = ContinuousClock()
    let start = clock.now
    let streams = !console.isJSON
    let reply = try model.engine.generate(request) { piece in
      if streams { Console.stream(piece) }
      return !Interruption.isRequested
    }
    let seconds = (clock.now - start) / .seconds(1)
    let rate = Double(reply.ids.count) / seconds
    if streams { Console.standardOutput("\n") }
    try Interruption.check()
    if streams {
      console.detail(
        String(
          format: "%d tokens, %.1f tokens/s, %@", reply.ids.count, rate,
          reply.finishReason.rawValue))
    } else {
      let json: JSON = [
        "text": .string(reply.text), "ids": .array(reply.ids.map { .integer($0) }),
        "finish_reason": .string(reply.finishReason.rawValue), "tokens_per_second": .number(rate),
      ]
      console.result(json, "")
    }
  }

  private func request(_ model: LanguageModel) throws -> GenerationRequest {
    if let messages {
      let conversation = try MessagesFile.conversation(messages)
      return try model.request(
        for: conversation, sampling: sampling.settings, maxNewTokens: sampling.maxNewTokens)
    }
    let prompt = prompt ?? ""
    guard raw || !model.hasChatTemplate else {
      return try model.request(
        for: Conversation([.user(prompt)]), sampling: sampling.settings,
        maxNewTokens: sampling.maxNewTokens)
    }
    return model.request(
      continuing: prompt, sampling: sampling.settings, maxNewTokens: sampling.maxNewTokens)
  }
}
