internal import AnnealExport
internal import AnnealFiles
internal import AnnealModels
internal import AnnealNeural
internal import AnnealRemote
internal import AnnealTorch

/// A model's folder in Hugging Face's layout, or a GGUF file in its place.
struct ModelFolder {
  /// Files beside the weights that belong to a model and go wherever it goes.
  static let companions = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
    "generation_config.json", "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model",
  ]

  let path: String

  /// Whether it is a GGUF file.
  var isGGUF: Bool { path.hasSuffix(".gguf") && Folder.holdsFile(path) }

  /// Opens a folder, which must hold a `config.json`.
  init(_ path: String) throws {
    self.path = path
    guard Folder.exists(path) || isGGUF else {
      throw AnnealError(
        .model, "there is no model folder here", at: .init(file: path),
        remedy: Self.remedy(path))
    }
  }

  /// What to do when there is no model at `path`, which may be meant as a name of the Hub.
  private static func remedy(_ path: String) -> String {
    guard path.contains("/"), RepositoryID.isPossible(path) else {
      return
        "A model is a folder with config.json, *.safetensors and tokenizer.json, or a GGUF file."
    }
    return "To bring it from the Hub: anneal pull \(path), which prints the folder to name here."
  }

  /// `config.json`, or what stands for it.
  func configuration() throws -> ConfigurationFile {
    if isGGUF { return try GGUFSource(path: path).configuration }
    let file = path + "/config.json"
    guard Folder.holdsFile(file) else {
      if Folder.holdsFile(path + "/adapter_config.json") {
        throw AnnealError(
          .model, "this is an adapter, not a model", at: .init(file: path),
          remedy: "Name its base with --model, and this folder with --adapter.")
      }
      throw AnnealError(
        .model, "the model has no config.json", at: .init(file: path),
        remedy: "Download the whole folder of the model, not its weights alone.")
    }
    return ConfigurationFile(try JSON(contentsOf: file), path: file)
  }

  /// The weights.
  func weights() throws -> any StoredWeights {
    isGGUF
      ? GGUFWeights(source: try GGUFSource(path: path)) : try CheckpointWeights(folder: path)
  }

  /// Copies the files that go with the weights into `folder`, except those already there.
  func copyCompanions(to folder: String) throws {
    for name in Self.companions where Folder.holdsFile(path + "/" + name) {
      guard !Folder.holdsFile(folder + "/" + name) else { continue }
      try AtomicFile.copy(path + "/" + name, to: folder + "/" + name)
    }
  }

  /// Writes `config.json` as `source` has it, with the type of the weights, and without a path.
  static func writeConfiguration(
    _ source: JSON, dtype: DType, to folder: String
  ) throws {
    let type = JSON.string(dtype.rawValue)
    // Weights are written as values, whatever codes they were loaded from.
    var json = source.setting("_name_or_path", to: nil).setting("quantization_config", to: nil)
      .setting("torch_dtype", to: type)
    if json["dtype"] != nil { json = json.setting("dtype", to: type) }
    try AtomicFile.write(json.text(.pretty) + "\n", to: folder + "/config.json")
  }
}
