internal import AnnealFiles
internal import AnnealModels
internal import AnnealNeural
internal import AnnealText
public import AnnealTorch

extension LanguageModel {
  /// Writes a model folder with fresh random weights.
  ///
  /// - Parameters:
  ///   - configuration: the path of a `config.json`.
  ///   - tokenizer: the path of a `tokenizer.json` or of another kind of tokenizer file; files beside
  ///     it that belong to a tokenizer come too.
  /// - Returns: values and bytes written.
  public static func initialize(
    configuration: String, tokenizer: String, to folder: String, dtype: DType = .float32,
    seed: UInt64 = 17
  ) throws -> (parameters: Int, bytes: Int) {
    let file = ConfigurationFile(try JSON(contentsOf: configuration), path: configuration)
    let registry = ModelRegistry.builtin
    let values = try registry.family(of: file).configuration(file)
    let text = try Tokenizer(path: tokenizer)
    guard text.vocabularySize <= values.vocabularySize else {
      throw AnnealError(
        .model,
        "the tokenizer has \(text.vocabularySize) tokens, vocab_size is \(values.vocabularySize)",
        at: .init(file: configuration, field: "vocab_size"),
        remedy: "Raise vocab_size to \(text.vocabularySize) or more.")
    }
    let source = RandomWeights(seed: seed, deviation: values.initializerRange)
    let weights = Weights(source, as: dtype, on: .cpu)
    let network = try Torch.checked { try registry.model(file, weights) }
    try Disk.require(
      bytes: network.parameterBytes + (64 << 20), at: folder, for: "the model")
    try AtomicFolder.write(to: folder) { folder in
      try TensorFile.write(
        network.inventory.weights.map { ($0.path, $0.value) },
        to: folder + "/model.safetensors", metadata: ["format": "pt"])
      try ModelFolder.writeConfiguration(file.json, dtype: dtype, to: folder)
      if let beside = Folder.exists(tokenizer) ? tokenizer : Folder.parent(of: tokenizer) {
        try ModelFolder(beside).copyCompanions(to: folder)
      }
      // Another kind of file becomes a tokenizer.json here.
      try text.save(to: folder)
    }
    return (network.parameterCount, network.parameterBytes)
  }
}
