internal import AnnealFiles

/// The runs of words of benchmarks, to find rows that hold one.
///
/// As in Brown et al., "Language Models are Few-Shot Learners" (2020), appendix C: runs of 13 words;
/// an item of fewer, down to 8, counts as a whole; runs that many rows hold are common phrases.
struct BenchmarkRuns: Sendable {
  private var places: [AnnealError.Place] = []
  /// For each length of a run, its hash and the item that has it.
  private var runs: [Int: [UInt64: Int32]] = [:]
  /// Items that have too few words to be looked for.
  private(set) var tooShort = 0
  private let length: Int

  /// Items of fewer words say too little to be told from chance.
  private static let leastWords = 8

  /// The runs of `length` words of the rows in `files`.
  ///
  /// - Throws: `AnnealError` when a file cannot be read.
  init(files: [String], length: Int, registry: FormatRegistry = .builtin) throws {
    self.length = max(1, length)
    for path in files {
      let source = try RowSource(path: path).lookedUp()
      for file in try source.files() {
        try RowReader(path: file).forEach { event in
          guard case .row(let row) = event else { return }
          add(CleaningRow(row: row, number: 0, format: nil))
        }
      }
    }
  }

  /// How many items there are.
  var count: Int { places.count }

  /// Adds the runs of each text of an item by itself: an answer's choice is too short, a question not.
  private mutating func add(_ item: CleaningRow) {
    let item32 = Int32(clamping: places.count)
    places.append(item.row.place())
    var isLongEnough = false
    for text in item.texts {
      let words = TextWords(text).hashes
      guard words.count >= min(length, Self.leastWords) else { continue }
      isLongEnough = true
      let width = min(length, words.count)
      for run in Shingles.runs(of: words, width: width) { runs[width, default: [:]][run] = item32 }
    }
    if !isLongEnough { tooShort += 1 }
  }

  /// For each row of `rows` the place of the item that it holds a run of; nil for most.
  ///
  /// - Parameter common: a run that more rows hold is a common phrase.
  func found(in rows: Dataset<Row>, common: Int) throws -> [AnnealError.Place?] {
    let widths = runs.keys.sorted()
    let held = try ParallelRows.map(rows.count, filler: [UInt64: Int32]()) { index in
      var held: [UInt64: Int32] = [:]
      for text in CleaningRow(row: rows[index], number: 0, format: nil).texts {
        let words = TextWords(text).hashes
        for width in widths where words.count >= width {
          for run in Shingles.runs(of: words, width: width) {
            if let item = runs[width]?[run] { held[run] = item }
          }
        }
      }
      return held
    }
    var counts: [UInt64: Int] = [:]
    for run in held.lazy.flatMap(\.keys) { counts[run, default: 0] += 1 }
    return held.map { held in
      held.filter { counts[$0.key, default: 0] <= common }.values.min().map { places[Int($0)] }
    }
  }
}
