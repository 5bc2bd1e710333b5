public import AnnealDatasets
public import AnnealNeural
internal import AnnealTorch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Loss and accuracy over loss-bearing tokens.
public struct LossMetrics: Sendable, Hashable {
  /// The mean negative log-likelihood, nats/token.
  public var loss: Double
  /// The share of tokens that the model would have said itself, 0…1.
  public var tokenAccuracy: Double
  /// Loss-bearing tokens.
  public var tokens: Int
  /// Rows.
  public var rows: Int

  /// What each row adds, when that was asked for: the unit that intervals are resampled by.
  public var byRow: [RowLoss] = []

  /// A row's part of the loss.
  public struct RowLoss: Sendable, Hashable {
    /// The summed negative log-likelihood, nats.
    public var sum: Double
    /// Loss-bearing tokens.
    public var tokens: Int

    /// A row's part.
    public init(sum: Double, tokens: Int) { (self.sum, self.tokens) = (sum, tokens) }
  }

  /// `exp(loss)`.
  public var perplexity: Double { exp(loss) }

  /// Metrics over `tokens` tokens.
  public init(loss: Double, tokenAccuracy: Double, tokens: Int, rows: Int) {
    self.loss = loss
    self.tokenAccuracy = tokenAccuracy
    self.tokens = tokens
    self.rows = rows
  }
}

extension CausalModel {
  /// The model's loss on `examples`, with the given adapters and no dropout.
  ///
  /// - Parameters:
  ///   - tokensPerBatch: how many tokens a pass takes at most, one row at least.
  ///   - byRow: whether to keep what each row adds.
  ///   - shouldStop: asked before each batch; true ends the evaluation with what was measured.
  ///   - progress: told after each batch how many rows are measured; an error it throws ends the work.
  public func loss(
    on examples: any ExampleSource, attachments: [Site: [any Attachment]] = [:],
    tokensPerBatch: Int = 4096, byRow: Bool = false, shouldStop: () -> Bool = { false },
    progress: (Int) throws -> Void = { _ in }
  ) throws -> LossMetrics {
    var (sum, correct, tokens, rows) = (0.0, 0, 0, 0)
    var rowLosses: [LossMetrics.RowLoss] = []
    // Groups that do not fit into memory are halved and come back.
    var waiting = Array(batches(of: examples, tokensPerBatch).reversed())
    while let group = waiting.popLast(), !shouldStop() {
      let batch = PackedBatch(try examples.examples(at: group))
      guard batch.lossTokens > 0 else { continue }
      let measured: (sum: Double, correct: Int, chances: [Float])
      do {
        measured = try Torch.checked {
          withoutGradient { measure(batch, attachments, wantsLogProbabilities: byRow) }
        }
      } catch let error as TorchError where error.code == .outOfMemory && group.count > 1 {
        waiting += [Array(group[(group.count / 2)...]), Array(group[..<(group.count / 2)])]
        continue
      }
      sum += measured.sum
      correct += measured.correct
      if byRow { rowLosses += batch.rowLosses(measured.chances) }
      tokens += batch.lossTokens
      rows += group.count
      try progress(rows)
    }
    var metrics = LossMetrics(
      loss: tokens > 0 ? sum / Double(tokens) : 0,
      tokenAccuracy: tokens > 0 ? Double(correct) / Double(tokens) : 0, tokens: tokens, rows: rows)
    metrics.byRow = rowLosses
    return metrics
  }

  /// A batch's loss in nats, its tokens that the model would have said, and on request each token's
  /// log-probability.
  private func measure(
    _ batch: PackedBatch, _ attachments: [Site: [any Attachment]], wantsLogProbabilities: Bool
  ) -> (sum: Double, correct: Int, chances: [Float]) {
    let tensors = BatchTensors(batch, attachments: attachments, on: device)
    let hidden = hiddenStates(tensors.ids, in: tensors.pass)
    let result = head.crossEntropy(
      hidden.indexSelect(0, tensors.lossPositions), targets: tensors.targets,
      wantsLogProbabilities: wantsLogProbabilities)
    return (
      result.lossSum.item(), Int(result.correct.item()), result.logProbabilities?.floats() ?? []
    )
  }

  private func batches(of examples: any ExampleSource, _ limit: Int) -> [[Int]] {
    var batches: [[Int]] = []
    var tokens = 0
    for (index, length) in examples.lengths.enumerated() {
      if batches.isEmpty || tokens + length > limit {
        batches.append([])
        tokens = 0
      }
      batches[batches.count - 1].append(index)
      tokens += length
    }
    return batches
  }
}

extension PackedBatch {
  /// The losses of the batch's rows from the log-probabilities of its targets, `[M]`.
  fileprivate func rowLosses(_ logProbabilities: [Float]) -> [LossMetrics.RowLoss] {
    var losses: [LossMetrics.RowLoss] = []
    var next = 0
    for end in bounds.dropFirst() {
      var row = LossMetrics.RowLoss(sum: 0, tokens: 0)
      while next < lossPositions.count, lossPositions[next] < end {
        row.sum -= Double(logProbabilities[next])
        row.tokens += 1
        next += 1
      }
      losses.append(row)
    }
    return losses
  }
}
