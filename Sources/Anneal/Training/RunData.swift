internal import AnnealDatasets
internal import AnnealFiles
internal import AnnealText
internal import AnnealTraining

/// The rows of a run: prepared, split, and looked at; their tokens stay on the disk.
struct RunData {
  private(set) var training: PreparedExamples
  private(set) var validation: PreparedExamples?
  private(set) var trainingReport: PreparationReport
  private(set) var validationReport: PreparationReport?
  /// What part of an epoch each of several data sets is.
  private(set) var shares: SetShares?
  /// Rows that could not be used, as lines of JSON.
  let skipped: [String]

  /// How many of them are kept; all are counted.
  private static let kept = 10_000

  /// Prepares the datasets of `recipe`, or finds them prepared.
  ///
  /// - Parameter store: where sets lie, when that is not the recipe's to say.
  init(
    _ recipe: Recipe, encoder: ConversationEncoder, store: SetStore? = nil,
    shouldStop: @escaping () -> Bool = { false }, tell: @escaping (String) -> Void = { _ in }
  ) throws {
    let settings = recipe.preparation
    let first = try FirstRecords(recipe)
    let seed = UInt64(recipe.seed)
    let sources = PreparedSources(
      recipe, encoder: encoder, store: store, shouldStop: shouldStop, tell: tell)
    let bad = (0..<2).map { _ in BadRows(recipe.onError, keeping: Self.kept) }
    let mixture = recipe.mixture
    var rows = try Self.read(
      recipe.datasets, sources, seed: seed, repeats: mixture == nil, bad[0])
    var heldOut = try Self.read(recipe.evalDatasets, sources, seed: seed, repeats: true, bad[1])
    skipped = bad.flatMap(\.lines)
    // Text is held out from the end of every file, where nothing else of it is near.
    let cutsTails = recipe.stage == .pt && heldOut.isEmpty && recipe.valSize > 0
    if heldOut.isEmpty, recipe.valSize > 0, !cutsTails {
      (rows, heldOut) = try rows.split(validation: recipe.valSize, seed: seed)
    }
    (training, trainingReport) = try rows.examples(settings)
    trainingReport.add(bad[0])
    try trainingReport.check()
    try first.check(trainingReport, of: recipe)
    if cutsTails {
      let parts = try training.heldOutTails(recipe.valSize)
      (training, validation) = (parts.training, parts.validation.isEmpty ? nil : parts.validation)
      validationReport = try trainingReport.counting(parts.validation)
      trainingReport = try trainingReport.counting(parts.training)
    }
    // What is held out is held out of all rows, and drawn from the rest.
    if let mixture {
      training = try training.mixed(mixture)
      trainingReport = try trainingReport.counting(training)
    }
    if recipe.datasets.count > 1 { shares = try SetShares(training) }
    guard !heldOut.isEmpty else { return }
    var (examples, report) = try heldOut.examples(settings)
    report.add(bad[1])
    try report.check()
    (validation, validationReport) = (examples, report)
  }

  private static func read(
    _ list: [Recipe.DataSource], _ sources: PreparedSources, seed: UInt64, repeats: Bool,
    _ bad: BadRows
  ) throws -> PreparedRecords {
    let all = try list.reduce(PreparedRecords()) { all, source in
      var rows = PreparedRecords(try sources.set(source, bad))
      if let most = source.maxSamples { rows = rows.sampled(most, seed: seed) }
      // Weight 2 reads every row twice; 0.5 reads half of them, chosen by the seed.
      return all.appending(repeats ? try rows.repeated(source.weight, seed: seed) : rows)
    }
    try bad.finish()
    return all
  }
}
