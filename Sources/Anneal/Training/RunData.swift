internal import AnnealDatasets
internal import AnnealFiles
internal import AnnealText
internal import AnnealTraining

/// The rows of a run: read, split and made into examples.
struct RunData {
  private(set) var training: [Example]
  private(set) var validation: [Example] = []
  private(set) var trainingReport: PreparationReport
  private(set) var validationReport: PreparationReport?
  /// Rows that could not be used, as lines of JSON.
  let skipped: [String]

  /// How many of them are kept; all are counted.
  private static let kept = 10_000

  /// Reads the datasets of `recipe`.
  init(_ recipe: Recipe, encoder: ConversationEncoder) throws {
    let builder = ExampleBuilder(encoder, settings: recipe.preparation)
    let seed = UInt64(recipe.seed)
    let bad = (0..<2).map { _ in BadRows(recipe.onError, keeping: Self.kept) }
    var rows = try RunData.read(recipe.datasets, seed: seed, bad[0])
    var heldOut = try RunData.read(recipe.evalDatasets, seed: seed, bad[1])
    skipped = bad.flatMap(\.lines)
    // Text is held out from the end of every file, where nothing else of it is near.
    let cutsTails = recipe.stage == .pt && heldOut.isEmpty && recipe.valSize > 0
    if heldOut.isEmpty, recipe.valSize > 0, !cutsTails {
      (rows, heldOut) = rows.split(validation: recipe.valSize, seed: seed)
    }
    (training, trainingReport) = builder.examples(from: rows)
    trainingReport.add(bad[0])
    try trainingReport.check()
    if cutsTails {
      (training, validation) = training.heldOutTails(recipe.valSize)
      validationReport = trainingReport.counting(validation)
      trainingReport = trainingReport.counting(training)
    }
    guard !heldOut.isEmpty else { return }
    var (examples, report) = builder.examples(from: heldOut)
    report.add(bad[1])
    try report.check()
    (validation, validationReport) = (examples, report)
  }

  private static func read(
    _ sources: [Recipe.DataSource], seed: UInt64, _ bad: BadRows
  ) throws -> Dataset<Record> {
    let all = try sources.reduce(Dataset<Record>([])) { all, source in
      let rows = try Dataset<Record>(source.rowSource(), bad: bad)
      return all.appending(repeated(rows, weight: source.weight, seed: seed))
    }
    try bad.finish()
    try all.checkLearnable()
    return all
  }

  /// Weight 2 reads every row twice; 0.5 reads half of them, chosen by the seed.
  private static func repeated(
    _ rows: Dataset<Record>, weight: Double, seed: UInt64
  ) -> Dataset<Record> {
    guard weight != 1 else { return rows }
    let whole = (0..<Int(weight)).reduce(Dataset([])) { all, _ in all.appending(rows) }
    let share = weight - weight.rounded(.down)
    guard share > 0 else { return whole }
    return whole.appending(rows.split(validation: share, seed: seed).validation)
  }
}

extension [Example] {
  /// The last `share` of every file's examples apart from the rest; one example alone is trained on.
  func heldOutTails(_ share: Double) -> (training: [Example], validation: [Example]) {
    var counts: [String: Int] = [:]
    for example in self { counts[example.source.file, default: 0] += 1 }
    var seen: [String: Int] = [:]
    var parts: (training: [Example], validation: [Example]) = ([], [])
    for example in self {
      let file = example.source.file
      let count = counts[file, default: 0]
      let heldOut = Int((Double(count) * share).rounded(.up))
      if seen[file, default: 0] < Swift.max(1, count - heldOut) {
        parts.training.append(example)
      } else {
        parts.validation.append(example)
      }
      seen[file, default: 0] += 1
    }
    return parts
  }
}
