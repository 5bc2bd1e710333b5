public import AnnealNeural
public import AnnealText

/// What a task needs of a model.
public struct TaskModel {
  /// The network.
  public let network: any CausalModel
  /// Text and messages to ids.
  public let encoder: ConversationEncoder
  /// The adapters that are on.
  public let attachments: [Site: [any Attachment]]

  /// A model to measure.
  public init(
    _ network: any CausalModel, encoder: ConversationEncoder,
    attachments: [Site: [any Attachment]] = [:]
  ) {
    self.network = network
    self.encoder = encoder
    self.attachments = attachments
  }

  var tokenizer: Tokenizer { encoder.tokenizer }

  /// How many tokens the model reads.
  var limit: Int { network.configuration.maximumPositions }

  /// The token that a text without a context follows: the one that begins texts, else the one that
  /// ends them.
  var prefix: Int? { tokenizer.beginningOfText ?? tokenizer.endOfText }

  /// The ids of `text`, with what the tokenizer puts around it unless it is written out already.
  func encode(_ text: String) -> [Int] {
    let written = prefix.flatMap { tokenizer.token(of: $0) }
    let isWritten = written.map { !$0.isEmpty && text.hasPrefix($0) } ?? false
    return tokenizer.encode(text, addSpecialTokens: !isWritten)
  }

  /// A context and its continuation as ids: encoded as one text and cut where the context's own ids
  /// end, white space at the context's end belonging to the continuation.
  ///
  /// - Returns: nil when the continuation has no token.
  func request(_ context: String, _ continuation: String) -> ScoringRequest? {
    guard !context.isEmpty else {
      let ids = tokenizer.encode(continuation, addSpecialTokens: false)
      guard let prefix, let first = ids.first else { return nil }
      if first != prefix { return ScoringRequest(context: [prefix], continuation: ids) }
      return ids.count > 1
        ? ScoringRequest(context: [first], continuation: Array(ids.dropFirst())) : nil
    }
    let stripped = PythonSpace.strippedEnd(context)
    let all = encode(context + continuation)
    var before = encode(stripped)
    // A context of white space alone leaves nothing to follow but the prefix.
    if before.isEmpty, let prefix { before = [prefix] }
    let after = stripped.isEmpty && encode("").isEmpty ? all[...] : all.dropFirst(before.count)
    return before.isEmpty || after.isEmpty
      ? nil : ScoringRequest(context: before, continuation: Array(after))
  }

  /// A text's ids in windows that each predict as many tokens as the model reads, every token once;
  /// a window that is not full gets the tokens before it as context.
  func windows(_ text: String) -> [ScoringRequest] {
    guard let prefix else { return [] }
    let ids = encode(text)
    var windows: [ScoringRequest] = []
    var predicted = 0
    while predicted < ids.count {
      let count = min(limit, ids.count - predicted)
      let end = predicted + count
      let context =
        predicted == 0 ? [prefix] : Array(ids[max(0, end - limit - 1)..<predicted])
      windows.append(ScoringRequest(context: context, continuation: Array(ids[predicted..<end])))
      predicted = end
    }
    return windows
  }
}
