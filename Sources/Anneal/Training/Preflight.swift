internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// What a run will need, checked before its first step and not hours later.
struct Preflight {
  let model: any CausalModel
  let trained: TrainedParameters
  let recipe: Recipe

  /// What the optimizer remembers, bytes.
  private var stateBytes: Int {
    let optimizer = recipe.settings(totalSteps: nil).optimizer
    return trained.values.reduce(0) { $0 + optimizer.stateBytes(count: $1.count) }
  }

  /// Gradients that exist at once, bytes.
  ///
  /// One part of a gradient has the value's type, a sum of several is float32. A step during the
  /// backward pass keeps a block's gradients, or those of a table: two parts and their sum.
  private var gradientBytes: Int {
    if recipe.optimizerInBwd {
      return trained.values.map { $0.count * (4 + 2 * $0.dtype.bytes) }.max() ?? 0
    }
    let isSum = recipe.gradientAccumulationSteps > 1
    return trained.values.reduce(0) { $0 + $1.count * (isSum ? 4 : $1.dtype.bytes) }
  }

  /// Values, moments and what else a checkpoint holds, bytes.
  var checkpointBytes: Int { trained.count * 4 + stateBytes + (1 << 20) }

  /// A copy of what a run keeps as `best` or `last`, bytes.
  var resultBytes: Int {
    recipe.finetuningType == .full
      ? model.parameterBytes + (16 << 20) : trained.count * 4 + (16 << 20)
  }

  /// Room for checkpoints, one being written beside those kept, and for `best` and `last`.
  func checkDisk() throws {
    let kept = recipe.saveStrategy == .no ? 1 : min(recipe.saveTotalLimit ?? 10, 1000) + 1
    try Disk.require(
      bytes: kept * (checkpointBytes + resultBytes) + 3 * resultBytes, at: recipe.outputDir,
      for: "checkpoints and results (save_total_limit: fewer need less)")
  }

  /// Gradients, moments and masters beside the weights: what is needed before any activation.
  func checkMemory() throws {
    let masters = trained.values.reduce(0) { $0 + ($1.dtype == .float32 ? 0 : $1.count * 4) }
    let needed = residentBytes + masters + stateBytes + gradientBytes
    guard model.device == .cpu, let limit = recipe.memoryLimit?.bytes ?? Memory.physicalBytes,
      needed > limit
    else { return }
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
