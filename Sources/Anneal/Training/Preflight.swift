internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// What a run will need, checked before its first step and not hours later.
struct Preflight {
  let model: any CausalModel
  let trained: TrainedParameters
  let recipe: Recipe

  /// Values, moments and what else a checkpoint holds, bytes.
  var checkpointBytes: Int { trained.count * 12 + (1 << 20) }

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
    let needed = residentBytes + masters + trained.count * 12
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
    if recipe.finetuningType == .full { return "Use finetuning_type: lora, or a smaller model." }
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
}
