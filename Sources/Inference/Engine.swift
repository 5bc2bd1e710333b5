internal import AnnealFiles
public import AnnealNeural
public import AnnealText
internal import AnnealTorch

/// Generates text with a model: prompts are read in pieces, packed into one pass with the next token
/// of every reply that has begun.
public final class Engine {
  /// The model.
  public let model: any CausalModel
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The adapters that are on.
  public var attachments: [Site: [any Attachment]]
  /// How many tokens of prompts a pass reads, beside the next token of every reply that has begun.
  ///
  /// What a pass holds then grows with this and not with the prompts' length, keys and values aside;
  /// weights are used as well as in any longer pass. At least 1 is read.
  public var maxTokensPerPass = 1024

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
    var reply = Reply(request, tokenizer: tokenizer)
    var isRefused = false
    try run([request]) { _, logits in
      let piece = reply.extend(from: logits)
      isRefused = !piece.isEmpty && !onText(piece)
      return isRefused || reply.isDone ? nil : reply.generation.ids.last
    }
    if !isRefused {
      let rest = reply.finish()
      if !rest.isEmpty { _ = onText(rest) }
    }
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
      var replies = group.map { Reply($0, tokenizer: tokenizer) }
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
    /// Tokens that each reply's cache has yet to read.
    var unread = requests.map { $0.maxNewTokens > 0 ? $0.prompt[...] : [] }
    while let pieces = pieces(of: unread) {
      let logits = try Torch.checked {
        try withoutGradient { try step(pieces, pieces.map { caches[$0.index] }) }
      }
      for piece in pieces { unread[piece.index].removeFirst(piece.tokens.count) }
      for (piece, row) in zip(pieces.filter(\.isLast), logits) {
        if let token = next(piece.index, row) { unread[piece.index] = [token] }
      }
    }
  }

  /// Tokens that a pass reads of one document.
  private struct Piece {
    /// The request.
    var index: Int
    var tokens: ArraySlice<Int>
    /// Whether the document's next token follows.
    var isLast: Bool
  }

  /// What the next pass reads: every reply's last token, and of prompts as much as there is room for.
  private func pieces(of unread: [ArraySlice<Int>]) -> [Piece]? {
    let waiting = unread.indices.filter { !unread[$0].isEmpty }
    guard !waiting.isEmpty else { return nil }
    let growing = waiting.count { unread[$0].count == 1 }
    var room = max(1, maxTokensPerPass - growing)
    return waiting.compactMap { index in
      let tokens = unread[index].count == 1 ? unread[index] : unread[index].prefix(room)
      if unread[index].count > 1 { room -= tokens.count }
      guard !tokens.isEmpty else { return nil }
      return Piece(index: index, tokens: tokens, isLast: tokens.count == unread[index].count)
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

  /// One pass over new tokens of several documents: the logits after each that is read to its end.
  private func step(_ pieces: [Piece], _ caches: [KVCache]) throws -> [[Float]] {
    let device = model.device
    var bounds = [0]
    var positions: [Int] = []
    for (piece, cache) in zip(pieces, caches) {
      positions += cache.count..<cache.count + piece.tokens.count
      bounds.append(bounds[bounds.count - 1] + piece.tokens.count)
    }
    var pass = Pass(positions: Tensor(positions).to(device), bounds: bounds)
    pass.caches = caches
    pass.attachments = attachments
    let hidden = model.hiddenStates(Tensor(pieces.flatMap(\.tokens)).to(device), in: pass)
    let ends = zip(pieces, bounds.dropFirst()).filter(\.0.isLast).map { $0.1 - 1 }
    guard !ends.isEmpty else { return [] }
    let logits = model.head.logits(hidden.indexSelect(0, Tensor(ends).to(device)))
    return ends.indices.map { logits.select(0, $0).floats() }
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

  init(_ request: GenerationRequest, tokenizer: Tokenizer) {
    self.request = request
    sampler = Sampler(request.sampling)
    decoder = tokenizer.streamDecoder(skipSpecialTokens: true)
  }

  /// Chooses the next token and gives the text that is now certain.
  mutating func extend(from logits: [Float]) -> String {
    let token = sampler.token(
      from: logits, seen: request.prompt + generation.ids, place: generation.ids.count)
    if request.endOfTurn.contains(token) { return end(.stop) }
    generation.ids.append(token)
    held += decoder.push(token)
    if stops() { return release(all: true) }
    if generation.ids.count >= request.maxNewTokens { return end(.length) }
    return release(all: false)
  }

  /// The rest of the text, when the reply was ended from outside.
  mutating func finish() -> String { isDone ? "" : end(generation.finishReason) }

  /// Ends the reply with the bytes that still waited for the rest of a character.
  private mutating func end(_ reason: FinishReason) -> String {
    generation.finishReason = reason
    isDone = true
    held += decoder.finish()
    _ = stops()
    return release(all: true)
  }

  /// Cuts off what begins with a stop text, and ends the reply there.
  private mutating func stops() -> Bool {
    let places = request.stop.compactMap { held.range(of: $0)?.lowerBound }
    guard let cut = places.min() else { return false }
    held = String(held[..<cut])
    generation.finishReason = .stop
    isDone = true
    return true
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
