internal import AnnealDatasets
internal import AnnealFiles
internal import AnnealText

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The sources of a recipe, each prepared once: found where an earlier run left it, or made.
struct PreparedSources {
  private let recipe: Recipe
  private let preparation: SetPreparation
  /// Where sets lie; nil to decide by how large the files are.
  private let store: SetStore?
  private let shouldStop: () -> Bool
  private let tell: (String) -> Void
  private let clock = ContinuousClock()

  /// The sources of `recipe` as `encoder` writes them.
  ///
  /// - Parameter store: where sets lie, when that is not the recipe's to say.
  init(
    _ recipe: Recipe, encoder: ConversationEncoder, store: SetStore? = nil,
    shouldStop: @escaping () -> Bool, tell: @escaping (String) -> Void
  ) {
    self.recipe = recipe
    preparation = SetPreparation(
      encoder, identity: encoder.fingerprint, settings: recipe.preparation)
    self.store = store ?? recipe.preparedStore
    self.shouldStop = shouldStop
    self.tell = tell
  }

  /// The prepared rows of `source`; what could not be used goes to `bad`.
  func set(_ source: Recipe.DataSource, _ bad: BadRows) throws -> PreparedSet {
    let start = clock.now
    let rows = try source.rowSource()
    let set = try preparation.prepare(
      rows, store: try store ?? Self.standard(for: rows), onError: recipe.onError,
      shouldStop: shouldStop, tell: tell)
    try set.hand(to: bad)
    let seconds = (clock.now - start) / .seconds(1)
    let name = Recipe.portable(source.path)
    let amount = "\(Amount.count(set.recordCount)) rows, \(Amount.count(set.tokenCount)) tokens"
    switch set.origin {
    case .found: tell("\(name): prepared before (\(amount)), used from \(set.folder)")
    case .made(let kept) where set.isKept:
      let again = kept > 0 ? "; \(kept) of \(set.shardCount) shards were there already" : ""
      tell(
        "\(name): prepared \(amount) in \(Amount.seconds(seconds)), kept in \(set.folder)\(again)")
    case .made: break
    }
    return set
  }

  /// Small files are prepared faster than anybody would notice: a set of them is used when
  /// `anneal data prepare` made it, and else not kept.
  private static let smallBytes = 4 << 20

  private static func standard(for source: RowSource) throws -> SetStore {
    let files = try source.lookedUp().files()
    let bytes = files.reduce(0) { $0 + (Folder.fileBytes($1) ?? 0) }
    return SetStore(folder: Recipe.cacheFolder, keeps: bytes >= smallBytes)
  }
}

extension Recipe {
  /// The value of `dataset_prepared_path` that keeps nothing.
  static let noPreparedPath = "none"

  /// Where the recipe wants prepared sets; nil when it does not say.
  var preparedStore: SetStore? {
    switch datasetPreparedPath {
    case nil: nil
    case Self.noPreparedPath:
      SetStore(folder: Self.cacheFolder, finds: false, keeps: false)
    case .some(let folder): SetStore(folder: folder)
    }
  }

  /// The folder for prepared sets: `prepared` in `ANNEAL_CACHE`, or in `anneal` of the user's cache.
  static var cacheFolder: String {
    let folder = Folder.cache + "/prepared"
    let isUsable = (try? Folder.create(folder)) != nil && Folder.mayWrite(in: folder)
    return isUsable ? folder : (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/anneal"
  }
}
