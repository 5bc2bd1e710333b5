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
    let vectors = try embedding.vectors(
      of: numbers, text: { try rows.row($0).text }, place: { rows.place($0) })
    try check(vectors, of: numbers, rows)
    let isSlow = search.isSlow(for: vectors)
    let (places, labels) = (try order(of: numbers, rows), try classes(of: numbers, rows))
    let work = isSlow ? "\(Self.name), each row with each" : Self.name
    let matches = try WorkProgress.named(work) {
      try search.matches(in: vectors, order: places, classes: labels)
    }
    var verdicts: [Int: RowVerdict] = [:]
    for (number, match) in zip(numbers, matches) {
      guard let match else { continue }
      let finding = Finding(
        "means the same as another row",
        rows.reference(to: numbers[match.row], similarity: Double(match.cosine)))
      verdicts[number] = action.verdict(finding)
    }
    return FoundVerdicts(verdicts: verdicts, notes: Self.notes(vectors, isSlow: isSlow))
  }

  private static func notes(_ vectors: TextVectors, isSlow: Bool) -> [String] {
    var notes: [String] = []
    if vectors.zeros > 0 {
      notes.append(
        "\(grouped(vectors.zeros, of: "row")) got a vector of zeros, which is like no other")
    }
    if isSlow {
      notes.append("each row was compared with each, as the vectors of all lie close together")
    }
    return notes
  }

  /// Refuses vectors that say nothing of the rows.
  private func check(_ vectors: TextVectors, of numbers: [Int], _ rows: RowSpool) throws {
    guard vectors.count > 0 else { return }
    if vectors.zeros == vectors.count {
      throw AnnealError(
        .failed,
        "the embedder \(embedding.name) gave a vector of zeros for every row; expected vectors "
          + "that point somewhere", remedy: "Is it a model for embedding? Ask it for one text.")
    }
    guard vectors.pointOneWay, try sayThreeThings(numbers, rows) else { return }
    throw AnnealError(
      .failed,
      "the embedder \(embedding.name) gave the same vector for every row, though they say unlike "
        + "things", remedy: "Is it a model for embedding? Ask it for two texts.")
  }

  /// Whether three of the rows differ by more than case, spacing and punctuation.
  private func sayThreeThings(_ numbers: [Int], _ rows: RowSpool) throws -> Bool {
    var prints: Set<SIMD2<UInt64>> = []
    for number in numbers where prints.count < 3 {
      prints.insert(ContentPrint.ofWords(try rows.row(number)))
    }
    return prints.count >= 3
  }

  /// Places of `numbers`, with those first that should rather stay.
  private func order(of numbers: [Int], _ rows: RowSpool) throws -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    return try keep.sorted(numbers, of: rows).compactMap { places[$0] }
  }

  /// Rows of unlike labels are never the same; nil where rows have none.
  private func classes(of numbers: [Int], _ rows: RowSpool) throws -> [UInt64]? {
    guard rows.sources.contains(where: { $0.format?.isClassified == true }) else { return nil }
    return try ParallelRows.map(numbers.count, filler: 0) { place in
      try rows.row(numbers[place]).label.map { Fingerprint.of($0) } ?? 0
    }
  }
}
