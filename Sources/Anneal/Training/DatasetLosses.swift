internal import AnnealDatasets
internal import AnnealFiles
internal import AnnealTraining

/// What each of several data sets adds to a run: a row each in `datasets.csv` whenever metrics have
/// one, and the whole for the summary.
struct DatasetLosses {
  private struct Sums {
    var loss = 0.0
    var tokens = 0
    var trainedTokens = 0

    init() {}

    init(_ json: JSON?) {
      loss = json?["loss"]?.number ?? 0
      tokens = json?["tokens"]?.integer ?? 0
      trainedTokens = json?["trained_tokens"]?.integer ?? 0
    }

    var json: JSON {
      [
        "loss": .number(loss), "tokens": .integer(tokens),
        "trained_tokens": .integer(trainedTokens),
      ]
    }

    mutating func add(_ part: StepReport.SetPart) {
      loss += part.lossSum
      tokens += part.tokens
      trainedTokens += part.trainedTokens
    }

    var mean: Double? { trainedTokens > 0 ? loss / Double(trainedTokens) : nil }
  }

  private let names: [String]
  private let shares: SetShares?
  private let file: AppendedFile?
  private var run: [Sums]
  private var sinceRow: [Sums]
  private var lastLosses: [Double?]

  static let columns = "step,dataset,loss,tokens,trained_tokens,share"

  static func path(_ folder: String) -> String { folder + "/datasets.csv" }

  /// The losses of the sets called `names`, as a checkpoint noted them; nothing for a single set.
  init(_ names: [String], shares: SetShares?, notes: JSON?, folder: String) throws {
    self.names = names
    self.shares = shares
    run = names.indices.map { Sums(notes?["run"]?[$0]) }
    sinceRow = names.indices.map { Sums(notes?["since_row"]?[$0]) }
    lastLosses = names.indices.map { notes?["last"]?[$0]?.number }
    file = shares == nil ? nil : try AppendedFile(Self.path(folder))
    if let file, try file.isEmpty { try file.append(Self.columns + "\n") }
  }

  /// The sums for a checkpoint's notes; null for a single set.
  var json: JSON {
    guard shares != nil else { return .null }
    return [
      "run": .array(run.map(\.json)), "since_row": .array(sinceRow.map(\.json)),
      "last": .array(lastLosses.map { $0.map { .number($0) } ?? .null }),
    ]
  }

  /// Takes in a step, unless its loss is not a number.
  mutating func add(_ step: StepReport) {
    guard step.loss.isFinite else { return }
    for (set, part) in zip(names.indices, step.sets) {
      run[set].add(part)
      sinceRow[set].add(part)
    }
  }

  /// Writes a row for each set that was trained on since the last.
  mutating func write(step: Int) throws {
    guard let file else { return }
    let total = sinceRow.reduce(0) { $0 + $1.trainedTokens }
    for (set, sums) in sinceRow.enumerated() {
      guard let mean = sums.mean else { continue }
      let share = Double(sums.trainedTokens) / Double(max(1, total))
      let cells = [
        "\(step)", Self.quoted(names[set]), "\(mean)", "\(sums.tokens)", "\(sums.trainedTokens)",
        "\(share)",
      ]
      try file.append(cells.joined(separator: ",") + "\n")
      lastLosses[set] = mean
    }
    sinceRow = names.map { _ in Sums() }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  /// What each set came to; nothing for a single set.
  var summaries: [DatasetSummary] {
    guard let shares else { return [] }
    let total = run.reduce(0) { $0 + $1.trainedTokens }
    return names.indices.map { set in
      DatasetSummary(
        name: names[set], rows: shares.shares[set].rows, tokens: run[set].tokens,
        trainedTokens: run[set].trainedTokens,
        share: Double(run[set].trainedTokens) / Double(max(1, total)), loss: run[set].mean,
        lastLoss: lastLosses[set])
    }
  }

  /// Cuts off the rows in `folder` beyond `step`, and a last line that a crash left half-written.
  static func truncate(folder: String, afterStep step: Int) throws {
    try MetricsWriter.rewrite(path(folder)) { text in
      let lines = MetricsFile.wholeLines(text)
      guard let header = lines.first else { return "" }
      let kept = lines.dropFirst().filter { line in
        Int(line.prefix { $0 != "," }).map { $0 <= step } ?? false
      }
      return ([header] + kept).map { $0 + "\n" }.joined()
    }
  }
}

extension Recipe {
  /// What reports call the data sets.
  var datasetNames: [String] { datasets.map { Recipe.portable($0.path) } }
}
