internal import AnnealDatasets
internal import AnnealEvaluation
internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

// A micro-batch that does not fit into memory is computed in parts. Loss and gradients are sums over
// rows, and dropout is a function of row and position, so that they are those of the whole, up to the
// rounding of sums: each part's gradient is rounded to the type of the stream.
extension TrainingLoop {
  /// Adds the gradients and the loss of `rows`, in parts where they do not fit together.
  ///
  /// - Parameter scale: what gradients are multiplied by.
  /// - Returns: in how many parts.
  @discardableResult
  func add(
    _ rows: [Int], scale: Double, to sums: inout Sums, _ gradients: GradientSums
  ) throws -> Int {
    let batch = PackedBatch(try examples.examples(at: rows))
    guard batch.lossTokens > 0 else { return 0 }
    let tokens = batch.ids.count
    let parts = halves(of: rows)
    if let limit = progress.fittingTokens, tokens > limit, let parts {
      return try parts.reduce(0) { try $0 + add($1, scale: scale, to: &sums, gradients) }
    }
    // Nothing is added before all of it is there.
    let part = GradientSums(count: states.count)
    do {
      let result = try pass(batch, scale: scale, into: part)
      progress.largestFit = max(progress.largestFit, tokens)
      try add(part, to: gradients)
      sums.add(result)
      addSets(of: rows, batch, result, to: &sums)
      return 1
    } catch let error as TorchError where error.code == .outOfMemory {
      guard let parts else { throw doesNotFit(rows[0], beside: gradients, error) }
      progress.didNotFit(tokens, parts: parts.map(count))
      part.drop()
      return try parts.reduce(0) { try $0 + add($1, scale: scale, to: &sums, gradients) }
    }
  }

  /// Adds a micro-batch's gradients to the step's, which parts of it would not make smaller.
  private func add(_ part: GradientSums, to gradients: GradientSums) throws {
    do {
      try Torch.checked { gradients.add(part) }
    } catch let error as TorchError where error.code == .outOfMemory {
      throw AnnealError(
        .outOfMemory,
        "the sum of a step's gradients does not fit into memory beside a micro-batch's own: "
          + error.message,
        remedy: advice(["gradient_accumulation_steps: 1"]))
    }
  }

  /// Runs a micro-batch forward and back.
  func pass(
    _ batch: PackedBatch, scale: Double, into sink: some GradientSink
  ) throws -> BackwardPass.Result {
    try Torch.checked {
      var tensors = BatchTensors(batch, attachments: attachments, on: model.device)
      tensors.pass.dropout = DropoutKey(
        seed: settings.seed, step: UInt64(progress.step),
        rows: Tensor(batch.rows).to(.int64), positions: Tensor(batch.positions).to(.int64))
      return try backward(tensors, scale: scale, into: sink)
    }
  }

  /// Runs a micro-batch that cannot be computed in parts, since values move while it runs.
  func passAtOnce(
    _ rows: [Int], _ batch: PackedBatch, scale: Double, into sink: some GradientSink
  ) throws -> BackwardPass.Result {
    do {
      return try pass(batch, scale: scale, into: sink)
    } catch let error as TorchError where error.code == .outOfMemory {
      throw AnnealError(
        .outOfMemory,
        "a micro-batch of \(count(rows)) tokens does not fit into memory, and a step during the "
          + "backward pass cannot be computed in parts: \(error.message)",
        at: try rows.first.map { try examples.example(at: $0).source },
        remedy:
          "Lower per_device_train_batch_size or max_length, set gradient_checkpointing: full, "
          + "or optimizer_in_bwd: false; the last checkpoint is intact.")
    }
  }

  /// `rows` in two parts of nearly as many tokens, in their order; nil for one row.
  private func halves(of rows: [Int]) -> [[Int]]? {
    guard rows.count > 1 else { return nil }
    let all = count(rows)
    var (before, cut) = (0, 0)
    while cut < rows.count - 1 {
      let next = before + examples.length(at: rows[cut])
      if cut > 0, abs(all - 2 * next) > abs(all - 2 * before) { break }
      (before, cut) = (next, cut + 1)
    }
    return [Array(rows[..<cut]), Array(rows[cut...])]
  }

  private func count(_ rows: [Int]) -> Int { rows.reduce(0) { $0 + examples.length(at: $1) } }

  private func doesNotFit(
    _ row: Int, beside gradients: GradientSums, _ cause: TorchError
  ) -> AnnealError {
    let sum = gradients.byteCount
    let beside = sum > 0 ? ", beside \(sum) bytes of gradients of the step so far" : ""
    return AnnealError(
      .outOfMemory,
      "a row of \(examples.length(at: row)) tokens does not fit into memory, even alone\(beside): "
        + cause.message,
      at: try? examples.example(at: row).source,
      remedy: advice(sum > 0 ? ["gradient_accumulation_steps: 1"] : []))
  }

  /// What helps, beginning with `first`: codes and offloading are for a base that does not move.
  private func advice(_ first: [String]) -> String {
    let trainsBase = parameters.names.allSatisfy { model.inventory.weight($0) != nil }
    let lighter =
      trainsBase
      ? ["optim: adamw_8bit", "finetuning_type: lora"] : ["quantization_bit: 4", "offload: all"]
    let settings = first + ["gradient_checkpointing: full"] + lighter
    return "Lower max_length, or set \(settings.dropLast().joined(separator: ", ")) or "
      + "\(settings[settings.count - 1]); raise memory_limit where it is below what there is."
  }
}

extension TrainingLoop {
  /// Runs the longest micro-batch of the run forward and back and drops what comes of it, so that a
  /// run that cannot fit fails now and not after hours.
  ///
  /// Only before the first step, and only when it tells something that the first step does not. It
  /// may cost a fiftieth of the run; more only where the longest micro-batch is twice as long as
  /// those of the first step, since a first step that fits then says little. No trained value
  /// moves. What is learned is the number of tokens that fit, beside the sum of the gradients that a
  /// step of several micro-batches holds.
  public func tryLongest() throws {
    let longest = schedule.longest
    guard progress.step == 0, longest.step > 0,
      longest.tokens * 50 <= longest.runTokens || longest.tokens >= 2 * longest.firstTokens
    else { return }
    let split = progress.splitMicroBatches
    defer { progress.splitMicroBatches = split }
    let rows =
      try schedule.step(longest.step).microBatches
      .max { count($0) < count($1) } ?? []
    guard !settings.updatesInBackward else {
      let trial = GradientSums(count: states.count, keepsComplete: false)
      _ = try passAtOnce(
        rows, PackedBatch(try examples.examples(at: rows)), scale: 1, into: trial)
      return
    }
    _ = try accumulate([rows], into: try trialSums())
    // Where that was split, the longest row has still to show that it fits.
    guard let limit = progress.fittingTokens, longest.rowTokens > limit else { return }
    let inStep = try schedule.step(longest.rowStep).microBatches.joined()
    let row = inStep.max { examples.length(at: $0) < examples.length(at: $1) }
    if let row { _ = try accumulate([[row]], into: try trialSums()) }
  }

  /// What the last micro-batch of a step finds in memory.
  private func trialSums() throws -> GradientSums {
    let earlier = settings.batch.accumulation - 1
    guard earlier > 0 else { return GradientSums(count: states.count) }
    return try Torch.checked { GradientSums(after: earlier, of: parameters) }
  }
}

extension TrainingLoop.Progress {
  /// Learns that a micro-batch of `tokens` did not fit, and is computed in `parts`.
  mutating func didNotFit(_ tokens: Int, parts: [Int]) {
    let part = parts.max() ?? 1
    let most = largestFit < tokens ? max(largestFit, part) : part
    fittingTokens = min(fittingTokens ?? .max, most)
  }
}
