internal import AnnealDatasets
internal import AnnealEvaluation
internal import AnnealNeural
internal import AnnealTorch

/// Seconds that a part of a training step takes.
public struct PartTime: Sendable, Hashable {
  /// What it is: `data`, `head`, `optimizer`, or a part of the blocks such as `attention`.
  public let name: String
  /// Its seconds in a step.
  public let seconds: Double

  /// A part called `name`.
  public init(name: String, seconds: Double) {
    self.name = name
    self.seconds = seconds
  }
}

/// Seconds of work that is done again and again.
public enum Measured {
  /// The median of `repeats` runs of `body`, after one that warms up.
  public static func median(of repeats: Int, _ body: () throws -> Void) throws -> Double {
    try body()
    return try seconds(repeats, body).sorted()[max(1, repeats) / 2]
  }

  /// The fastest of `repeats` runs of `body`, after one that warms up.
  public static func best(of repeats: Int, _ body: () throws -> Void) throws -> Double {
    try body()
    return try seconds(repeats, body).min() ?? .infinity
  }

  private static func seconds(_ repeats: Int, _ body: () throws -> Void) throws -> [Double] {
    let clock = ContinuousClock()
    return try (0..<max(1, repeats)).map { _ in
      let start = clock.now
      try body()
      return (clock.now - start) / .seconds(1)
    }
  }
}

extension TrainingLoop {
  /// Where the time of a step goes, measured part by part on the first step's batches.
  ///
  /// The parts of a block, forward and back, are those of the middle one times the number of blocks.
  /// Values and moments move as in a step, so this is for measuring and not for a run that counts.
  ///
  /// - Parameter repeats: how often each part is run; the median counts.
  public func partTimes(repeats: Int = 3) throws -> [PartTime] {
    let batches = try firstBatches()
    var parts: [PartTime] = []
    func part(_ name: String, times: Double = 1, _ body: () throws -> Void) throws {
      let seconds = try Measured.median(of: repeats) {
        try Torch.checked {
          try body()
          // A GPU is only given its work; the time is that of doing it.
          model.device.synchronize()
        }
      }
      parts.append(PartTime(name: name, seconds: seconds * times))
    }
    let count = Double(model.blocks.count)
    try part("data") { _ = try firstBatches().map(tensors) }
    for batch in batches {
      let tensors = tensors(batch)
      var pass = model.prepared(tensors.pass)
      pass.keepsOnlyProducts = settings.checkpointing == .selective
      let block = model.blocks[model.blocks.count / 2]
      let trained = zip(parameters.names, parameters.values).filter { name, _ in
        name.hasPrefix(block.path + ".")
      }.map(\.1)
      let x = withoutGradient { model.embed(tensors.ids, in: pass).copied() }
        .requiringGradient(true)
      for one in block.parts {
        try part(one.name, times: count) {
          let y = one.apply(ResidualStream(x), pass).value
          _ = Tensor.gradients(of: [y], seeds: [y.detached()], for: [x] + trained)
        }
        // Blocks that keep only their input run forward once more.
        if settings.checkpointing == .full {
          try part(one.name, times: count) {
            withoutGradient { _ = one.apply(ResidualStream(x), pass).value }
          }
        }
      }
      let hidden = withoutGradient { x.detached().indexSelect(0, tensors.lossPositions) }
      try part("head") {
        let result = model.head.crossEntropy(
          hidden, targets: tensors.targets,
          gradients: parameters.names.contains(model.head.weight.path)
            ? [.hidden, .weight] : .hidden)
        _ = result.lossSum.item()
      }
    }
    let gradients = parameters.values.map { Tensor.zeros($0.shape, $0.dtype, on: $0.device) }
    try part("optimizer") { try update(by: gradients, norm: 0, rate: 0) }
    return merged(parts)
  }

  private func firstBatches() throws -> [PackedBatch] {
    try schedule.step(0).microBatches.map { PackedBatch(try examples.examples(at: $0)) }
  }

  private func tensors(_ batch: PackedBatch) -> BatchTensors {
    BatchTensors(batch, attachments: attachments, on: model.device)
  }

  /// The parts of all micro-batches, summed by name.
  private func merged(_ parts: [PartTime]) -> [PartTime] {
    var names: [String] = []
    for part in parts where !names.contains(part.name) { names.append(part.name) }
    return names.map { name in
      PartTime(
        name: name, seconds: parts.filter { $0.name == name }.reduce(0) { $0 + $1.seconds })
    }
  }
}
