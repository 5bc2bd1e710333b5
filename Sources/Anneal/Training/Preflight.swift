internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// What a run will need, checked before its first step and not hours later.
struct Preflight {
  /// What tensors take already, and may take; weights that lie on a mapped file are not counted.
  struct Counted {
    /// Bytes of tensors before the model was loaded.
    var before: Int
    /// Bytes of tensors since.
    var now: Int
    /// The most that they may take; nil for no limit.
    var budget: Int?
  }

  let model: any CausalModel
  /// What is trained, as it is before training makes copies of it.
  let trained: [Tensor]
  let recipe: Recipe
  let counted: Counted

  /// Values that are trained.
  var trainedCount: Int { trained.reduce(0) { $0 + $1.count } }

  /// What the optimizer remembers, bytes.
  private var stateBytes: Int {
    let optimizer = recipe.settings(totalSteps: nil).optimizer
    return trained.reduce(0) { $0 + optimizer.stateBytes(count: $1.count) }
  }

  /// Gradients that exist at once, bytes.
  ///
  /// One part of a gradient has the value's type, a sum of several is float32; the last micro-batch's
  /// own stands beside the sum. A step during the backward pass keeps a block's gradients, or those
  /// of a table: two parts and their sum.
  private var gradientBytes: Int {
    if recipe.optimizerInBwd {
      return trained.map { $0.count * (4 + 2 * $0.dtype.bytes) }.max() ?? 0
    }
    let steps = recipe.gradientAccumulationSteps
    return trained.reduce(0) { bytes, tensor in
      let part = tensor.dtype.bytes
      return bytes + tensor.count * (steps > 2 ? 4 + part : steps * part)
    }
  }

  /// Values, moments and what else a checkpoint holds, bytes.
  var checkpointBytes: Int { trainedCount * 4 + stateBytes + (1 << 20) }

  /// A copy of what a run keeps as `best` or `last`, bytes.
  var resultBytes: Int {
    recipe.finetuningType == .full
      ? model.parameterBytes + (16 << 20) : trainedCount * 4 + (16 << 20)
  }

  /// Room for checkpoints, one being written beside those kept, and for `best` and `last`.
  func checkDisk() throws {
    let kept = recipe.saveStrategy == .no ? 1 : min(recipe.saveTotalLimit ?? 10, 1000) + 1
    try Disk.require(
      bytes: kept * (checkpointBytes + resultBytes) + 3 * resultBytes, at: recipe.outputDir,
      for: "checkpoints and results (save_total_limit: fewer need less)")
  }

  /// Gradients, moments and masters beside the weights: what is needed before any activation.
  ///
  /// The budget is that of tensors: weights that lie on a mapped file count as little there as any
  /// other cached file. The machine's memory has to hold those too, unless they are streamed.
  func checkMemory() throws {
    guard model.device == .cpu else { return }
    let masters = trained.reduce(0) { $0 + ($1.dtype == .float32 ? 0 : $1.count * 4) }
    let beside = masters + stateBytes + gradientBytes
    try check(tensorBytes + beside, fits: counted.budget)
    try check(residentBytes + beside, fits: Memory.physicalBytes)
  }

  private func check(_ needed: Int, fits limit: Int?) throws {
    guard let limit, needed > limit else { return }
    throw AnnealError(
      .outOfMemory,
      "weights, gradients and optimizer state need \(Amount.bytes(needed)); "
        + "there are \(Amount.bytes(limit))",
      remedy: remedy)
  }

  private var remedy: String {
    if recipe.finetuningType == .full { return fullRemedy }
    if recipe.offload.streamsWeights {
      return "Use a lower lora_rank or a smaller model, or raise memory_limit."
    }
    return "Use offload: weights, quantization_bit: 4, dtype: bfloat16 or a smaller model."
  }

  /// What tensors take of the weights, with the adapter; training in full copies all of them.
  private var tensorBytes: Int {
    recipe.finetuningType == .full ? counted.before + model.parameterBytes : counted.now
  }

  /// Weights that are in memory all the time, and the largest of those that come and go, bytes.
  private var residentBytes: Int {
    let streamed = model.inventory.tensors.filter(\.isStreamed)
    return streamed.reduce(model.parameterBytes) { $0 - $1.byteCount }
      + (streamed.map(\.byteCount).max() ?? 0)
  }

  private var fullRemedy: String {
    let lighter = [
      recipe.optim == .adamw ? "optim: adamw_8bit" : nil,
      recipe.optimizerInBwd ? nil : "optimizer_in_bwd: true with max_grad_norm: 0",
      "finetuning_type: lora",
    ]
    return "Use \(lighter.compactMap { $0 }.joined(separator: ", ")), or a smaller model."
  }
}
