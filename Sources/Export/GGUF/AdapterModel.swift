public import AnnealFiles

/// A LoRA adapter on its way into a GGUF file, as llama.cpp's `--lora` and Ollama's `ADAPTER` read it.
public struct AdapterModel {
  private let metadata: [(name: String, value: GGUFValue)]
  private let tensors: [GGUFTensor]

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
    let alpha = try settings.number("lora_alpha", default: 8)
    let weights = try AdapterSource(path: folder + "/adapter_model.safetensors")
    metadata = [
      ("general.architecture", .string(architecture.name)), ("general.type", .string("adapter")),
      ("adapter.type", .string("lora")), ("adapter.lora.alpha", .float32(Float(alpha))),
      ("general.file_type", .uint32(type.fileType)),
    ]
    let scales = AdapterScales(settings, alpha: alpha)
    tensors = try weights.sites.flatMap { site -> [GGUFTensor] in
      guard let name = TensorNames.map(at: site) else {
        throw AnnealError(
          .model, "the file has no place for an adapter at \(site)",
          at: .init(file: weights.path), remedy: "Work it into the model: export with --adapter.")
      }
      let rotated = name.hasSuffix(".attn_q") || name.hasSuffix(".attn_k")
      let rotation =
        architecture.pairsRotatedRows && rotated ? RotatedRows(headWidth: shape.headWidth) : nil
      let rank = try weights.rank(of: site)
      return try [
        weights.tensor(site, "lora_A", name + ".weight.lora_a", type),
        weights.tensor(
          site, "lora_B", name + ".weight.lora_b", type, rotation: rotation,
          scale: try scales.correction(of: site, rank: rank)),
      ]
    }
  }

  /// Writes the file.
  ///
  /// - Returns: its bytes.
  @discardableResult
  public func write(to path: String) throws -> Int {
    let bytes = try GGUFWriter.byteCount(metadata: metadata, tensors: tensors, path: path)
    try Disk.require(bytes: bytes, at: path, for: "the adapter")
    try GGUFWriter.write(to: path, metadata: metadata, tensors: tensors)
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
    if let modules = settings.json["modules_to_save"]?.array, !modules.isEmpty {
      throw settings.error(
        "modules_to_save", "a GGUF adapter has no place for modules trained in full",
        remedy: "Work it into the model: export with --adapter.")
    }
  }
}

/// What updates are multiplied by, where that is not alpha over rank.
private struct AdapterScales {
  private let settings: ConfigurationFile
  private let alpha: Double

  init(_ settings: ConfigurationFile, alpha: Double) {
    self.settings = settings
    self.alpha = alpha
  }

  /// What the second matrix is to be multiplied by, since readers know only alpha over rank.
  func correction(of site: String, rank: Int) throws -> Float {
    var own = alpha
    for (pattern, value) in settings.json["alpha_pattern"]?.members ?? []
    where site == pattern || site.hasSuffix("." + pattern) {
      own = value.number ?? own
    }
    let stabilised = try settings.flag("use_rslora", default: false)
    let divisor = stabilised ? Double(rank).squareRoot() : Double(rank)
    guard alpha != 0 else { return own == 0 ? 1 : 0 }
    return Float(own / divisor / (alpha / Double(rank)))
  }
}

/// The tensors of an adapter in PEFT's layout.
private struct AdapterSource {
  let path: String
  /// The paths of the linear maps, in the order of the file's names.
  let sites: [String]
  private let file: SafetensorsFile

  /// What PEFT puts before the base's own paths.
  private static let prefix = "base_model.model."

  init(path: String) throws {
    self.path = path
    file = try SafetensorsFile(path: path)
    var sites: [String] = []
    for name in file.names.sorted() {
      guard name.hasPrefix(Self.prefix),
        let end = ["lora_A", "lora_B"].lazy.compactMap({ name.length(ofSuffix: ".\($0).weight") })
          .first
      else {
        throw AnnealError(
          .model, "the tensor \(name) is no part of LoRA", at: .init(file: path),
          remedy: "Work it into the model: export with --adapter.")
      }
      let site = String(name.dropFirst(Self.prefix.count).dropLast(end))
      if !sites.contains(site) { sites.append(site) }
    }
    self.sites = sites
  }

  func rank(of site: String) throws -> Int {
    let (a, b) = (try entry(site, "lora_A"), try entry(site, "lora_B"))
    guard a.shape.count == 2, b.shape.count == 2, a.shape[0] == b.shape[1], a.shape[0] > 0 else {
      throw AnnealError(
        .model, "lora_A and lora_B of \(site) have extents \(a.shape) and \(b.shape)",
        at: .init(file: path), remedy: "Is the file damaged?")
    }
    return a.shape[0]
  }

  func tensor(
    _ site: String, _ part: String, _ name: String, _ type: QuantizationMix,
    rotation: RotatedRows? = nil, scale: Float = 1
  ) throws -> GGUFTensor {
    let entry = try entry(site, part)
    if let rotation, entry.shape[0] % rotation.headWidth != 0 {
      throw AnnealError(
        .model, "\(entry.name) has \(entry.shape[0]) rows, no whole number of heads",
        at: .init(file: path), remedy: "Was the adapter trained on another base model?")
    }
    let format = type.base.fits(width: entry.shape[1]) ? type.base : type.fallbackOfNarrowRows
    guard let source = BlockFormats.named(entry.dtype), source.valuesPerBlock == 1 else {
      throw AnnealError(
        .model, "\(entry.name) holds \(entry.dtype); expected F32, F16 or BF16",
        at: .init(file: path))
    }
    return GGUFTensor(name: name, format: format, shape: entry.shape) { [file] write in
      let (rows, width) = (entry.shape[0], entry.shape[1])
      let bytes = file.bytes(of: entry).bindMemory(to: UInt8.self)
      var values = [Float](unsafeUninitializedCapacity: rows * width) { values, count in
        source.decode(bytes, width: width, into: .init(rebasing: values[..<(rows * width)]))
        count = rows * width
      }
      if let rotation {
        let plain = values
        for row in 0..<rows {
          let start = rotation.source(of: row) * width
          values.replaceSubrange(
            row * width..<(row + 1) * width, with: plain[start..<start + width])
        }
      }
      if scale != 1 { for index in values.indices { values[index] *= scale } }
      guard values.allSatisfy({ $0.magnitude <= 65_504 }) else {
        throw AnnealError(
          .model, "\(entry.name) holds values beyond ±65504, or none", at: .init(file: file.path),
          remedy: "The adapter is damaged: did its training diverge?")
      }
      let size = rows * width / format.valuesPerBlock * format.bytesPerBlock
      var encoded = [UInt8](repeating: 0, count: size)
      encoded.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { format.encode($0, width: width, into: target) }
      }
      try encoded.withUnsafeBytes { try write($0) }
    }
  }

  private func entry(_ site: String, _ part: String) throws -> SafetensorsEntry {
    let name = "\(Self.prefix)\(site).\(part).weight"
    guard let entry = file.entry(name), entry.shape.count == 2 else {
      throw AnnealError(
        .model, "the tensor \(name) is missing, or no matrix", at: .init(file: path))
    }
    return entry
  }
}

extension String {
  /// How many characters `suffix` takes, when the text ends with it.
  fileprivate func length(ofSuffix suffix: String) -> Int? {
    hasSuffix(suffix) ? suffix.count : nil
  }
}
