public import AnnealExport
public import AnnealFiles
internal import AnnealText

/// Writing a model for other programs to run.
public struct ModelExport {
  /// The model's folder.
  public var model: String
  /// An adapter's folder, to work into the weights.
  public var adapter: String?
  /// Which format each tensor gets.
  public var mix: QuantizationMix
  /// A file of an importance matrix, as `llama-imatrix` writes it.
  public var importance: String?
  /// Data files to measure an importance matrix on.
  public var calibration: [String]
  /// A chat template's name or file, in place of the model's own.
  public var template: String?

  /// An export of the model in `model`.
  public init(
    model: String, adapter: String? = nil, mix: QuantizationMix, importance: String? = nil,
    calibration: [String] = [], template: String? = nil
  ) {
    self.model = model
    self.adapter = adapter
    self.mix = mix
    self.importance = importance
    self.calibration = calibration
    self.template = template
  }

  /// What an export calls with how many values have been written, and of how many.
  public typealias Progress = (_ done: Int, _ all: Int) throws -> Void

  /// Writes a GGUF file.
  ///
  /// - Returns: its bytes, what reading it back found, and how its predictions compare; nil where
  ///   there is no memory for both models.
  public func gguf(
    to path: String, progress: @escaping Progress = { _, _ in }
  ) throws -> (bytes: Int, parity: ParityReport, logits: LogitParity?) {
    let parts = try parts()
    let plan = try plan(parts, parts.text)
    let gate = try logitGate(plan)
    var logits: LogitParity?
    let (bytes, parity) = try plan.write(to: path, progress: progress) { file, report in
      logits = try gate?.check(file, errors: report.errors)
    }
    return (bytes, parity, logits)
  }

  /// Writes a folder for `ollama create`.
  ///
  /// - Parameter system: a message that sets the scene in every conversation.
  public func ollama(
    to folder: String, system: String? = nil, progress: @escaping Progress = { _, _ in }
  ) throws -> (report: OllamaFolder.Report, logits: LogitParity?) {
    try Folder.checkReplaceable(folder, markers: "Modelfile")
    let parts = try parts()
    let generation = model + "/generation_config.json"
    let gate = try logitGate(plan(parts, parts.text))
    let name = Folder.name(of: folder)
    var logits: LogitParity?
    var found: ParityReport?
    let report = try OllamaFolder.write(
      to: folder, text: parts.text, system: system,
      generation: Folder.holdsFile(generation)
        ? try JSON(contentsOf: generation, code: .model) : nil,
      plan: { try plan(parts, $0) }, progress: progress,
      checkedBy: { file, report in
        logits = try gate?.check(file, errors: report.errors)
        found = report
      },
      finish: { folder in
        guard let found else { return }
        try ModelCard(self, report: found, in: folder, name: name).write(to: folder)
      })
    return (report, logits)
  }

  /// The gate that compares predictions; nil where there is no memory for both models.
  private func logitGate(_ plan: GGUFModel) throws -> LogitGate? {
    guard LogitGate.bytes(values: plan.valueCount) <= Memory.availableBytes ?? .max else {
      return nil
    }
    return try LogitGate(model: model, adapter: adapter, template: template)
  }

  /// Writes the adapter alone, as a GGUF file for `--lora` of llama.cpp and `ADAPTER` of Ollama.
  ///
  /// The file is read back before it takes its place: its factors, times the scale that readers take,
  /// must be the adapter's.
  ///
  /// - Returns: its bytes.
  public static func lora(
    model: String, adapter: String, mix: QuantizationMix, to path: String
  ) throws -> Int {
    let base = try ModelFolder(model).configuration()
    return try AdapterModel(folder: adapter, base: base, type: mix).write(to: path)
  }

  /// What a file is made of.
  private struct Parts {
    var configuration: ConfigurationFile
    var weights: any TensorSource
    var text: ModelText
    var importance: ImportanceMatrix?
  }

  /// Without an adapter, weights are read from their file as they are; with one, and where they are in
  /// codes, through the model.
  private func parts() throws -> Parts {
    let configuration = try ModelFolder(model).configuration()
    let isCoded = configuration.member("quantization_config") != nil
    let importance = try importance.map { try ImportanceMatrix(contentsOf: $0) }
    guard adapter != nil || isCoded || !calibration.isEmpty else {
      let isFile = try ModelFolder(model).isGGUF
      return Parts(
        configuration: configuration,
        weights: isFile ? try GGUFSource(path: model) : try SafetensorsSource(folder: model),
        text: try ModelText(folder: model, template: template), importance: importance)
    }
    let loaded = try loaded()
    return Parts(
      configuration: configuration, weights: MergedTensors(loaded.merged()),
      text: ModelText(
        loaded.encoder, hasTemplate: loaded.hasChatTemplate, file: adapter ?? model),
      importance: calibration.isEmpty ? importance : try loaded.importance(on: calibration))
  }

  /// The model with its adapter on.
  ///
  /// To be written it is read once, tensor by tensor; calibration asks it row after row.
  func loaded() throws -> LanguageModel {
    guard calibration.isEmpty else {
      return try LanguageModel.load(from: model, adapter: adapter, template: template)
    }
    let loaded = try LanguageModel.loadForReading(
      from: model, adapters: adapter.map { [$0] } ?? [], template: template)
    if let adapter { try loaded.attach(contentsOf: adapter) }
    return loaded
  }

  /// Why what is trained from the model in `folder` could not be written as GGUF; nil when nothing
  /// that can be known beforehand stands in the way.
  ///
  /// Reads the configuration, the tokenizer and the headers of the weights.
  public static func obstacle(toExporting folder: String, template: String? = nil) -> AnnealError? {
    do {
      let export = ModelExport(model: folder, mix: try .named("f16"), template: template)
      // Codes are read through the model, which tells nothing more about its names.
      guard try ModelFolder(folder).configuration().member("quantization_config") == nil else {
        return nil
      }
      let parts = try export.parts()
      _ = try export.plan(parts, parts.text)
      return nil
    } catch {
      return error as? AnnealError
    }
  }

  private func plan(_ parts: Parts, _ text: ModelText) throws -> GGUFModel {
    try GGUFModel(
      parts.configuration, weights: parts.weights, text: text, mix: mix,
      importance: parts.importance,
      name: Folder.name(of: Folder.resolved(model)))
  }
}
