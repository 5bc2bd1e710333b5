internal import AnnealDatasets
public import AnnealFiles
internal import AnnealText

/// The data of a recipe, prepared as its run will find it.
///
/// The model's weights are not needed, only its tokenizer, its template and its number of positions.
public struct PreparedData: CustomStringConvertible {
  private let data: RunData
  private let seconds: Double
  private let rows: Int
  private let names: [String]

  /// Prepares the data of `recipe`, or finds it prepared.
  ///
  /// - Parameters:
  ///   - isAnew: whether what is there already is made again.
  ///   - shouldStop: asked between shards; true ends the work, and what is done is kept.
  ///   - tell: told what was found and what was made.
  public init(
    _ recipe: Recipe, isAnew: Bool = false, shouldStop: @escaping () -> Bool = { false },
    tell: @escaping (String) -> Void = { _ in }
  ) throws {
    var recipe = recipe.withWholePaths
    let encoder = try ConversationEncoder.load(
      modelFolder: recipe.modelNameOrPath, template: recipe.template)
    if let note = try recipe.fitLengthToModel() { tell(note) }
    var store = recipe.preparedStore ?? SetStore(folder: Recipe.cacheFolder)
    if isAnew { store.finds = false }
    names = recipe.datasetNames
    let clock = ContinuousClock()
    let start = clock.now
    data = try RunData(recipe, encoder: encoder, store: store, shouldStop: shouldStop, tell: tell)
    seconds = (clock.now - start) / .seconds(1)
    rows = data.trainingReport.rows + (data.validationReport?.rows ?? 0)
  }

  /// Rows, tokens, speed, memory, and the reports.
  public var json: JSON {
    [
      "rows": .integer(rows), "seconds": .number(seconds),
      "rows_per_second": .number(seconds > 0 ? Double(rows) / seconds : 0),
      "peak_bytes": Memory.peakResidentBytes.map { .integer($0) } ?? .null,
      "folders": .array(data.training.sets.map { .string($0.folder) }),
      "training": data.trainingReport.json,
      "validation": data.validationReport?.json ?? .null,
    ]
  }

  /// The reports.
  public var description: String {
    var parts = ["training data\n\(data.trainingReport)"]
    if let report = data.validationReport { parts.append("validation data\n\(report)") }
    if let shares = data.shares {
      parts.append((["an epoch"] + shares.lines(names: names)).joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }
}
