internal import AnnealFiles
public import AnnealNeural
public import AnnealTorch

/// The tensors that a run saved at one site.
public struct SavedParameters {
  let file: String
  let prefix: String
  let lookup: (String) throws -> Tensor?

  /// The tensor called `name` below the site, float32, checked to have extents `shape`.
  public func callAsFunction(_ name: String, _ shape: [Int]) throws -> Tensor {
    let key = "\(prefix).\(name)"
    guard let found = try lookup(key) else {
      throw AnnealError(.model, "the tensor \(key) is missing", at: .init(file: file))
    }
    guard found.shape == shape else {
      throw AnnealError(
        .model, "the tensor \(key) has extents \(found.shape); this model needs \(shape)",
        at: .init(file: file), remedy: "Was the adapter trained on another base model?")
    }
    // What is trained must not be written to the mapped file's pages.
    return found.dtype == .float32 ? found.copied() : found.to(.float32)
  }
}

extension Targets {
  /// PEFT's `target_modules`: a string or a list.
  var peft: JSON {
    switch rule {
    case .allLinear: "all-linear"
    case .names(let names): .array(names.map { .string($0) })
    case .pattern(let pattern): .string(pattern)
    }
  }

  init(peft value: JSON?, file: String) throws {
    switch value {
    case .string("all-linear"): self = .all
    case .string(let pattern): self.init(.pattern(pattern))
    case .array(let names): self.init(.names(names.compactMap(\.string)))
    default:
      throw AnnealError(
        .model, "'target_modules' is \(value?.kind ?? "missing"); expected a string or a list",
        at: .init(file: file, field: "target_modules"))
    }
  }
}

/// An adapter's folder in PEFT's layout: `adapter_config.json`, `adapter_model.safetensors`.
public enum AdapterFile {
  /// What PEFT puts before the base's own paths.
  private static let prefix = "base_model.model."

  /// Writes `adapter_config.json` and `adapter_model.safetensors` into `folder`, which is there.
  ///
  /// The targets are written out as the names of the maps that were found, which every version of
  /// PEFT reads alike.
  ///
  /// - Parameter base: the base model's public name, when it has one; never a private path.
  public static func write(
    _ attached: AttachedAdapter, to folder: String, base: String?
  ) throws {
    var fields: [(String, JSON)] = [
      ("peft_type", .string(type(of: attached.adapter).name)), ("task_type", "CAUSAL_LM"),
      ("base_model_name_or_path", base.map { .string($0) } ?? ""), ("inference_mode", true),
    ]
    let configuration = attached.adapter.configuration
      .setting("target_modules", to: targetNames(of: attached))
    fields += configuration.members.map { ($0.key, $0.value) }
    let paths = attached.modules.map(\.weight.module)
    let modules = paths.enumerated().filter { paths.firstIndex(of: $1) == $0 }.map(\.element)
    fields.append(
      ("modules_to_save", modules.isEmpty ? .null : .array(modules.map { .string($0) })))
    try AtomicFile.write(
      JSON(members: fields).text(.pretty) + "\n", to: folder + "/adapter_config.json")
    try TensorFile.write(
      attached.parameters.map { (prefix + $0.name, $0.value) },
      to: folder + "/adapter_model.safetensors", metadata: ["format": "pt"])
  }

  /// Attaches the adapter in `folder` to `model`.
  public static func attach(
    _ folder: String, to model: any CausalModel, registry: AdapterRegistry = .builtin
  ) throws -> AttachedAdapter {
    let configurationPath = folder + "/adapter_config.json"
    if !Folder.holdsFile(configurationPath) {
      let isRun = Folder.holdsFile(folder + "/best/adapter_config.json")
      throw AnnealError(
        .model, "there is no adapter here: no adapter_config.json", at: .init(file: folder),
        remedy: isRun
          ? "This is a run's folder; name \(folder)/best." : "Check the path of the adapter.")
    }
    let configuration = try JSON(contentsOf: configurationPath)
    let adapter = try registry.adapter(configuration: configuration, file: configurationPath)
    let path = folder + "/adapter_model.safetensors"
    let file = try SafetensorsFile(path: path)
    var unused = Set(file.names)
    let lookup: (String) throws -> Tensor? = { name in
      unused.remove(prefix + name)
      return try file.entry(prefix + name).map { try Tensor(reading: $0, of: file) }
    }
    // What is stored decides, not `target_modules`, which may be a regular expression of Python's.
    let storedPaths = Set(file.names.compactMap(sitePath))
    let stored = model.inventory.linears.map(\.site).filter { storedPaths.contains($0.path) }
    guard !stored.isEmpty else {
      throw AnnealError(
        .model, "no tensor of the adapter belongs to this model", at: .init(file: path),
        remedy: "Was the adapter trained on another base model?")
    }
    let attachments = try stored.map { site in
      let parameters = SavedParameters(file: path, prefix: site.path, lookup: lookup)
      return (site: site, attachment: try adapter.attachment(at: site, saved: parameters))
    }
    let names = configuration["modules_to_save"]?.array?.compactMap(\.string) ?? []
    let modules = try names.flatMap { try model.weights(ofModule: $0) }.map { weight in
      let parameters = SavedParameters(file: path, prefix: weight.module, lookup: lookup)
      let saved = try parameters(weight.name, weight.value.shape)
      return SavedModule(weight, trained: saved.to(weight.value.dtype).to(weight.value.device))
    }
    // A tensor that is left over would silently be missing from what the model computes.
    if let extra = file.names.first(where: unused.contains) {
      throw AnnealError(
        .model, "the tensor \(extra) has no place in this model", at: .init(file: path),
        remedy: "Was the adapter trained on another base model, or by a method not supported here?")
    }
    let attached = AttachedAdapter(adapter, attachments: attachments, modules: modules)
    attached.attachModules()
    return attached
  }

  /// `model.layers.0.self_attn.q_proj` of `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`.
  private static func sitePath(of key: String) -> String? {
    guard key.hasPrefix(prefix) else { return nil }
    let words = key.dropFirst(prefix.count).split(separator: ".")
    guard let method = words.firstIndex(where: { $0.hasPrefix("lora_") || $0.hasPrefix("ia3_") })
    else { return nil }
    return words[..<method].joined(separator: ".")
  }

  private static func targetNames(of attached: AttachedAdapter) -> JSON {
    var names: [String] = []
    for (site, _) in attached.attachments where !names.contains(String(site.name)) {
      names.append(String(site.name))
    }
    if case .names = attached.adapter.targets.rule { return attached.adapter.targets.peft }
    if case .pattern = attached.adapter.targets.rule {
      return .array(attached.attachments.map { .string($0.site.path) })
    }
    return .array(names.map { .string($0) })
  }
}
