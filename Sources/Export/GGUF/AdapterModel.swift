public import AnnealFiles

/// A LoRA adapter on its way into a GGUF file, as llama.cpp's `--lora` and Ollama's `ADAPTER` read it.
public struct AdapterModel {
  let metadata: [(name: String, value: GGUFValue)]
  let tensors: [GGUFTensor]
  /// What it is made of.
  let weights: AdapterSource
  let scales: AdapterScales
  let maps: [Map]

  /// A linear map with an update.
  struct Map {
    /// Its path in the base.
    let site: String
    /// The name in the file that its factors' begin with.
    let name: String
    let rank: Int
    /// The order of the second factor's rows, when that changes.
    let rotation: RotatedRows?
  }

  /// Plans the file of the adapter in `folder`, in PEFT's layout.
  ///
  /// - Parameters:
  ///   - base: the `config.json` of the model it was trained on.
  ///   - type: the format of its tensors: F32, F16, BF16 or Q8_0.
  /// - Throws: `AnnealError` of code `model` for what such a file cannot say: other methods, and
  ///   modules trained in full.
  public init(folder: String, base: ConfigurationFile, type: QuantizationMix) throws {
    let architecture = try Architectures.architecture(of: base)
    let shape = try DecoderShape(base)
    let path = folder + "/adapter_config.json"
    guard Folder.holdsFile(path) else {
      throw AnnealError(
        .model, "there is no adapter here: no adapter_config.json", at: .init(file: folder),
        remedy: "Name the folder of an adapter, such as a run's best/.")
    }
    let settings = ConfigurationFile(try JSON(contentsOf: path, code: .model), path: path)
    try Self.check(settings)
    let scales = try AdapterScales(settings)
    let weights = try AdapterSource(path: folder + "/adapter_model.safetensors")
    metadata = [
      ("general.architecture", .string(architecture.name)), ("general.type", .string("adapter")),
      ("adapter.type", .string("lora")), ("adapter.lora.alpha", .float32(scales.alpha)),
      ("general.file_type", .uint32(type.fileType)),
    ]
    let maps = try weights.sites.map { site -> Map in
      guard let name = TensorNames.map(at: site) else {
        throw AnnealError(
          .model, "the file has no place for an adapter at \(site)",
          at: .init(file: weights.path), remedy: "Work it into the model: export with --adapter.")
      }
      try weights.check(site, fits: shape)
      let rotated = name.hasSuffix(".attn_q") || name.hasSuffix(".attn_k")
      let rotation =
        architecture.pairsRotatedRows && rotated ? RotatedRows(headWidth: shape.headWidth) : nil
      return Map(site: site, name: name, rank: try weights.rank(of: site), rotation: rotation)
    }
    tensors = try maps.flatMap { map -> [GGUFTensor] in
      try [
        weights.tensor(map.site, "lora_A", map.name + ".weight.lora_a", type),
        weights.tensor(
          map.site, "lora_B", map.name + ".weight.lora_b", type, rotation: map.rotation,
          scale: scales.correction(of: map.site, rank: map.rank)),
      ]
    }
    self.weights = weights
    self.scales = scales
    self.maps = maps
  }

  /// Writes the file and reads it back: when what it holds is not the adapter, there is no file.
  ///
  /// - Returns: its bytes.
  @discardableResult
  public func write(to path: String) throws -> Int {
    let bytes = try GGUFWriter.byteCount(metadata: metadata, tensors: tensors, path: path)
    try Disk.require(bytes: bytes, at: path, for: "the adapter")
    try GGUFWriter.write(to: path, metadata: metadata, tensors: tensors) { finished in
      try AdapterGate(self).check(finished)
    }
    return bytes
  }

  private static func check(_ settings: ConfigurationFile) throws {
    let method = try settings.string("peft_type") ?? "LORA"
    guard method == "LORA" else {
      throw settings.error(
        "peft_type", "a GGUF file holds adapters of LoRA alone, not of '\(method)'",
        remedy: "Work it into the model: export with --adapter.")
    }
    if try settings.flag("use_dora", default: false) {
      throw settings.error(
        "use_dora", "a GGUF file has no place for DoRA's magnitudes",
        remedy: "Work it into the model: export with --adapter.")
    }
    for key in ["use_qalora", "lora_bias", "fan_in_fan_out"] {
      guard try settings.flag(key, default: false) else { continue }
      throw settings.error(key, "the adapter uses '\(key)', which a GGUF file has no place for")
    }
    let start = settings.json["init_lora_weights"]?.string ?? "true"
    guard ["true", "gaussian", "eva", "orthogonal"].contains(start.lowercased()) else {
      throw settings.error(
        "init_lora_weights", "the adapter begins with '\(start)', which changes the base",
        remedy: "Convert it to a plain LoRA with PEFT (path_initial_model_for_weight_conversion).")
    }
    if let modules = settings.json["modules_to_save"]?.array, !modules.isEmpty {
      throw settings.error(
        "modules_to_save", "a GGUF adapter has no place for modules trained in full",
        remedy: "Work it into the model: export with --adapter.")
    }
  }
}
