public import AnnealDatasets
internal import AnnealFiles
public import AnnealText

/// What a model is told before it is asked: the way to better replies that needs no training.
///
/// A tuned model has to beat its base with a good prompt, not only without one.
public struct Prompting: Sendable {
  /// A system message, in place of the row's own.
  public var system: String?
  /// Questions with their answers that go before the row's.
  public var shots: [Conversation]

  /// A prompt.
  public init(system: String? = nil, shots: [Conversation] = []) {
    self.system = system
    self.shots = shots
  }

  /// A prompt with `count` rows of `records`, drawn by `seed`, as examples.
  public init(system: String? = nil, count: Int, of records: [Record], seed: UInt64 = 17) throws {
    let conversations = records.compactMap { record -> Conversation? in
      guard case .conversation(let conversation) = record,
        conversation.messages.last?.role == "assistant"
      else { return nil }
      return conversation
    }
    guard conversations.count >= count else {
      throw AnnealError(
        .data, "\(count) examples are wanted; \(conversations.count) rows are conversations",
        remedy: "Give a file with as many rows of questions and answers, or fewer --shots.")
    }
    var random = SplitMix64(seed: seed)
    var places = Array(conversations.indices)
    let drawn = (0..<count).map { _ in places.remove(at: random.below(places.count)) }
    self.init(system: system, shots: drawn.map { conversations[$0] })
  }

  /// Whether nothing is told.
  public var isEmpty: Bool { system == nil && shots.isEmpty }

  /// `record` with the prompt before it; the answers of the examples bear no loss.
  public func applied(to record: Record) throws -> Record {
    if isEmpty { return record }
    guard case .conversation(var conversation) = record else {
      throw AnnealError(
        .data, "a system message and examples need rows that are conversations",
        remedy: "Leave --base-system and --shots out for prompts that are completed.")
    }
    let own = conversation.messages.prefix { $0.role == "system" }
    let opening = system.map { [Message.system($0)] } ?? Array(own)
    let examples = shots.flatMap { shot in
      shot.messages.filter { $0.role != "system" }.map { message in
        var message = message
        if message.role == "assistant" { message.weight = 0 }
        return message
      }
    }
    conversation.messages = opening + examples + conversation.messages.dropFirst(own.count)
    return .conversation(conversation)
  }
}
