internal import AnnealFiles
public import AnnealTorch

/// The tensors of a model's safetensors files, mapped and read only when a layer asks for them.
public struct CheckpointWeights: WeightSource {
  private let files: ShardedSafetensors
  /// Whether a model without its head was saved, as embedders are: its paths lack `model.`.
  private let isHeadless: Bool

  /// The weights of the model in `folder`.
  public init(folder: String) throws {
    files = try ShardedSafetensors(folder: folder)
    isHeadless =
      files.entry("model.embed_tokens.weight") == nil && files.entry("embed_tokens.weight") != nil
  }

  /// What `path` is called in the files.
  private func stored(_ path: String) -> String {
    isHeadless && path.hasPrefix("model.") ? String(path.dropFirst("model.".count)) : path
  }

  /// Refuses a checkpoint with tensors that `inventory` did not take: what is computed without them
  /// would not be the model.
  public func checkAllTaken(by inventory: Inventory) throws {
    let taken = Set(inventory.tensors.map { stored($0.path) })
    let coded = inventory.tensors.filter { $0 is Quantized }.map { stored($0.module) }
    let left = files.names.filter { name in
      // A head that is the embedding may be stored again; rotary tables are computed.
      if taken.contains(name) || name == "lm_head.weight" || name.hasSuffix("rotary_emb.inv_freq") {
        return false
      }
      return !coded.contains { name.hasPrefix($0 + ".weight") || name == $0 + ".SCB" }
    }
    guard let first = left.first else { return }
    let more = left.count > 1 ? " and \(left.count - 1) more" : ""
    throw AnnealError(
      .model, "the checkpoint holds \(first)\(more), which this architecture does not have",
      at: .init(file: files.folder),
      remedy: "Check that config.json belongs to these weights (such as attention_bias, or a "
        + "quantised or multimodal model).")
  }

  /// Whether a tensor is stored under `path`.
  public func contains(_ path: String) -> Bool { files.entry(stored(path)) != nil }

  /// The extents of the tensor under `path`.
  public func shape(of path: String) -> [Int]? { files.entry(stored(path))?.entry.shape }

  /// The weight under `path` where bitsandbytes stored it in codes.
  public func quantized(_ path: String) throws -> QuantizedWeight? {
    try BitsAndBytesWeights(files: files).weight(stored(path))
  }

  /// The tensor under `path` on its file's pages; nil where its bytes cannot be used in place.
  public func mapped(_ path: String) throws -> MappedTensor? {
    guard let (file, entry) = files.entry(stored(path)) else { return nil }
    return try MappedTensor(reading: entry, of: file)
  }

  /// The tensor under `path`; the file's pages are used in place.
  public func tensor(_ path: String, shape: [Int], start: Start) throws -> Tensor {
    guard let (file, entry) = files.entry(stored(path)) else {
      throw AnnealError(
        .model, "the tensor \(path) with extents \(shape) is missing",
        at: .init(file: files.folder),
        remedy: "Check that config.json belongs to these weights.")
    }
    return try Tensor(reading: entry, of: file)
  }
}
