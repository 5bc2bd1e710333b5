public import AnnealAdapters
internal import AnnealFiles
public import AnnealModels
public import AnnealNeural
public import AnnealText
public import AnnealTorch

/// A model with its tokenizer and chat template, and the adapter that is on.
///
/// Not `Sendable`: a model belongs to one task at a time.
public final class LanguageModel {
  /// The network.
  public let network: any CausalModel
  /// Text to ids and back.
  public let tokenizer: Tokenizer
  /// Messages to ids, the same way for training, evaluation, chat and serving.
  public let encoder: ConversationEncoder
  /// Whether the model brings a chat template of its own.
  public let hasChatTemplate: Bool
  /// What a user should know of the template that writes conversations; nil where it is the model's.
  public var templateNote: String? {
    hasChatTemplate
      ? nil : "\(folder) has no chat template; ChatML stands in for it"
  }
  /// The adapter that is on.
  public private(set) var adapter: AttachedAdapter?
  /// Whether it was trained on conversations here, so that the template it saw goes with it.
  var hasLearnedTemplate = false
  /// The folder the model was loaded from.
  public let folder: String
  let configuration: ConfigurationFile

  init(
    network: any CausalModel, encoder: ConversationEncoder, folder: String,
    configuration: ConfigurationFile, hasChatTemplate: Bool
  ) {
    self.network = network
    self.encoder = encoder
    tokenizer = encoder.tokenizer
    self.folder = folder
    self.configuration = configuration
    self.hasChatTemplate = hasChatTemplate
  }

  /// Loads the model in `folder`, or in the GGUF file of that name.
  ///
  /// - Parameters:
  ///   - adapter: an adapter's folder, in PEFT's layout, to put on; it was trained with the chat
  ///     template that lies beside it, so that one is used.
  ///   - device: where it computes.
  ///   - dtype: the type of its weights; nil keeps what is stored.
  ///   - quantization: how the weights of its linear maps are coded; weights that bitsandbytes
  ///     coded already stay so.
  ///   - isStreamed: whether the weights of its linear maps stay in their file, and are in memory
  ///     only while they are multiplied by; not for weights in codes, nor for training in full.
  ///   - template: a chat template's name or file, in place of the model's own.
  public static func load(
    from folder: String, adapter: String? = nil, on device: Device = .cpu,
    as dtype: DType? = nil, quantization: Quantization? = nil, isStreamed: Bool = false,
    template: String? = nil, registry: ModelRegistry = .builtin
  ) throws -> LanguageModel {
    let template = template ?? adapter.flatMap(templateFile)
    let file = try ModelFolder(folder).configuration()
    _ = try registry.family(of: file)
    let encoder = try ConversationEncoder.load(modelFolder: folder, template: template)
    try checkCodes(file)
    let stored = try ModelFolder(folder).weights()
    let weights = Weights(
      stored, as: dtype, on: device, quantization: quantization, isStreamed: isStreamed)
    let network = try Torch.checked { try registry.model(file, weights) }
    try stored.checkAllTaken(by: network.inventory)
    try check(encoder.tokenizer, fits: network, folder: folder)
    let model = LanguageModel(
      network: network, encoder: encoder, folder: folder, configuration: file,
      hasChatTemplate: try template != nil || ChatTemplate.load(modelFolder: folder) != nil)
    if let adapter { try model.attach(contentsOf: adapter) }
    return model
  }

  private static func checkCodes(_ file: ConfigurationFile) throws {
    guard let method = try file.member("quantization_config")?.string("quant_method"),
      method != "bitsandbytes"
    else { return }
    throw file.error(
      "quantization_config", "the weights are in the codes of '\(method)', which are not read",
      remedy: "Use the model's unquantised weights, with quantization_bit: 4 to save memory.")
  }

  static func templateFile(ofAdapter folder: String) -> String? {
    let path = folder + "/chat_template.jinja"
    return Folder.holdsFile(path) ? path : nil
  }

  private static func check(
    _ tokenizer: Tokenizer, fits network: any CausalModel, folder: String
  ) throws {
    let rows = network.configuration.vocabularySize
    guard tokenizer.vocabularySize > rows else { return }
    throw AnnealError(
      .model,
      "the tokenizer has \(tokenizer.vocabularySize) tokens, but the embedding only \(rows) rows",
      at: .init(file: folder), remedy: "Does the tokenizer belong to this model?")
  }

  /// Loads a model to be read once, tensor by tensor: its weights stay in their files.
  ///
  /// - Parameter adapters: what will be put on; modules that they hold in full must be in memory.
  static func loadForReading(
    from folder: String, adapters: [String] = [], template: String? = nil
  ) throws -> LanguageModel {
    let modules = try adapters.flatMap { folder -> [String] in
      let path = folder + "/adapter_config.json"
      guard Folder.holdsFile(path) else { return [] }
      return try JSON(contentsOf: path)["modules_to_save"]?.array?.compactMap(\.string) ?? []
    }
    let template = template ?? adapters.first.flatMap(templateFile)
    return try load(
      from: folder, isStreamed: !modules.contains { $0.hasSuffix("_proj") }, template: template)
  }

  /// Whether linear weights are held in codes.
  public var isQuantized: Bool { network.inventory.tensors.contains { $0 is Quantized } }

  // MARK: Adapters

  /// What a pass carries of the adapter that is on.
  public var attachments: [Site: [any Attachment]] { adapter?.bySite ?? [:] }

  /// Attaches a fresh adapter.
  ///
  /// - Parameters:
  ///   - adapter: the method and its settings.
  ///   - modulesToSave: modules to train in full beside it.
  ///   - seed: its random start is a function of this.
  @discardableResult
  public func attach(
    _ adapter: any Adapter, modulesToSave: [String] = [], seed: UInt64 = 17
  ) throws -> AttachedAdapter {
    detach()
    let attached = try Torch.checked {
      try network.attach(adapter, modulesToSave: modulesToSave, seed: seed)
    }
    self.adapter = attached
    return attached
  }

  /// Attaches the adapter in `folder`, in PEFT's layout.
  @discardableResult
  public func attach(contentsOf folder: String) throws -> AttachedAdapter {
    detach()
    let attached = try Torch.checked { try AdapterFile.attach(folder, to: network) }
    adapter = attached
    return attached
  }

  /// Puts an adapter on that belongs to this network.
  func put(on attached: AttachedAdapter) {
    detach()
    attached.attachModules()
    adapter = attached
  }

  /// Takes the adapter off.
  public func detach() {
    adapter?.detachModules()
    adapter = nil
  }

  /// Runs `body` on the base, with the adapter off.
  public func withoutAdapter<Result>(_ body: () throws -> Result) rethrows -> Result {
    let attached = adapter
    detach()
    defer {
      attached?.attachModules()
      adapter = attached
    }
    return try body()
  }

  /// What training will move, as it is now.
  var trainedTensors: [Tensor] {
    adapter?.parameters.map(\.value) ?? network.inventory.weights.map(\.value)
  }

  /// What training moves, in a fixed order: the adapter's tensors, or all of the model's.
  var trainableParameters: [(name: String, value: Tensor)] {
    if let adapter { return adapter.parameters }
    return network.inventory.weights.map { weight in
      // A loaded weight lies on its mapped file, which is not written to.
      weight.value = weight.value.copied()
      return (name: weight.path, value: weight.value)
    }
  }

  /// Saves the adapter that is on, with the tokenizer and the chat template it was trained with.
  ///
  /// - Parameter finish: called with the finished folder before it takes its place.
  /// - Throws: `AnnealError` of kind `usage` when `folder` holds anything but an adapter.
  public func saveAdapter(
    to folder: String, finish: (String) throws -> Void = { _ in }
  ) throws {
    guard let adapter else {
      throw AnnealError(.usage, "no adapter is attached", remedy: "Attach one first.")
    }
    try Folder.checkReplaceable(folder, markers: "adapter_config.json")
    try AtomicFolder.write(to: folder) { folder in
      try AdapterFile.write(adapter, to: folder, base: publicName)
      try saveText(to: folder)
      try finish(folder)
    }
  }

  /// Saves the tokenizer's files and the chat template in use.
  func saveText(to folder: String) throws {
    // A base that had none must not seem to be a chat model after continued pre-training.
    if hasChatTemplate || hasLearnedTemplate {
      try AtomicFile.write(encoder.template.source, to: folder + "/chat_template.jinja")
    }
    try ModelFolder(self.folder).copyCompanions(to: folder)
    // A tokenizer of another format goes on as the one that everything reads.
    if !Folder.holdsFile(folder + "/tokenizer.json"), !Folder.holdsFile(folder + "/tokenizer.model")
    {
      try tokenizer.save(to: folder)
    }
  }

  /// The base's public name, such as `Qwen/Qwen3-0.6B`; never a path of this machine.
  var publicName: String? { configuration.publicName }
}

extension ConfigurationFile {
  /// The model's public name, such as `Qwen/Qwen3-0.6B`; never a path of this machine.
  var publicName: String? {
    guard let name = json["_name_or_path"]?.string, !name.hasPrefix("/"), !name.hasPrefix("."),
      !name.hasPrefix("~"), name.split(separator: "/").count == 2
    else { return nil }
    return name
  }
}
