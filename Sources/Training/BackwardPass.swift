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

  /// What a micro-batch gives.
  struct Result {
    /// Nats, summed over the loss-bearing tokens.
    var lossSum: Double
    /// Tokens that the model would have said itself.
    var correct: Int
    /// One a trained tensor, nil where the batch does not touch it.
    var gradients: [Tensor?]
  }

  /// Runs forward and back.
  ///
  /// - Parameter scale: what gradients are multiplied by: 1 / loss-bearing tokens of the step.
  func callAsFunction(_ batch: BatchTensors, scale: Double) throws -> Result {
    var pass = model.prepared(batch.pass)
    pass.keepsOnlyProducts = checkpointing == .selective
    let trace = try forward(batch.ids, in: pass)
    var gradients: [Tensor?] = Array(repeating: nil, count: parameters.values.count)

    let result = head(trace.output, batch, scale: scale, into: &gradients)
    guard var flow = result.hiddenGradient else {
      return Result(lossSum: result.lossSum.item(), correct: 0, gradients: gradients)
    }
    flow = backwardFinish(trace, batch, flow, into: &gradients)
    for segment in trace.segments.reversed() {
      flow = try backward(segment, flow, in: pass, into: &gradients)
    }
    if trainsEmbedding { backwardEmbedding(batch.ids, flow, in: pass, into: &gradients) }
    return Result(
      lossSum: result.lossSum.item(), correct: Int(result.correct.item()), gradients: gradients)
  }

  // MARK: Forward

  /// A run of blocks between two points where the graph is cut.
  private struct Segment {
    var blocks: [any Block]
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
    for (index, blocks) in runs(from: first).enumerated() {
      let passesOn = index > 0 || trainsEmbedding
      let input = x.detached().requiringGradient(passesOn)
      let keeps = blocks.keepsGraph
      let run = { blocks.blocks.reduce(input) { x, block in block(x, in: pass) } }
      let output = keeps ? run() : withoutGradient(run)
      segments.append(
        Segment(
          blocks: blocks.blocks,
          input: keeps ? .here(input) : try activations?.keep(input) ?? .here(input),
          output: keeps ? output : nil,
          passesGradientOn: passesOn))
      x = output.detached()
    }
    return Trace(segments: segments, output: x)
  }

  /// The blocks from `first` on, in runs that keep their graph or are run again.
  private func runs(from first: Int) -> [(blocks: [any Block], keepsGraph: Bool)] {
    let blocks = model.blocks[first...]
    switch checkpointing {
    case .none, .selective: return blocks.isEmpty ? [] : [(Array(blocks), true)]
    case .full: return blocks.map { ([$0], false) }
    }
  }

  // MARK: Backward

  /// The loss, and its gradient with respect to the normalised hidden states that bear it.
  private func head(
    _ x: Tensor, _ batch: BatchTensors, scale: Double, into gradients: inout [Tensor?]
  ) -> CrossEntropy {
    let trained = index(of: model.head.weight)
    let hidden = withoutGradient { model.finish(x).indexSelect(0, batch.lossPositions) }
    let result = model.head.crossEntropy(
      hidden, targets: batch.targets, scale: scale,
      gradients: trained == nil ? .hidden : [.hidden, .weight])
    if let trained, let gradient = result.weightGradient { add(gradient, at: trained, &gradients) }
    return result
  }

  /// From the chosen hidden states through the final norm to the last block's output.
  private func backwardFinish(
    _ trace: Trace, _ batch: BatchTensors, _ flow: Tensor, into gradients: inout [Tensor?]
  ) -> Tensor {
    let input = trace.output.requiringGradient(true)
    let hidden = withGradient { model.finish(input).indexSelect(0, batch.lossPositions) }
    let trained = indices { path in
      !path.hasPrefix(embeddingPath) && !isInBlock(path) && path != model.head.weight.path
    }
    return backward(hidden, flow, input, trained, &gradients) ?? flow
  }

  private func backward(
    _ segment: Segment, _ flow: Tensor, in pass: Pass, into gradients: inout [Tensor?]
  ) throws -> Tensor {
    let input = try segment.input.tensor().requiringGradient(segment.passesGradientOn)
    let output =
      segment.output
      ?? withGradient { segment.blocks.reduce(input) { x, block in block(x, in: pass) } }
    let prefixes = segment.blocks.map { $0.path + "." }
    let trained = indices { path in prefixes.contains { path.hasPrefix($0) } }
    return backward(
      output, flow, segment.passesGradientOn ? input : nil, trained, &gradients) ?? flow
  }

  private func backwardEmbedding(
    _ ids: Tensor, _ flow: Tensor, in pass: Pass, into gradients: inout [Tensor?]
  ) {
    let output = withGradient { model.embed(ids, in: pass) }
    _ = backward(output, flow, nil, indices { $0.hasPrefix(embeddingPath) }, &gradients)
  }

  /// One call of autograd: adds the trained tensors' gradients and returns the input's.
  private func backward(
    _ output: Tensor, _ flow: Tensor, _ input: Tensor?, _ trained: [Int],
    _ gradients: inout [Tensor?]
  ) -> Tensor? {
    let leaves = (input.map { [$0] } ?? []) + trained.map { parameters.values[$0] }
    guard !leaves.isEmpty else { return nil }
    var found = Tensor.gradients(of: [output], seeds: [flow], for: leaves)
    let inputGradient = input == nil ? nil : found.removeFirst()
    for (index, gradient) in zip(trained, found) {
      if let gradient { add(gradient, at: index, &gradients) }
    }
    return inputGradient
  }

  private func add(_ gradient: Tensor, at index: Int, _ gradients: inout [Tensor?]) {
    let gradient = gradient.to(.float32)
    gradients[index] = gradients[index].map { $0 + gradient } ?? gradient
  }

  // MARK: What is trained where

  private var embeddingPath: String { model.embedding.weight.path }
  private var trainsEmbedding: Bool { index(of: model.embedding.weight) != nil }

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
