internal import AnnealDatasets
internal import AnnealEvaluation
internal import AnnealNeural
internal import AnnealTorch

/// Which activations are kept from the forward pass for the way back.
public enum ActivationCheckpointing: String, Sendable, CaseIterable {
  /// All of them: fastest, most memory.
  case none
  /// What matrix products gave; the activations between them are computed again: a quarter less
  /// memory at little cost.
  case selective
  /// Only what goes into each block: a third more computation, least memory.
  case full
}

/// The loss of a micro-batch and its gradients with respect to what is trained.
struct BackwardPass {
  let model: any CausalModel
  let parameters: TrainedParameters
  let checkpointing: ActivationCheckpointing
  /// Where inputs of recomputed blocks wait; nil leaves them where they are.
  var activations: ActivationStore?
  /// What is added to the loss of each token; the reported loss is without it.
  var regularization = LossRegularization()
  /// Whether memory counts more than time where checkpointing is selective.
  ///
  /// Then the last sixth of the blocks keep only their input: their activations would lie beside the
  /// head's logits, when most memory is in use.
  var sparesLastBlocks = false
  /// Whether the log-probability of each target is wanted.
  var wantsLogProbabilities = false

  /// What a micro-batch gives.
  struct Result {
    /// Nats, summed over the loss-bearing tokens.
    var lossSum: Double
    /// Tokens that the model would have said itself.
    var correct: Int
    /// The log-probability of each target, when they are wanted.
    var logProbabilities: [Float] = []
  }

  /// Runs forward and back.
  ///
  /// - Parameters:
  ///   - scale: what gradients are multiplied by: 1 / loss-bearing tokens of the step.
  ///   - sink: takes the gradients in; nothing is kept of them here.
  func callAsFunction(
    _ batch: BatchTensors, scale: Double, into sink: some GradientSink
  ) throws -> Result {
    var pass = model.prepared(batch.pass)
    pass.keepsOnlyProducts = checkpointing == .selective
    let trace = try forward(batch.ids, in: pass)
    let (flow, result) = head(trace.output, batch, scale: scale, into: sink)
    if let flow { try backward(trace, batch, flow, in: pass, into: sink) }
    return result
  }

  /// From the loss's gradient at the chosen hidden states back to the tokens' vectors.
  private func backward(
    _ trace: Trace, _ batch: BatchTensors, _ flow: Tensor, in pass: Pass,
    into sink: some GradientSink
  ) throws {
    guard var flow = backwardFinish(trace, batch, flow, into: sink) else { return }
    for segment in trace.segments.reversed() {
      guard let next = try backward(segment, flow, in: pass, into: sink) else { return }
      flow = next
    }
    if trainsEmbedding { backwardEmbedding(batch.ids, flow, in: pass, into: sink) }
  }

  // MARK: Forward

  /// A block between two points where the graph is cut.
  private struct Segment {
    var block: any Block
    /// What goes in, a leaf.
    var input: ActivationStore.Kept
    /// What comes out with its graph, when it was kept.
    var output: Tensor?
    /// Whether the gradient must go on to what lies before.
    var passesGradientOn: Bool
  }

  private struct Trace {
    var segments: [Segment] = []
    /// What goes into the final norm.
    var output: Tensor
  }

  private func forward(_ ids: Tensor, in pass: Pass) throws -> Trace {
    activations?.begin()
    let first = firstTrainedBlock
    var x = withoutGradient {
      model.blocks[..<first].reduce(model.embed(ids, in: pass)) { x, block in block(x, in: pass) }
    }
    var segments: [Segment] = []
    let kept = model.blocks.count - first - recomputedBlocks
    for (index, block) in model.blocks[first...].enumerated() {
      let passesOn = index > 0 || trainsEmbedding
      let input = x.detached().requiringGradient(passesOn)
      let keeps = index < kept
      let run = { block(input, in: pass) }
      let output = keeps ? run() : withoutGradient(run)
      segments.append(
        Segment(
          block: block,
          input: keeps ? .here(input) : try activations?.keep(input) ?? .here(input),
          output: keeps ? output : nil, passesGradientOn: passesOn))
      x = output.detached()
    }
    return Trace(segments: segments, output: x)
  }

  /// Blocks at the end that keep only their input.
  private var recomputedBlocks: Int {
    switch checkpointing {
    case .none: 0
    case .selective: sparesLastBlocks ? (model.blocks.count + 5) / 6 : 0
    case .full: model.blocks.count
    }
  }

  // MARK: Backward

  /// The loss, and its gradient with respect to the normalised hidden states that bear it.
  private func head(
    _ x: Tensor, _ batch: BatchTensors, scale: Double, into sink: some GradientSink
  ) -> (flow: Tensor?, Result) {
    let trained = index(of: model.head.weight)
    // The norm works on each position by itself: only those that bear loss need it.
    let hidden = withoutGradient { model.finish(x.indexSelect(0, batch.lossPositions)) }
    let loss = model.head.crossEntropy(
      hidden, targets: batch.targets, scale: scale, regularization: regularization,
      gradients: trained == nil ? .hidden : [.hidden, .weight],
      wantsLogProbabilities: wantsLogProbabilities)
    let result = Result(
      lossSum: loss.lossSum.item(), correct: Int(loss.correct.item()),
      logProbabilities: loss.logProbabilities?.floats() ?? [])
    guard sink.begins(lossSum: result.lossSum) else { return (nil, result) }
    if let trained, let gradient = loss.weightGradient {
      sink.add(gradient, at: trained)
      // A table that is the embedding's too waits for its other part.
      if !embeddingIndices.contains(trained), !sink.completes([trained]) { return (nil, result) }
    }
    return (loss.hiddenGradient, result)
  }

  /// From the chosen hidden states through the final norm to the last block's output.
  private func backwardFinish(
    _ trace: Trace, _ batch: BatchTensors, _ flow: Tensor, into sink: some GradientSink
  ) -> Tensor? {
    let input = trace.output.requiringGradient(true)
    let hidden = withGradient { model.finish(input.indexSelect(0, batch.lossPositions)) }
    let trained = indices { path in
      !path.hasPrefix(embeddingPath) && !isInBlock(path) && path != model.head.weight.path
    }
    return backward(hidden, flow, input, trained, sink)
  }

  private func backward(
    _ segment: Segment, _ flow: Tensor, in pass: Pass, into sink: some GradientSink
  ) throws -> Tensor? {
    let input = try segment.input.tensor().requiringGradient(segment.passesGradientOn)
    let output = segment.output ?? withGradient { segment.block(input, in: pass) }
    let trained = indices { $0.hasPrefix(segment.block.path + ".") }
    return backward(output, flow, segment.passesGradientOn ? input : nil, trained, sink)
  }

  private func backwardEmbedding(
    _ ids: Tensor, _ flow: Tensor, in pass: Pass, into sink: some GradientSink
  ) {
    let output = withGradient { model.embed(ids, in: pass) }
    _ = backward(output, flow, nil, embeddingIndices, sink)
  }

  /// One call of autograd: hands on the trained tensors' gradients and returns the input's.
  ///
  /// - Returns: `flow` when no input's gradient is asked for; nil when the pass ends here.
  private func backward(
    _ output: Tensor, _ flow: Tensor, _ input: Tensor?, _ trained: [Int],
    _ sink: some GradientSink
  ) -> Tensor? {
    let leaves = (input.map { [$0] } ?? []) + trained.map { parameters.values[$0] }
    guard !leaves.isEmpty else { return flow }
    var found = Tensor.gradients(of: [output], seeds: [flow], for: leaves)
    let inputGradient = input == nil ? nil : found.removeFirst()
    for (index, gradient) in zip(trained, found) {
      if let gradient { sink.add(gradient, at: index) }
    }
    found.removeAll()
    return sink.completes(trained) ? inputGradient ?? flow : nil
  }

  // MARK: What is trained where

  private var embeddingPath: String { model.embedding.weight.path }
  private var trainsEmbedding: Bool { index(of: model.embedding.weight) != nil }
  private var embeddingIndices: [Int] { indices { $0.hasPrefix(embeddingPath) } }

  private func index(of weight: Weight) -> Int? { parameters.names.firstIndex(of: weight.path) }

  private func indices(where matches: (String) -> Bool) -> [Int] {
    parameters.names.indices.filter { matches(parameters.names[$0]) }
  }

  private func isInBlock(_ path: String) -> Bool {
    model.blocks.contains { path.hasPrefix($0.path + ".") }
  }

  /// Blocks before it need no gradient at all, and keep nothing.
  private var firstTrainedBlock: Int {
    if trainsEmbedding { return 0 }
    return model.blocks.firstIndex { block in
      parameters.names.contains { $0.hasPrefix(block.path + ".") }
    } ?? model.blocks.count
  }
}
