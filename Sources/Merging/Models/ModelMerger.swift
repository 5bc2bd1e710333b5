public import AnnealFiles
public import AnnealTorch

/// Makes the tensors of a plan one after another and writes them, so that memory holds one tensor of
/// each model at most.
public struct ModelMerger {
  private let plan: MergePlan
  private let seed: UInt64
  private let mask: RandomMask

  /// A merger of `plan`.
  ///
  /// - Parameters:
  ///   - seed: what chance decides is a function of it, of the model's place in the recipe and of
  ///     the tensor.
  ///   - mask: how chance decides.
  public init(_ plan: MergePlan, seed: UInt64 = 17, mask: RandomMask = .seeded) {
    self.plan = plan
    self.seed = seed
    self.mask = mask
  }

  /// Writes the tensors into `folder`.
  ///
  /// - Parameters:
  ///   - limit: bytes of a file before another is begun.
  ///   - progress: told how many bytes are done and how many there are; an error it throws ends
  ///     the work.
  public func write(
    to folder: String, limit: Int = SafetensorsWriter.shardBytes,
    progress: @escaping (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws {
    let all = plan.bytes
    var done = 0
    let tensors = plan.tensors.map { tensor in
      SafetensorsTensor(
        name: tensor.name, dtype: tensor.outputType.safetensorsName, shape: tensor.shape
      ) { write in
        try progress(done, all)
        let value = try merged(tensor)
        try check(value, tensor)
        try Torch.checked { try value.withBytes(write) }
        letGo(tensor)
        done += tensor.bytes
      }
    }
    try SafetensorsWriter.writeModel(to: folder, tensors: tensors, limit: limit)
    try progress(all, all)
  }

  /// The tensor that the plan calls `name`; nil when there is none.
  public func tensor(_ name: String) throws -> Tensor? {
    try plan.tensors.first { $0.name == name }.map(merged)
  }

  private func merged(_ tensor: PlannedMerge) throws -> Tensor {
    let sources = tensor.sources.map { source in
      MergeInput.Source(
        isBase: source.isBase, values: source.values,
        // By the place and not by a name: results of runs are all called best or last.
        key: RandomKey(seed: seed, name: "\(source.model):\(source.name)"),
        load: { try read(source, of: tensor) })
    }
    let input = MergeInput(sources: sources, values: tensor.values, mask: mask)
    return try Torch.checked {
      try withoutGradient { try plan.recipe.method.merged(input).to(tensor.outputType) }
    }
  }

  /// Refuses what no program could use.
  private func check(_ value: Tensor, _ tensor: PlannedMerge) throws {
    guard try Torch.checked({ value.allFinite() }) else {
      throw AnnealError(
        .model,
        "the merged tensor \(tensor.name) holds values that are not finite in "
          + tensor.outputType.rawValue, at: .init(file: plan.recipe.file),
        remedy: "Is a model damaged, or a parameter very large? Otherwise try dtype: float32.")
    }
  }

  private func read(_ source: PlannedMerge.Source, of tensor: PlannedMerge) throws -> Tensor {
    let stored = try plan.weights[source.model].tensor(source.name)
    let rows = tensor.shape.first ?? 1
    let isLonger = stored.rank == tensor.shape.count && stored.rank > 1 && stored.size(0) > rows
    return (isLonger ? stored.narrow(0, 0, rows) : stored).to(tensor.dtype)
  }

  private func letGo(_ tensor: PlannedMerge) {
    for source in tensor.sources { plan.weights[source.model].letGo(source.name) }
  }
}
