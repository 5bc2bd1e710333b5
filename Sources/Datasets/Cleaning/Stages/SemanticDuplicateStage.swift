internal import AnnealFiles

/// Leaves out rows that mean the same as another one: their texts' vectors, which an embedder gives,
/// point the same way (see `SimilarVectors`).
///
/// Memory is 4 bytes for each value of a row's vector, and less than 800 bytes a row beside it.
public struct SemanticDuplicateStage: CleaningStage {
  /// `semantic-duplicates`.
  public static let name = "semantic-duplicates"
  /// What it does.
  public static let summary = "Of rows that mean the same by an embedder's vectors, keeps one."
  /// The threshold, and which one is kept.
  public static let settings: [StageSetting] =
    [
      StageSetting(
        "threshold", 0.95, "The cosine of two rows' vectors from which on they are the same.")
    ] + KeptRow.settings + [StageAction.setting(.drop, of: [.drop, .flag])]
  /// Whether a row means what another one does depends on the others.
  public static let needsAllRows = true

  private let search: SimilarVectors
  private let keep: KeptRow
  private let action: StageAction
  private let embedding: TextEmbedding

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    let threshold = settings.number("threshold")
    guard (0.5...1).contains(threshold) else {
      throw settings.failure("threshold", expected: "0.5 to 1")
    }
    keep = try KeptRow(settings)
    action = settings.action
    guard let embedding = settings.embedding else {
      throw AnnealError(
        .usage, "\(Self.name) compares the vectors of rows, and there is no embedder to give them",
        remedy: "Give --embedder, a model's folder or a server's address, or leave the stage out.")
    }
    self.embedding = embedding
    search = SimilarVectors(threshold: threshold)
  }

  /// The rows that another one stands for.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let texts = try ParallelRows.map(rows.count, filler: false) { index in
      try rows.row(index).text.contains { !$0.isWhitespace }
    }
    // Embedders have no vector for nothing.
    let numbers = texts.indices.filter { texts[$0] }
    let vectors = try embedding.vectors(of: numbers) { try rows.row($0).text }
    let matches = try search.matches(
      in: vectors, order: try order(of: numbers, rows), classes: try classes(of: numbers, rows))
    var verdicts: [Int: RowVerdict] = [:]
    for (number, match) in zip(numbers, matches) {
      guard let match else { continue }
      verdicts[number] = action.verdict(finding(match, numbers[match.row], rows))
    }
    return FoundVerdicts(verdicts: verdicts)
  }

  private func finding(_ match: SimilarVectors.Match, _ kept: Int, _ rows: RowSpool) -> Finding {
    let similarity = (Double(match.cosine) * 10_000).rounded() / 10_000
    return Finding(
      "means the same as another row",
      "\(rows.place(kept)), row \(rows.entries[kept].number), similarity \(similarity)")
  }

  /// Places of `numbers`, with those first that should rather stay.
  private func order(of numbers: [Int], _ rows: RowSpool) throws -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    return try keep.sorted(numbers, of: rows).compactMap { places[$0] }
  }

  /// Rows of unlike labels are never the same; nil where rows have none.
  private func classes(of numbers: [Int], _ rows: RowSpool) throws -> [UInt64]? {
    guard rows.sources.contains(where: { $0.format == Classification.self }) else { return nil }
    return try ParallelRows.map(numbers.count, filler: 0) { place in
      try rows.row(numbers[place]).label.map { Fingerprint.of($0) } ?? 0
    }
  }
}
