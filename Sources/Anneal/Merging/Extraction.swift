public import AnnealAdapters
internal import AnnealFiles
internal import AnnealMerging
internal import AnnealNeural
internal import AnnealTorch

/// Taking a low-rank adapter out of a model that was trained in full: for each map the nearest update
/// of a rank to what training has changed.
public struct Extraction: Sendable {
  /// The base model's folder.
  public var model: String
  /// The folder of the model that was trained in full.
  public var tuned: String
  /// The rank of the updates.
  public var rank: Int
  /// The maps that get one.
  public var targets: Targets
  /// Modules that go along in full.
  public var modulesToSave: [String]
  /// What large decompositions begin with is a function of this.
  public var seed: UInt64

  /// An extraction.
  public init(
    model: String, tuned: String, rank: Int, targets: Targets = .all, modulesToSave: [String] = [],
    seed: UInt64 = 17
  ) {
    self.model = model
    self.tuned = tuned
    self.rank = rank
    self.targets = targets
    self.modulesToSave = modulesToSave
    self.seed = seed
  }

  /// What an extraction found.
  public struct Report: Sendable {
    /// The share of the change of the chosen maps that the adapter holds: of the sum of squares, 0…1.
    public var explained: Double
    /// The share of the change of all tensors that it holds, with modules in full.
    public var explainedOfAll: Double
    /// The share by map.
    public var maps: [(path: String, explained: Double)]
    /// Tensors that training changed and the adapter does not hold, with their share of all change.
    public var left: [(path: String, share: Double)]
    /// Bytes written.
    public var bytes: Int
  }

  /// Writes the adapter.
  ///
  /// - Parameter progress: told how many tensors are done, and of how many.
  public func write(
    to folder: String, progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws -> Report {
    guard (1...65_536).contains(rank) else {
      throw AnnealError(
        .usage, "the rank is \(rank)", remedy: "Give a whole number from 1 to 65536.")
    }
    try Folder.checkReplaceable(folder, markers: "adapter_config.json")
    let template = tuned + "/chat_template.jinja"
    let base = try LanguageModel.loadForReading(
      from: model, template: Folder.holdsFile(template) ? template : nil)
    let other = try LanguageModel.loadForReading(from: tuned)
    let pairs = try pairs(base, other)
    let saved = try modulesToSave.flatMap { try base.network.weights(ofModule: $0) }
    let sites = base.network.inventory.linears.map(\.site)
    let chosen = sites.filter(targets.contains)
    guard !chosen.isEmpty else { throw noTarget(sites) }
    var changes = Changes()
    for (index, pair) in pairs.enumerated() {
      try progress(index, pairs.count)
      let site = chosen.first { $0.path + ".weight" == pair.old.path }
      try Torch.checked {
        withoutGradient {
          changes.add(
            pair, at: site, rank: rank, isSaved: saved.contains { $0.path == pair.old.path },
            key: RandomKey(seed: seed, name: pair.old.path))
        }
      }
    }
    try progress(pairs.count, pairs.count)
    return try write(changes, base, sites, saved, pairs, to: folder)
  }

  private func write(
    _ changes: Changes, _ base: LanguageModel, _ sites: [Site], _ saved: [Weight],
    _ pairs: [TensorPair], to folder: String
  ) throws -> Report {
    guard changes.areFinite else {
      throw AnnealError(
        .model, "the weights hold values that are no numbers", at: .init(file: tuned),
        remedy: "Did its training diverge? Take an earlier checkpoint.")
    }
    guard !changes.factors.isEmpty else {
      throw AnnealError(
        .model, "the chosen maps are the base's own: there is nothing to extract",
        at: .init(file: tuned), remedy: "Is this the folder of the tuned model?")
    }
    let modules = saved.compactMap { weight in
      pairs.first { $0.old.path == weight.path }.map {
        SavedModule(weight, trained: $0.new.dense().to(weight.value.dtype))
      }
    }
    let adapter = LoRA(
      rank: rank, alpha: Double(rank),
      targets: .naming(changes.factors.map(\.site), among: sites))
    base.put(on: AttachedAdapter(adapter, factors: changes.factors, modules: modules))
    let name = Folder.name(of: folder)
    try base.saveAdapter(to: folder) { folder in
      let report = changes.report(bytes: Folder.bytes(below: folder))
      try ModelCard(self, report, in: folder, name: name, publicName: base.publicName)
        .write(to: folder)
    }
    return changes.report(bytes: Folder.bytes(below: folder))
  }

  /// Every tensor of the base beside the tuned model's.
  private func pairs(_ base: LanguageModel, _ other: LanguageModel) throws -> [TensorPair] {
    let found = Dictionary(
      other.network.inventory.tensors.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }
    )
    return try base.network.inventory.tensors.map { old in
      guard let new = found[old.path], new.shape == old.shape else {
        let shape = found[old.path].map { "has extents \($0.shape)" } ?? "is missing"
        throw AnnealError(
          .model, "the tensor \(old.path) \(shape); the base's has \(old.shape)",
          at: .init(file: tuned), remedy: "Was the model tuned from another base?")
      }
      return TensorPair(old: old, new: new)
    }
  }

  private func noTarget(_ sites: [Site]) -> AnnealError {
    let names = Set(sites.map { String($0.name) }).sorted()
    return AnnealError(
      .usage, "--targets means no linear map of the model",
      remedy: "Its maps are called \(names.joined(separator: ", ")); all-linear means all.")
  }
}

/// A tensor before and after training.
private struct TensorPair {
  let old: any ModelTensor
  let new: any ModelTensor
}

/// What training has changed, and what of it an adapter holds.
private struct Changes {
  private(set) var factors: [(site: Site, factors: LowRank)] = []
  private var maps: [(path: String, explained: Double)] = []
  private var left: [(path: String, energy: Double)] = []
  /// Sums of squares: of all changes, of the chosen maps', and what is held of both.
  private var (all, chosen, held, heldOfChosen) = (0.0, 0.0, 0.0, 0.0)

  mutating func add(
    _ pair: TensorPair, at site: Site?, rank: Int, isSaved: Bool, key: RandomKey
  ) {
    let change = pair.new.dense().to(.float32) - pair.old.dense().to(.float32)
    pair.old.letGo()
    pair.new.letGo()
    let energy = change.sumOfSquares()
    all += energy
    guard energy.isFinite else { return }
    if isSaved { held += energy }
    guard energy > 0, !isSaved else { return }
    guard let site else {
      left.append((pair.old.path, energy))
      return
    }
    let nearest = Truncation.nearest(to: change, rank: rank, key: key)
    let kept = min(energy, nearest.values.reduce(0) { $0 + Double($1) * Double($1) })
    factors.append((site, nearest.update(balances: true)))
    maps.append((site.path, kept / energy))
    chosen += energy
    held += kept
    heldOfChosen += kept
  }

  /// Whether every tensor of both models holds numbers.
  var areFinite: Bool { all.isFinite }

  func report(bytes: Int) -> Extraction.Report {
    Extraction.Report(
      explained: chosen > 0 ? heldOfChosen / chosen : 1, explainedOfAll: all > 0 ? held / all : 1,
      maps: maps,
      left: left.sorted { $0.energy > $1.energy }.map { ($0.path, $0.energy / all) }, bytes: bytes)
  }
}
