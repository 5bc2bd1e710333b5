internal import AnnealFiles
public import AnnealTorch

/// The tensors of a model's safetensors files, mapped and read only when a layer asks for them.
public struct CheckpointWeights: WeightSource {
  private let files: ShardedSafetensors

  /// The weights of the model in `folder`.
  public init(folder: String) throws { files = try ShardedSafetensors(folder: folder) }

  /// Whether a tensor is stored under `path`.
  public func contains(_ path: String) -> Bool { files.entry(path) != nil }

  /// The extents of the tensor under `path`.
  public func shape(of path: String) -> [Int]? { files.entry(path)?.entry.shape }

  /// The weight under `path` where bitsandbytes stored it in codes.
  public func quantized(_ path: String) throws -> QuantizedWeight? {
    try BitsAndBytesWeights(files: files).weight(path)
  }

  /// The tensor under `path`; the file's pages are used in place.
  public func tensor(_ path: String, shape: [Int], start: Start) throws -> Tensor {
    guard let (file, entry) = files.entry(path) else {
      throw AnnealError(
        .model, "the tensor \(path) with extents \(shape) is missing",
        at: .init(file: files.folder),
        remedy: "Check that config.json belongs to these weights.")
    }
    return try Tensor(reading: entry, of: file)
  }
}
