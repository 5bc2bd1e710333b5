internal import AnnealAdapters
internal import AnnealFiles
public import AnnealMerging
internal import AnnealNeural
internal import AnnealTorch

/// One adapter, or several that are combined into one.
public struct AdapterMix: Sendable {
  /// The adapters' folders.
  public var adapters: [String]
  /// How much each counts; empty counts each once.
  public var weights: [Double]
  /// How they are combined: PEFT's `combination_type`.
  public var method: String
  /// The share of values that is kept, for methods that keep a share.
  public var density: Double?
  /// How a sign is agreed on.
  public var signs: SignMajority
  /// The rank of the result, where the method leaves it open.
  public var rank: Int?
  /// What chance decides is a function of this.
  public var seed: UInt64

  /// A mix.
  public init(
    adapters: [String], weights: [Double] = [], method: String = "cat", density: Double? = nil,
    signs: SignMajority = .total, rank: Int? = nil, seed: UInt64 = 17
  ) {
    self.adapters = adapters
    self.weights = weights
    self.method = method
    self.density = density
    self.signs = signs
    self.rank = rank
    self.seed = seed
  }

  /// Whether it is one adapter as it is: a method that keeps all values changes nothing of it.
  var isPlain: Bool {
    let keepsAll = (try? AdapterCombinations.named(method))?.hasDensity == false
    return adapters.count == 1 && weights.allSatisfy { $0 == 1 } && rank == nil && keepsAll
  }

  /// Refuses settings that contradict each other, before anything is loaded.
  public func check() throws {
    func fault(_ message: String, _ remedy: String) -> AnnealError {
      AnnealError(.usage, message, remedy: remedy)
    }
    guard !adapters.isEmpty else {
      throw fault("there is no adapter to merge", "Name one by --adapter.")
    }
    guard weights.isEmpty || weights.count == adapters.count else {
      throw fault(
        "there are \(Amount.count(weights.count, of: "weight")) for "
          + Amount.count(adapters.count, of: "adapter"), "Give one number for each --adapter.")
    }
    guard weights.allSatisfy(\.isFinite) else {
      throw fault("a weight is not a number", "Give numbers such as 0.7,0.3.")
    }
    if let rank, !(1...65_536).contains(rank) {
      throw fault("the rank is \(rank)", "Give a whole number from 1.")
    }
    let combination = try AdapterCombinations.named(method)
    guard combination.hasDensity else {
      guard density == nil else {
        throw fault("'\(method)' keeps all values, so that it has no density", "Leave it out.")
      }
      return
    }
    guard let density, density > 0, density <= 1 else {
      let found = density.map { "is \($0)" } ?? "is missing"
      throw fault(
        "'\(method)' keeps a share of the values, and the density \(found)",
        "Give a share above 0 and up to 1, such as --density 0.5.")
    }
  }
}

extension LanguageModel {
  /// Puts a mix of adapters on.
  ///
  /// - Parameter progress: told how many maps are combined, and of how many; an error it throws ends
  ///   the work.
  /// - Throws: `AnnealError` of kind `model` where an adapter is of a method that has no low-rank
  ///   update, or trains modules in full, and there are several.
  public func attach(
    _ mix: AdapterMix, progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws {
    try mix.check()
    if mix.isPlain {
      try attach(contentsOf: mix.adapters[0])
      return
    }
    let parts = try mix.adapters.map { folder in
      let attached = try Torch.checked { try AdapterFile.attach(folder, to: network) }
      attached.detachModules()
      return try LowRankParts(attached, folder)
    }
    let combination = try AdapterCombinations.named(mix.method)
    let rank = try combination.rank(of: parts.map(\.rank), wanted: mix.rank)
    let settings = CombinationSettings(
      rank: rank, density: mix.density ?? 1, signs: mix.signs)
    let sites = network.inventory.linears.map(\.site)
    var factors: [(site: Site, factors: LowRank)] = []
    for (done, site) in sites.enumerated() {
      try progress(done, sites.count)
      let combined = try Torch.checked {
        withoutGradient { () -> LowRank? in
          let updates = parts.enumerated().compactMap { index, part in
            part.factors[site.path].map { factors in
              WeightedUpdate(
                factors, weight: mix.weights.isEmpty ? 1 : mix.weights[index],
                key: RandomKey(seed: mix.seed, name: "\(index):\(site.path)"))
            }
          }
          guard !updates.isEmpty else { return nil }
          return combination.combined(updates, settings: settings)
        }
      }
      if let combined { factors.append((site, combined)) }
    }
    let adapter = LoRA(
      rank: rank, alpha: Double(rank), targets: .naming(factors.map(\.site), among: sites))
    put(on: AttachedAdapter(adapter, factors: factors))
  }
}

/// The low-rank updates of an adapter by the paths of their maps.
private struct LowRankParts {
  let factors: [String: LowRank]
  /// The largest rank of them.
  let rank: Int

  init(_ attached: AttachedAdapter, _ folder: String) throws {
    if let module = attached.modules.first {
      throw AnnealError(
        .model,
        "the adapter holds \(module.weight.module) in full, which cannot be weighted or combined",
        at: .init(file: folder),
        remedy: "Merge this adapter into the base alone and as it is; others on the result.")
    }
    var factors: [String: LowRank] = [:]
    for (site, attachment) in attached.attachments {
      guard let lowRank = attachment.lowRank else {
        throw AnnealError(
          .model,
          "an adapter of the method \(type(of: attached.adapter).name) cannot be combined",
          at: .init(file: folder),
          remedy: "Low-rank adapters can; merge this one into the base alone.")
      }
      factors[site.path] = lowRank
    }
    self.factors = factors
    rank = factors.values.map { $0.a.size(0) }.max() ?? 1
  }
}
