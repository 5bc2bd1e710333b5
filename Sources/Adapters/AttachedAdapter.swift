internal import AnnealFiles
public import AnnealNeural
public import AnnealTorch

/// An adapter on a model: what it has learned at every site, and the modules it trains in full.
public final class AttachedAdapter {
  /// The method and its settings.
  public let adapter: any Adapter
  /// What is learned, in the order of the model's linear maps.
  public let attachments: [(site: Site, attachment: any Attachment)]
  /// Modules trained in full beside it (`modules_to_save`).
  public let modules: [SavedModule]

  init(
    _ adapter: any Adapter, attachments: [(site: Site, attachment: any Attachment)],
    modules: [SavedModule]
  ) {
    self.adapter = adapter
    self.attachments = attachments
    self.modules = modules
  }

  /// What a `Pass` carries to the linear maps.
  public var bySite: [Site: [any Attachment]] {
    Dictionary(attachments.map { ($0.site, [$0.attachment]) }, uniquingKeysWith: +)
  }

  /// Every trained tensor in a fixed order, by PEFT's key without its prefix:
  /// `model.layers.0.self_attn.q_proj.lora_A.weight`.
  public var parameters: [(name: String, value: Tensor)] {
    attachments.flatMap { site, attachment in
      attachment.parameters.map { ("\(site.path).\($0.name)", $0.value) }
    } + modules.map { ($0.weight.path, $0.trained) }
  }

  /// Puts the base's modules back in the place of those trained in full.
  public func detachModules() { modules.forEach { $0.weight.value = $0.base } }

  /// Puts the modules trained in full in the place of the base's.
  public func attachModules() { modules.forEach { $0.weight.value = $0.trained } }
}

/// A tensor of the base that an adapter trains in full.
public struct SavedModule {
  /// Where the model holds it.
  public let weight: Weight
  /// The base's value.
  public let base: Tensor
  /// The trained value, in the base's dtype.
  public let trained: Tensor

  /// A tensor that `trained` stands in for.
  public init(_ weight: Weight, trained: Tensor) {
    self.weight = weight
    base = weight.value
    self.trained = trained
  }
}

extension CausalModel {
  /// Attaches a fresh adapter.
  ///
  /// - Parameters:
  ///   - adapter: the method and its settings.
  ///   - modulesToSave: names of modules to train in full beside it, such as `lm_head`.
  ///   - seed: the run's seed.
  public func attach(
    _ adapter: any Adapter, modulesToSave: [String] = [], seed: UInt64
  ) throws -> AttachedAdapter {
    try adapter.targets.check()
    if case .names(let names) = adapter.targets.rule {
      for name in names
      where !inventory.linears.contains(where: { Targets(.names([name])).contains($0.site) }) {
        throw noTarget(Targets(.names([name])))
      }
    }
    let attachments = inventory.linears.map(\.site).filter(adapter.targets.contains).compactMap {
      site in adapter.attachment(at: site, seed: seed).map { (site: site, attachment: $0) }
    }
    guard !attachments.isEmpty else { throw noTarget(adapter.targets) }
    let modules = try modulesToSave.flatMap { try weights(ofModule: $0) }.map {
      SavedModule($0, trained: $0.value.copied())
    }
    let attached = AttachedAdapter(adapter, attachments: attachments, modules: modules)
    attached.attachModules()
    return attached
  }

  /// The weights of the modules called `name`.
  public func weights(ofModule name: String) throws -> [Weight] {
    let found = inventory.weights.filter { $0.module == name || $0.module.hasSuffix("." + name) }
    if head.isTied, name == "lm_head" || found.contains(where: { $0 === head.weight }) {
      throw AnnealError(
        .recipe,
        "'\(name)' cannot be trained in full: this model's head and embedding are one tensor",
        remedy: "Leave it out of lora_modules_to_save, or use finetuning_type: full.")
    }
    guard !found.isEmpty else {
      throw AnnealError(
        .recipe, "lora_modules_to_save names '\(name)', which this model does not have",
        remedy: "Modules such as lm_head, embed_tokens or model.norm can be named.")
    }
    return found
  }

  private func noTarget(_ targets: Targets) -> AnnealError {
    let names = Set(inventory.linears.map { String($0.site.name) }).sorted()
    return AnnealError(
      .recipe, "no linear map of the model is meant by \(targets.peft.text(.spaced))",
      remedy: "Its maps are called \(names.joined(separator: ", ")); 'all-linear' means all.")
  }
}
