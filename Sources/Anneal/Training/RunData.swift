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

  /// Reads the datasets of `recipe`.
  init(_ recipe: Recipe, encoder: ConversationEncoder) throws {
    let builder = ExampleBuilder(encoder, settings: recipe.preparation)
    let seed = UInt64(recipe.seed)
    var rows = try RunData.read(recipe.datasets, seed: seed)
    var heldOut = try RunData.read(recipe.evalDatasets, seed: seed)
    // Text is held out from the end of every file, where nothing else of it is near.
    let cutsTails = recipe.stage == .pt && heldOut.isEmpty && recipe.valSize > 0
    if heldOut.isEmpty, recipe.valSize > 0, !cutsTails {
      (rows, heldOut) = rows.split(validation: recipe.valSize, seed: seed)
    }
    (training, trainingReport) = builder.examples(from: rows)
    try trainingReport.check()
    if cutsTails {
      (training, validation) = training.heldOutTails(recipe.valSize)
      validationReport = trainingReport.counting(validation)
      trainingReport = trainingReport.counting(training)
    }
    guard !heldOut.isEmpty else { return }
    let (examples, report) = builder.examples(from: heldOut)
    try report.check()
    (validation, validationReport) = (examples, report)
  }

  private static func read(
    _ sources: [Recipe.DataSource], seed: UInt64
  ) throws -> Dataset<Record> {
    try sources.reduce(Dataset([])) { all, source in
      let rows = try Dataset<Record>(files: try files(of: source), format: source.type)
      return all.appending(repeated(rows, weight: source.weight, seed: seed))
    }
  }

  /// The source's file, or the files of its folder whose names begin with `split`.
  private static func files(of source: Recipe.DataSource) throws -> [String] {
    guard Folder.exists(source.path) else { return [source.path] }
    let names = Folder.names(in: source.path).filter { name in
      !name.hasPrefix(".") && Folder.holdsFile(source.path + "/" + name)
        && name.hasPrefix(source.split ?? "") && FileKind.holdsRows(name)
    }
    guard !names.isEmpty else {
      throw AnnealError(
        .data, "the folder has no data file whose name begins with '\(source.split ?? "")'",
        at: .init(file: source.path), remedy: "Name a file, or another split.")
    }
    // Test rows must not be learned because they lie beside the others.
    let others = names.filter { name in
      ["valid", "dev", "test", "eval"].contains { name.lowercased().hasPrefix($0) }
    }
    if source.split == nil, let other = others.first, others.count < names.count {
      throw AnnealError(
        .data, "the folder holds \(other) beside \(names.count - 1) other files",
        at: .init(file: source.path),
        remedy:
          "Give path and split, as in {path: \(source.path), split: train}, or name the files.")
    }
    return names.map { source.path + "/" + $0 }
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
