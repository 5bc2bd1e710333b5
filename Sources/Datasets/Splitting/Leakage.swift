public import AnnealFiles

/// A row that is in one part, and says what a row of another part or of a benchmark says.
public struct Leak: Sendable {
  /// How alike both are.
  public enum Kind: String, Sendable, CaseIterable {
    /// The same fields.
    case exact
    /// The same words.
    case normalised
    /// Nearly the same words.
    case nearDuplicate = "near-duplicate"
    /// A run of words of a benchmark.
    case benchmark
  }

  /// How alike both are.
  public let kind: Kind
  /// The row.
  public let place: AnnealError.Place
  /// The part it is in.
  public let part: String
  /// What it repeats.
  public let other: AnnealError.Place
  /// The part that is in; nil for a benchmark.
  public let otherPart: String?
  /// What the row says.
  let fields: JSON
  /// Its number in the part.
  let row: Int

  /// The leak as a line of a side file.
  var json: JSON {
    [
      "kind": .string(kind.rawValue), "at": .string(place.description), "part": .string(part),
      "repeats": .string(other.description), "of": .string(otherPart ?? "benchmark"),
      "row": fields,
    ]
  }
}

/// What is done about leaks.
public enum LeakPolicy: String, Sendable, CaseIterable {
  /// They are told.
  case report
  /// The rows are left out of the part that is learned from more.
  case drop
  /// The work ends.
  case stop
}

/// Looks for rows that parts share.
struct LeakageCheck: Sendable {
  /// A part with its name.
  typealias Part = (name: String, rows: Dataset<Row>)

  let settings: NearDuplicates.Settings
  /// By file, the format that says what the fields of its rows mean.
  var formats: [String: any DatasetFormat.Type] = [:]

  /// The leaks between `parts`, of which the one to be kept clean stands first: a row is a leak where
  /// it stands in a later part than what it repeats.
  func leaks(_ parts: [Part]) throws -> [Leak] {
    let rows = parts.enumerated().flatMap { part, content in
      content.rows.indices.map { (part: part, row: $0) }
    }
    let cleaning = rows.map { place in
      let row = parts[place.part].rows[place.row]
      return CleaningRow(row: row, number: 0, format: formats[row.file])
    }
    let repetitions = try Repetitions(count: rows.count, near: settings) { cleaning[$0] }
    let shared = repetitions.shared { rows[$0].part }
    return rows.indices.compactMap { index in
      guard let found = shared[index] else { return nil }
      let (place, other) = (rows[index], rows[found.other])
      let (part, otherPart) = (parts[place.part], parts[other.part])
      return Leak(
        kind: found.kind, place: part.rows.places[place.row], part: part.name,
        other: otherPart.rows.places[other.row], otherPart: otherPart.name,
        fields: part.rows[place.row].fields, row: place.row)
    }
  }
}
