internal import AnnealNeural
internal import AnnealTorch

/// Scores tokens with a model, in packed batches: the head is computed for scored positions only.
struct LikelihoodScorer {
  let model: any CausalModel
  let attachments: [Site: [any Attachment]]
  /// How many tokens a pass reads at most, one document at least.
  var tokensPerBatch = 4096
  /// Whether it is asked if each token was the likeliest, which costs the head twice.
  var wantsGreedy = false

  /// The scores of `requests`, in their order.
  ///
  /// - Parameter progress: told after each batch how many of how many tokens are read.
  func score(
    _ requests: [ScoringRequest], progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> [TokenScore] {
    var scores = [TokenScore](repeating: TokenScore(), count: requests.count)
    let documents = ScoringPlan.documents(
      requests, limit: model.configuration.maximumPositions)
    let total = documents.reduce(0) { $0 + $1.work }
    var done = 0
    // Batches that do not fit into memory are halved and come back.
    var waiting = Array(ScoringPlan.batches(documents, tokens: tokensPerBatch).reversed())
    while let batch = waiting.popLast() {
      do {
        for (request, token) in try scored(batch) {
          scores[request].add(token.logProbability, isLikeliest: token.isLikeliest)
        }
      } catch let error as TorchError where error.code == .outOfMemory && batch.count > 1 {
        waiting += [Array(batch[(batch.count / 2)...]), Array(batch[..<(batch.count / 2)])]
        continue
      }
      done += batch.reduce(0) { $0 + $1.work }
      try progress(done, total)
    }
    return scores
  }

  private typealias Scored = [(request: Int, token: (logProbability: Float, isLikeliest: Bool))]

  /// Every scored token of a batch, those of a request in their order.
  private func scored(_ batch: [ScoringDocument]) throws -> Scored {
    try Torch.checked {
      withoutGradient {
        let keeps = batch.contains { !$0.branches.isEmpty }
        let caches =
          keeps ? batch.map { KVCache(layers: model.blocks.count, capacity: $0.weight) } : []
        var scored = read(batch.map(\.tokens), batch.map(\.targets), caches)
        let rounds = batch.map(\.branches.count).max() ?? 0
        for round in 0..<rounds {
          scored += follow(batch, caches, round)
        }
        return scored
      }
    }
  }

  /// Reads the continuation number `round` of every document that has one.
  private func follow(_ batch: [ScoringDocument], _ caches: [KVCache], _ round: Int) -> Scored {
    let members = batch.indices.filter { batch[$0].branches.count > round }
    for member in members { caches[member].truncate(to: batch[member].tokens.count) }
    let branches = members.map { batch[$0].branches[round] }
    let targets = branches.map { branch in
      branch.tokens.indices.dropFirst().map {
        (place: $0 - 1, token: branch.tokens[$0], request: branch.request)
      }
    }
    return read(branches.map { Array($0.tokens.dropLast()) }, targets, members.map { caches[$0] })
  }

  /// One pass over documents, each going on where its cache ends when there are caches.
  private func read(
    _ documents: [[Int]], _ targets: [[(place: Int, token: Int, request: Int)]],
    _ caches: [KVCache]
  ) -> Scored {
    let device = model.device
    var (bounds, positions, places) = ([0], [Int](), [Int]())
    for (index, tokens) in documents.enumerated() {
      let start = caches.isEmpty ? 0 : caches[index].count
      positions += start..<start + tokens.count
      let offset = bounds[bounds.count - 1]
      places += targets[index].map { offset + $0.place }
      bounds.append(offset + tokens.count)
    }
    var pass = Pass(positions: Tensor(positions).to(device), bounds: bounds)
    pass.attachments = attachments
    pass.caches = caches
    let hidden = model.hiddenStates(Tensor(documents.flatMap { $0 }).to(device), in: pass)
    let flat = targets.flatMap { $0 }
    guard !flat.isEmpty else { return [] }
    let rows = hidden.indexSelect(0, Tensor(places).to(device))
    let result = model.head.crossEntropy(
      rows, targets: Tensor(flat.map(\.token)).to(device), wantsLogProbabilities: true)
    let chances = result.logProbabilities?.floats() ?? []
    let likeliest = wantsGreedy ? self.likeliest(rows) : flat.map(\.token)
    return zip(flat, zip(chances, likeliest)).map { target, found in
      (target.request, (found.0, found.1 == target.token))
    }
  }

  /// The likeliest token after each row, some rows at a time so that logits stay small.
  private func likeliest(_ rows: Tensor) -> [Int] {
    let count = rows.size(0)
    let chunk = max(1, (16 << 20) / max(1, model.configuration.vocabularySize))
    return stride(from: 0, to: count, by: chunk).flatMap { start in
      model.head.logits(rows.narrow(0, start, min(chunk, count - start))).argmax(1).ints()
    }
  }
}
