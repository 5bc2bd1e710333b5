internal import AnnealFiles
public import AnnealNeural
public import AnnealText
internal import AnnealTorch

/// Generates text with a model: prompts are read in one packed pass, then every reply that is not
/// done grows by one token a pass.
public final class Engine {
  /// The model.
  public let model: any CausalModel
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The adapters that are on.
  public var attachments: [Site: [any Attachment]]

  /// An engine.
  public init(
    _ model: any CausalModel, tokenizer: Tokenizer, attachments: [Site: [any Attachment]] = [:]
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.attachments = attachments
  }

  /// The reply to one request.
  ///
  /// - Parameter onText: called with every piece of text as it comes, whole characters only;
  ///   returning false ends the reply.
  public func generate(
    _ request: GenerationRequest, onText: (String) -> Bool = { _ in true }
  ) throws -> Generation {
    let request = fitting(request)
    var reply = Reply(request, tokenizer: tokenizer, layers: model.blocks.count)
    try run([request]) { _, logits in
      let piece = reply.extend(from: logits)
      return (piece.isEmpty || onText(piece)) && !reply.isDone ? reply.generation.ids.last : nil
    }
    let rest = reply.finish()
    if !rest.isEmpty { _ = onText(rest) }
    return reply.generation
  }

  /// The replies to many requests, `batch` of them at a time.
  public func generate(
    _ requests: [GenerationRequest], batch: Int = 32,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> [Generation] {
    var done: [Generation] = []
    for start in stride(from: 0, to: requests.count, by: batch) {
      let group = requests[start..<min(start + batch, requests.count)].map(fitting)
      var replies = group.map { Reply($0, tokenizer: tokenizer, layers: model.blocks.count) }
      try run(group) { index, logits in
        _ = replies[index].extend(from: logits)
        return replies[index].isDone ? nil : replies[index].generation.ids.last
      }
      done += replies.indices.map { index in
        _ = replies[index].finish()
        return replies[index].generation
      }
      try progress(done.count)
    }
    return done
  }

  /// The request with no more new tokens than the model has positions left.
  private func fitting(_ request: GenerationRequest) -> GenerationRequest {
    var request = request
    let left = model.configuration.maximumPositions - request.prompt.count
    request.maxNewTokens = min(request.maxNewTokens, max(0, left))
    return request
  }

  /// Reads the prompts, then asks `next` for every reply's next token until all are done.
  private func run(
    _ requests: [GenerationRequest], next: (Int, [Float]) -> Int?
  ) throws {
    for request in requests { try check(request) }
    let caches = requests.map {
      KVCache(layers: model.blocks.count, capacity: $0.prompt.count + min($0.maxNewTokens, 512))
    }
    var active = requests.indices.filter { requests[$0].maxNewTokens > 0 }
    var tokens = requests.map(\.prompt)
    while !active.isEmpty {
      let logits = try Torch.checked {
        try withoutGradient { try step(active.map { tokens[$0] }, active.map { caches[$0] }) }
      }
      var still: [Int] = []
      for (index, row) in zip(active, logits) {
        guard let token = next(index, row) else { continue }
        tokens[index] = [token]
        still.append(index)
      }
      active = still
    }
  }

  private func check(_ request: GenerationRequest) throws {
    guard !request.prompt.isEmpty else {
      throw AnnealError(.usage, "the prompt is empty", remedy: "Give at least one token.")
    }
    let limit = model.configuration.maximumPositions
    guard request.prompt.count < limit else {
      throw AnnealError(
        .data, "the prompt has \(request.prompt.count) tokens; the model \(limit) positions",
        remedy: "Shorten it, or begin a new conversation.")
    }
  }

  /// One pass over new tokens of several documents: the logits after each document's last token.
  private func step(_ tokens: [[Int]], _ caches: [KVCache]) throws -> [[Float]] {
    let device = model.device
    var bounds = [0]
    var positions: [Int] = []
    for (document, cache) in zip(tokens, caches) {
      positions += cache.count..<cache.count + document.count
      bounds.append(bounds[bounds.count - 1] + document.count)
    }
    var pass = Pass(positions: Tensor(positions).to(device), bounds: bounds)
    pass.caches = caches
    pass.attachments = attachments
    let hidden = model.hiddenStates(Tensor(tokens.flatMap { $0 }).to(device), in: pass)
    let last = hidden.indexSelect(0, Tensor(bounds.dropFirst().map { $0 - 1 }).to(device))
    let logits = model.head.logits(last)
    return (0..<tokens.count).map { logits.select(0, $0).floats() }
  }
}

/// A reply while it grows.
private struct Reply {
  let request: GenerationRequest
  private let sampler: Sampler
  private var decoder: StreamDecoder
  /// Text that may yet turn out to begin a stop text.
  private var held = ""
  private(set) var generation = Generation()
  private(set) var isDone = false

  init(_ request: GenerationRequest, tokenizer: Tokenizer, layers: Int) {
    self.request = request
    sampler = Sampler(request.sampling)
    decoder = tokenizer.streamDecoder(skipSpecialTokens: true)
  }

  /// Chooses the next token and gives the text that is now certain.
  mutating func extend(from logits: [Float]) -> String {
    let token = sampler.token(
      from: logits, seen: request.prompt + generation.ids, place: generation.ids.count)
    if request.endOfTurn.contains(token) {
      end(.stop)
      return release(all: true)
    }
    generation.ids.append(token)
    held += decoder.push(token)
    if let cut = request.stop.compactMap({ held.range(of: $0)?.lowerBound }).min() {
      held = String(held[..<cut])
      end(.stop)
      return release(all: true)
    }
    if generation.ids.count >= request.maxNewTokens { end(.length) }
    return release(all: isDone)
  }

  /// The rest of the text, when the reply was ended from outside.
  mutating func finish() -> String {
    held += decoder.finish()
    isDone = true
    return release(all: true)
  }

  private mutating func end(_ reason: FinishReason) {
    generation.finishReason = reason
    isDone = true
  }

  private mutating func release(all: Bool) -> String {
    let keep = all ? 0 : longestStopPrefix()
    let cut = held.index(held.endIndex, offsetBy: -keep)
    let piece = String(held[..<cut])
    held = String(held[cut...])
    generation.text += piece
    return piece
  }

  /// Characters at the end of `held` that begin a stop text.
  private func longestStopPrefix() -> Int {
    request.stop.filter { !$0.isEmpty }.map { stop in
      (1...max(1, stop.count)).reversed().first { held.hasSuffix(stop.prefix($0)) } ?? 0
    }.max() ?? 0
  }
}

extension String {
  /// The first place where `other` stands.
  fileprivate func range(of other: String) -> Range<Index>? {
    guard !other.isEmpty, count >= other.count else { return nil }
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(other) {
        return start..<index(start, offsetBy: other.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
