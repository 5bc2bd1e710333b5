public import AnnealFiles
public import AnnealMerging
internal import AnnealModels
internal import AnnealNeural
internal import AnnealText
internal import AnnealTorch

/// Merging whole models into one, as a recipe says.
public struct ModelMerge {
  private let recipe: MergeRecipe
  private let plan: MergePlan
  private let leader: ConfigurationFile
  /// The folder that the tokenizer comes from.
  private let textFolder: String
  /// What a user should know of the models.
  public let notes: [String]

  /// Opens the models of `recipe` and checks that they can be merged; no weight is read.
  ///
  /// - Throws: `AnnealError` that names the model and what is wrong: its architecture, its
  ///   tokenizer, or a tensor.
  public init(_ recipe: MergeRecipe) throws {
    let models = try recipe.models.map { try MergedModelFolder($0) }
    guard let leader = models.first else {
      throw AnnealError(.recipe, "there is nothing to merge", at: .init(file: recipe.file))
    }
    var notes: [String] = []
    for other in models.dropFirst() {
      try leader.checkStructure(of: other)
      try leader.checkTokens(of: other)
      notes += leader.differences(to: other)
    }
    self.recipe = recipe
    self.leader = leader.file
    self.notes = notes
    textFolder = if case .model(let folder) = recipe.tokenizer { folder } else { recipe.leader }
    plan = try MergePlan(recipe, weights: try models.map { try $0.weights() })
  }

  /// What a merge did.
  public struct Report: Sendable {
    /// Bytes of the weights written.
    public var bytes: Int
    /// Layers of the new model.
    public var layers: Int
    /// Tensors written.
    public var tensors: Int
  }

  /// Writes the new model.
  ///
  /// - Parameters:
  ///   - seed: what chance decides is a function of it.
  ///   - mask: how chance decides.
  ///   - shardBytes: bytes of a file before another is begun.
  public func write(
    to folder: String, seed: UInt64 = 17, mask: RandomMask = .seeded,
    shardBytes: Int = SafetensorsWriter.shardBytes,
    progress: @escaping MergedModel.Progress = { _, _ in }
  ) throws -> Report {
    try Folder.checkReplaceable(folder, markers: "config.json")
    try Disk.require(bytes: plan.bytes + (64 << 20), at: folder, for: "the merged model")
    let name = Folder.name(of: folder)
    try AtomicFolder.write(to: folder) { folder in
      try ModelMerger(plan, seed: seed, mask: mask)
        .write(to: folder, limit: shardBytes, progress: progress)
      try ModelFolder.writeConfiguration(
        try configuration(), dtype: DType(rawValue: plan.dtypeName) ?? .float32, to: folder)
      try writeText(to: folder)
      // Without paths that tell whose machine it was.
      try AtomicFile.write(
        try recipe.text(naming: { Recipe.portable($0) }), to: folder + "/merge.yaml")
      let shown = try recipe.text(naming: { ModelCard.shortName($0) })
      try ModelCard(recipe, recipeText: shown, in: folder, name: name).write(to: folder)
      // What was written must be a model.
      _ = try LanguageModel.load(from: folder, isStreamed: true)
    }
    return Report(bytes: plan.bytes, layers: plan.layers, tensors: plan.count)
  }

  /// The leader's configuration with as many layers as there are now.
  private func configuration() throws -> JSON {
    var json = leader.json.setting("num_hidden_layers", to: .integer(plan.layers))
      .setting("vocab_size", to: .integer(plan.vocabularySize))
    if json["layer_types"]?.array != nil {
      let types = try plan.origins.map { model, layer in
        let list = try ModelFolder(model).configuration().json["layer_types"]?.array ?? []
        return layer < list.count ? list[layer] : "full_attention"
      }
      json = json.setting("layer_types", to: .array(types))
    }
    return json
  }

  private func writeText(to folder: String) throws {
    let source = try ModelFolder(textFolder)
    try source.copyCompanions(to: folder)
    if !Folder.holdsFile(folder + "/tokenizer.json"), !Folder.holdsFile(folder + "/tokenizer.model")
    {
      try Tokenizer(path: textFolder).save(to: folder)
    }
  }
}

/// One of the models of a merge before its weights are read.
private struct MergedModelFolder {
  let folder: String
  let file: ConfigurationFile
  let configuration: DecoderConfiguration
  let tokenizer: Tokenizer

  init(_ folder: String) throws {
    let opened = try ModelFolder(folder)
    guard !opened.isGGUF else {
      throw AnnealError(
        .model, "this is a GGUF file; whole models are merged as folders of safetensors",
        at: .init(file: folder))
    }
    self.folder = folder
    file = try opened.configuration()
    configuration = try ModelRegistry.builtin.family(of: file).configuration(file)
    tokenizer = try Tokenizer(path: folder)
  }

  func weights() throws -> ModelWeights {
    try ModelWeights(
      folder: folder, layers: configuration.layers, vocabularySize: tokenizer.vocabularySize,
      tiesEmbedding: configuration.tiesEmbedding)
  }

  /// Refuses a model whose tensors mean something else.
  func checkStructure(of other: MergedModelFolder) throws {
    let mine = try facts + [("model_type", file.modelType)]
    let others = try other.facts + [("model_type", other.file.modelType)]
    for (a, b) in zip(mine, others) where a.1 != b.1 {
      throw AnnealError(
        .model, "'\(a.0)' is \(b.1); \(folder) has \(a.1)",
        at: .init(file: other.file.path, field: a.0),
        remedy: "Models that are merged need the same architecture.")
    }
  }

  private var facts: [(String, String)] {
    let c = configuration
    return [
      ("hidden_size", "\(c.width)"), ("intermediate_size", "\(c.hidden)"),
      ("num_attention_heads", "\(c.heads)"), ("num_key_value_heads", "\(c.kvHeads)"),
      ("head_dim", "\(c.headWidth)"), ("tie_word_embeddings", "\(c.tiesEmbedding)"),
    ]
  }

  /// What else differs, which the new model has as the leader has it.
  func differences(to other: MergedModelFolder) -> [String] {
    let (a, b) = (configuration, other.configuration)
    var names: [String] = []
    if a.rotary != b.rotary { names.append("the rotary embedding") }
    if a.normEpsilon != b.normEpsilon { names.append("rms_norm_eps") }
    if a.maximumPositions != b.maximumPositions { names.append("max_position_embeddings") }
    guard !names.isEmpty else { return [] }
    return [
      "\(other.folder) differs from \(folder) in \(names.joined(separator: ", ")); "
        + "the new model has the latter's"
    ]
  }

  /// Refuses a model in which an id means another token.
  func checkTokens(of other: MergedModelFolder) throws {
    let (a, b) = (tokenizer, other.tokenizer)
    for id in 0..<max(a.vocabularySize, b.vocabularySize) where a.token(of: id) != b.token(of: id) {
      let words = { (token: String?) in token.map { String(reflecting: $0) } ?? "nothing" }
      throw AnnealError(
        .model,
        "the id \(id) means \(words(b.token(of: id))); in \(folder) it means "
          + "\(words(a.token(of: id)))", at: .init(file: other.folder),
        remedy: "Models that are merged need the same tokenizer: their rows would not belong "
          + "together.")
    }
  }
}
