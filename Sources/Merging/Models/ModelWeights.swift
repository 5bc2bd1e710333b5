public import AnnealFiles
internal import AnnealTorch

/// The weights of one of the models that are merged, mapped and read tensor by tensor.
public struct ModelWeights {
  /// The model's folder.
  public let folder: String
  /// How many layers it has.
  public let layers: Int
  /// How many rows of its embedding mean a token.
  public let vocabularySize: Int
  private let files: ShardedSafetensors
  private let ignored: Set<String>

  /// The weights in `folder`.
  ///
  /// - Parameters:
  ///   - layers: how many its configuration says there are.
  ///   - tiesEmbedding: whether the head is the embedding; a copy of it is then not a tensor.
  /// - Throws: `AnnealError` of kind `model` where a tensor is in codes.
  public init(
    folder: String, layers: Int, vocabularySize: Int, tiesEmbedding: Bool
  ) throws {
    self.folder = folder
    self.layers = layers
    self.vocabularySize = vocabularySize
    files = try ShardedSafetensors(folder: folder)
    ignored = tiesEmbedding ? ["lm_head.weight"] : []
    for name in files.names {
      guard let (file, entry) = files.entry(name) else { continue }
      guard ["F64", "F32", "F16", "BF16"].contains(entry.dtype) else {
        throw AnnealError(
          .model, "the tensor \(name) holds \(entry.dtype); whole models are merged as numbers",
          at: .init(file: file.path),
          remedy: "Write the model as numbers first: anneal merge --model … --base-precision "
            + "dequantized.")
      }
    }
  }

  /// All tensors' names, without tables that are computed.
  public var names: [String] {
    files.names.filter { !$0.hasSuffix("rotary_emb.inv_freq") && !ignored.contains($0) }
  }

  /// The tensor's entry; nil when there is none.
  public func entry(_ name: String) -> SafetensorsEntry? { files.entry(name)?.entry }

  /// Begins to use the tensor `name`: its values on the pages of the file.
  func tensor(_ name: String) throws -> Tensor {
    guard let (file, entry) = files.entry(name) else {
      throw AnnealError(
        .model, "the tensor \(name) is missing", at: .init(file: folder),
        remedy: "All models of a merge need the same tensors.")
    }
    return try Tensor(reading: entry, of: file)
  }

  /// Takes the pages of the tensor `name` out of memory.
  func letGo(_ name: String) {
    if let (file, entry) = files.entry(name) { file.letGo(entry) }
  }
}
