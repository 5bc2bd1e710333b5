public import AnnealFiles
internal import OrderedCollections

/// What only all rows together tell: repetitions, languages, lengths in words, numbers, and what
/// several files share.
public struct DatasetSurvey: Sendable {
  /// Two rows that say the same, or nearly.
  public struct Pair: Sendable {
    /// How alike both are.
    public let kind: Leak.Kind
    /// The row.
    public let place: AnnealError.Place
    /// What it says.
    public let text: String
    /// The earlier row.
    public let other: AnnealError.Place
    /// What that says.
    public let otherText: String
  }

  /// Rows that repeat another one, by how alike both are, with the first few.
  public struct Repeated: Sendable {
    /// How many.
    public internal(set) var counts: [Leak.Kind: Int] = [:]
    /// The first of them, some of each kind.
    public internal(set) var pairs: [Pair] = []

    /// How many there are of all kinds.
    public var count: Int { counts.values.reduce(0, +) }

    var json: JSON {
      JSON(
        members: [Leak.Kind.exact, .normalised, .nearDuplicate].map {
          ($0.rawValue.replacing("-", with: "_"), .integer(counts[$0] ?? 0))
        } + [
          (
            "first",
            .array(
              pairs.map {
                [
                  "kind": .string($0.kind.rawValue), "at": .string($0.place.description),
                  "repeats": .string($0.other.description),
                ]
              })
          )
        ])
    }
  }

  /// What is told of one file.
  public struct File: Sendable {
    /// Its path.
    public let path: String
    /// Its rows.
    public internal(set) var rows = 0
    /// Words of a row: of its prompt and answer, or of all that it says.
    public internal(set) var words = Histogram()
    /// Words of the answers; empty for texts alone.
    public internal(set) var answerWords = Histogram()
    /// Rows by their language as an ISO 639-1 code, the most frequent first; nil where it cannot be
    /// told.
    public internal(set) var languages: [(code: String?, rows: Int)] = []
    /// Fields with numbers.
    public internal(set) var numbers: [NumberSummary] = []
    /// Rows that repeat an earlier one of the file.
    public internal(set) var repeated = Repeated()
    /// What stages of cleaning find in it.
    public internal(set) var findings: [StageFinding] = []
  }

  /// What a file shares with an earlier one.
  public struct Shared: Sendable {
    /// The number of the file.
    public let file: Int
    /// The number of the earlier one.
    public let earlier: Int
    /// Its rows that say what a row of the earlier one says.
    public internal(set) var rows = Repeated()
  }

  /// The files in their order.
  public private(set) var files: [File]
  /// Pairs of files that share rows.
  public private(set) var shared: [Shared] = []

  private static let shown = 3

  /// Surveys `sources`; rows that cannot be used are passed over.
  ///
  /// - Parameters:
  ///   - near: which rows are nearly the same.
  ///   - folder: where rows are held while they are looked at; nothing is left there.
  /// - Throws: `AnnealError` when a file cannot be read.
  public init(
    _ sources: [RowSource], near: NearDuplicates.Settings = .init(), in folder: String,
    registry: FormatRegistry = .builtin
  ) throws {
    let rows = try RowSpool.reading(
      sources, registry: registry, in: folder, bad: BadRows(.skip))
    files = rows.sources.map { File(path: $0.path) }
    try count(rows)
    for (file, findings) in try StageFinding.found(in: rows) { files[file].findings = findings }
    let repetitions = try Repetitions(count: rows.count, near: near) { try rows.row($0) }
    let part = { Int(rows.entries[$0].source) }
    for (row, found) in repetitions.repeated(part).enumerated() {
      guard let found else { continue }
      try Self.add(row, found, of: rows, to: &files[part(row)].repeated)
    }
    var pairs: OrderedDictionary<SIMD2<Int>, Shared> = [:]
    for (row, found) in repetitions.shared(part).enumerated() {
      guard let found else { continue }
      let (file, earlier) = (part(row), part(found.other))
      var shared = pairs[SIMD2(file, earlier)] ?? Shared(file: file, earlier: earlier)
      try Self.add(row, found, of: rows, to: &shared.rows)
      pairs[SIMD2(file, earlier)] = shared
    }
    shared = pairs.values.sorted { ($0.file, $0.earlier) < ($1.file, $1.earlier) }
  }

  /// What a row tells by itself.
  private struct Facts: Sendable {
    var words = 0
    var answer: Int?
    var language: String?
    var numbers: [(name: String, value: Double)] = []
  }

  private mutating func count(_ rows: RowSpool) throws {
    let facts = try ParallelRows.map(rows.count, filler: Facts()) { index in
      let row = try rows.row(index)
      let text = row.text
      return Facts(
        words: TextWords(text).hashes.count,
        answer: row.exchange.map { TextWords($0.answer).hashes.count },
        language: LanguageIdentifier.language(of: text),
        numbers: NumberSummary.values(of: row.row.fields))
    }
    var languages = [[String?: Int]](repeating: [:], count: files.count)
    var numbers = [OrderedDictionary<String, NumberSummary>](repeating: [:], count: files.count)
    for (row, facts) in facts.enumerated() {
      let file = Int(rows.entries[row].source)
      files[file].rows += 1
      files[file].words.add(facts.words)
      if let answer = facts.answer { files[file].answerWords.add(answer) }
      languages[file][facts.language, default: 0] += 1
      for (name, value) in facts.numbers {
        numbers[file][name, default: NumberSummary(name: name)].add(value)
      }
    }
    for file in files.indices {
      files[file].languages = languages[file].map { (code: $0.key, rows: $0.value) }
        .sorted { ($1.rows, $0.code ?? "~") < ($0.rows, $1.code ?? "~") }
      files[file].numbers = Array(numbers[file].values)
    }
  }

  private static func add(
    _ row: Int, _ found: (kind: Leak.Kind, other: Int), of rows: RowSpool,
    to repeated: inout Repeated
  ) throws {
    repeated.counts[found.kind, default: 0] += 1
    guard repeated.counts[found.kind] ?? 0 <= shown else { return }
    repeated.pairs.append(
      Pair(
        kind: found.kind, place: rows.place(row), text: try rows.row(row).text,
        other: rows.place(found.other), otherText: try rows.row(found.other).text))
  }

  /// The survey as JSON.
  public var json: JSON {
    let files = files.map { file -> JSON in
      [
        "file": .string(file.path), "rows": .integer(file.rows), "words": file.words.json,
        "answer_words": file.answerWords.json,
        "languages": .array(
          file.languages.map {
            ["language": $0.code.map { .string($0) } ?? .null, "rows": .integer($0.rows)]
          }), "numbers": .array(file.numbers.map(\.json)), "repeated": file.repeated.json,
        "findings": .array(file.findings.map(\.json)),
      ]
    }
    return [
      "files": .array(files),
      "shared": .array(
        shared.map {
          [
            "file": .string(self.files[$0.file].path), "of": .string(self.files[$0.earlier].path),
            "rows": $0.rows.json,
          ]
        }),
    ]
  }
}
