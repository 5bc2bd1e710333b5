public import AnnealFiles
public import AnnealText

/// Rows for OpenAI's fine-tuning API, checked by its rules.
public struct TuningFile: Sendable {
  /// The fewest rows that the API takes.
  public static let fewestRows = 10
  /// The longest file that the API takes, bytes.
  public static let mostBytes = 512_000_000

  /// How tokens are counted.
  public enum Counting: Sendable {
    /// A token for every four bytes of text.
    case estimate
    /// By a tokenizer.
    case exactly(Tokenizer)

    func tokens(_ text: String) -> Int {
      switch self {
      case .estimate: (text.utf8.count + 3) / 4
      case .exactly(let tokenizer): tokenizer.encode(text, addSpecialTokens: false).count
      }
    }
  }

  /// What is learned from the rows.
  public let method: TuningMethod
  /// The rows.
  public let rows: [TuningRow]
  /// Where each came from.
  public let places: [AnnealError.Place]
  /// The tokens of each, as the API counts them, as near as that can be known.
  public let tokens: [Int]
  /// Rows that say what an earlier one says, by their indices.
  public let duplicates: [(row: Int, of: Int)]
  /// The longest row that the model learns as a whole, tokens.
  public let maximumTokens: Int

  /// The rows of `sources`; those that cannot be used go to `bad`.
  ///
  /// - Throws: `AnnealError` with file and line when `bad` says so.
  public init(
    _ sources: [RowSource], method: TuningMethod, counting: Counting = .estimate,
    maximumTokens: Int = 65_536, bad: BadRows = BadRows(.stop)
  ) throws {
    var (rows, places): ([TuningRow], [AnnealError.Place]) = ([], [])
    for source in sources {
      let records = try Dataset<Record>(source, bad: bad)
      for (record, place) in zip(records, records.places) {
        do {
          rows.append(try TuningRow(record, method: method))
          places.append(place)
        } catch var error as AnnealError {
          error.place = place
          try bad.take(BadRow(error, content: .string("\(place)")))
        }
      }
    }
    (self.rows, self.places, self.method) = (rows, places, method)
    // A message costs three tokens beside its text, and an answer's beginning three more.
    tokens = rows.map { row in
      row.texts.reduce(3 + 4 * row.messageCount) { $0 + counting.tokens($1) }
    }
    duplicates = Self.duplicates(rows)
    self.maximumTokens = maximumTokens
  }

  private static func duplicates(_ rows: [TuningRow]) -> [(row: Int, of: Int)] {
    var first: [TuningRow: Int] = [:]
    return rows.enumerated().compactMap { index, row in
      if let earlier = first[row] { return (index, earlier) }
      first[row] = index
      return nil
    }
  }

  /// Rows longer than the model learns as a whole.
  public var longRows: [Int] { tokens.indices.filter { tokens[$0] > maximumTokens } }

  /// Refuses a file that the API would refuse as a whole.
  public func check() throws {
    guard rows.count >= Self.fewestRows else {
      throw AnnealError(
        .data,
        "there are \(rows.count) rows that can be used; the API takes \(Self.fewestRows) "
          + "or more", at: places.first.map { .init(file: $0.file) },
        remedy: "Some fifty good rows are where an effect begins to show.")
    }
    let bytes = rows.reduce(0) { $0 + $1.json.text().utf8.count + 1 }
    guard bytes <= Self.mostBytes else {
      throw AnnealError(
        .data, "the rows have \(bytes) bytes; the API takes files of up to \(Self.mostBytes)",
        remedy: "Leave some out.")
    }
  }

  /// Writes the rows to `path`, a line each.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { file in
      for row in rows { try file.write(row.json.text(.spaced) + "\n") }
    }
  }

  /// What a reader of a report wants to know.
  public var json: JSON {
    [
      "method": .string(method.rawValue), "rows": .integer(rows.count),
      "tokens": .integer(tokens.reduce(0, +)), "longest_tokens": .integer(tokens.max() ?? 0),
      "duplicates": .array(
        duplicates.map { pair in
          [.string("\(places[pair.row])"), .string("\(places[pair.of])")]
        }), "too_long": .array(longRows.map { .string("\(places[$0])") }),
    ]
  }
}
