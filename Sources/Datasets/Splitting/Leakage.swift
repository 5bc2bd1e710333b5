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

  /// The leaks between `parts`, of which the one to be kept clean stands first: a row is a leak where
  /// it stands in a later part than what it repeats.
  func leaks(_ parts: [Part]) throws -> [Leak] {
    let rows = parts.enumerated().flatMap { part, content in
      content.rows.indices.map { (part: part, row: $0) }
    }
    let cleaning = rows.map { place in
      CleaningRow(row: parts[place.part].rows[place.row], number: 0, format: nil)
    }
    let exact = firsts(
      try ParallelRows.map(rows.count, filler: SIMD2()) {
        ContentPrint.of(cleaning[$0].row.fields.text())
      })
    let normalised = firsts(
      try ParallelRows.map(rows.count, filler: SIMD2()) {
        ContentPrint.ofWords(cleaning[$0])
      })
    let near = try NearDuplicates(settings).firsts(count: rows.count) { cleaning[$0].text }
    return rows.indices.compactMap { index in
      let (part, row) = rows[index]
      for (kind, firsts) in [
        (Leak.Kind.exact, exact), (.normalised, normalised), (.nearDuplicate, near),
      ] where rows[firsts[index]].part != part {
        let other = rows[firsts[index]]
        return Leak(
          kind: kind, place: parts[part].rows.places[row], part: parts[part].name,
          other: parts[other.part].rows.places[other.row], otherPart: parts[other.part].name,
          fields: parts[part].rows[row].fields, row: row)
      }
      return nil
    }
  }

  private func firsts(_ prints: [SIMD2<UInt64>]) -> [Int] {
    var first: [SIMD2<UInt64>: Int] = [:]
    return prints.enumerated().map { row, print in
      if let earlier = first[print] { return earlier }
      first[print] = row
      return row
    }
  }
}
