public import AnnealFiles
public import OrderedCollections

/// What changed between two versions of a set: rows added, removed and changed, labels and lengths.
public struct DatasetDifference: Sendable {
  /// How rows of both versions are matched.
  public enum Key: Sendable, Hashable {
    /// By the value of a field, which tells rows apart in both.
    case field(String)
    /// By what they say: equal rows first, then rows of one prompt, then rows that are nearly the same.
    case content
  }

  /// A row of one version.
  public struct Entry: Sendable {
    /// Where it stands.
    public let place: AnnealError.Place
    /// Its fields.
    public let fields: JSON
  }

  /// A row that stands in both versions, differently.
  public struct Change: Sendable {
    /// How it was.
    public let before: Entry
    /// How it is.
    public let after: Entry

    /// The fields that differ, with their values before and after; nil where there is none.
    public var fields: [(name: String, before: JSON?, after: JSON?)] {
      let names = OrderedSet(
        (before.fields.members + after.fields.members).map(\.key))
      return names.compactMap { name in
        let (old, new) = (before.fields[name], after.fields[name])
        return old == new ? nil : (name, old, new)
      }
    }
  }

  /// What a version is as a whole.
  public struct Version: Sendable {
    /// Its rows.
    public internal(set) var rows = 0
    /// Rows by label.
    public internal(set) var labels: [String: Int] = [:]
    /// Words of a row.
    public internal(set) var words = Histogram()
    /// Words of all rows.
    public internal(set) var allWords = 0
    /// The names of its fields.
    public internal(set) var fields: OrderedSet<String> = []

    /// Words of a row in the mean.
    public var meanWords: Double { rows > 0 ? Double(allWords) / Double(rows) : 0 }
  }

  /// How rows were matched.
  public let key: Key
  /// The versions as they are as a whole.
  public private(set) var before = Version()
  /// The later one.
  public private(set) var after = Version()
  /// Rows that stand in both, equally.
  public private(set) var equal = 0
  /// Rows that only the later version has.
  public private(set) var added: [Entry] = []
  /// Rows that only the earlier version has.
  public private(set) var removed: [Entry] = []
  /// Rows that differ.
  public private(set) var changed: [Change] = []

  /// Compares the rows of `old` with those of `new`; rows that cannot be used go to `bad`.
  ///
  /// - Parameters:
  ///   - field: the field that tells rows apart; nil for `id` where both have it and it does, and else
  ///     for what rows say.
  ///   - folder: where rows are held while they are looked at; nothing is left there.
  /// - Throws: `AnnealError` when a file cannot be read, or a row lacks the field or shares its value.
  public init(
    _ old: [RowSource], _ new: [RowSource], by field: String? = nil, in folder: String,
    bad: BadRows
  ) throws {
    let (old, new) = (
      try RowSpool.reading(old, in: folder, bad: bad),
      try RowSpool.reading(new, in: folder, bad: bad)
    )
    let keys: (old: [String], new: [String])?
    if let field {
      keys = (try Self.keys(old, field), try Self.keys(new, field))
      key = .field(field)
    } else if let first = try? Self.keys(old, "id"), let second = try? Self.keys(new, "id") {
      keys = (first, second)
      key = .field("id")
    } else {
      keys = nil
      key = .content
    }
    before = try Self.version(old)
    after = try Self.version(new)
    let pairs =
      if let keys { Self.matched(keys.old, keys.new) } else { try Self.matched(old, new) }
    try tell(pairs, old, new)
  }

  /// The values of `field`, which every row must have, each its own.
  private static func keys(_ rows: RowSpool, _ field: String) throws -> [String] {
    var seen: [String: Int] = [:]
    return try (0..<rows.count).map { index in
      let row = try rows.row(index).row
      let key = try SplitGroups.value(of: field, in: row).text()
      if let earlier = seen[key] {
        throw AnnealError(
          .data, "the value \(key) of '\(field)' is also that of \(rows.place(earlier))",
          at: row.place(field), remedy: "Name a field whose values tell rows apart, or none.")
      }
      seen[key] = index
      return key
    }
  }

  /// The number in `new` of each row of `old`; nil for rows that have no match.
  private static func matched(_ old: [String], _ new: [String]) -> [Int?] {
    let places = Dictionary(uniqueKeysWithValues: new.enumerated().map { ($0.element, $0.offset) })
    return old.map { places[$0] }
  }

  /// As above, by what the rows say.
  private static func matched(_ old: RowSpool, _ new: RowSpool) throws -> [Int?] {
    var matches = Matches(old: old.count, new: new.count)
    matches.pair(
      try prints(old) { ContentPrint.of($0.row.fields.text()) },
      try prints(new) { ContentPrint.of($0.row.fields.text()) })
    let prompt: @Sendable (CleaningRow) -> SIMD2<UInt64>? = { row in
      row.exchange.map { ContentPrint.of($0.prompt) }
    }
    matches.pair(try prints(old, prompt), try prints(new, prompt))
    let (lost, found) = (matches.lost, matches.found)
    // An edit of a few words leaves most shingles as they were.
    let firsts = try NearDuplicates(.init(threshold: 0.5, leastWords: 4)).firsts(
      count: lost.count + found.count
    ) { index in
      index < lost.count
        ? try old.row(lost[index]).text : try new.row(found[index - lost.count]).text
    }
    var prints = (
      old: [SIMD2<UInt64>?](repeating: nil, count: old.count),
      new: [SIMD2<UInt64>?](repeating: nil, count: new.count)
    )
    for (index, first) in firsts.enumerated() {
      let print = SIMD2(UInt64(first), 0)
      if index < lost.count {
        prints.old[lost[index]] = print
      } else {
        prints.new[found[index - lost.count]] = print
      }
    }
    matches.pair(prints.old, prints.new)
    return matches.partners
  }

  private static func prints(
    _ rows: RowSpool, _ body: @Sendable (CleaningRow) -> SIMD2<UInt64>?
  ) throws -> [SIMD2<UInt64>?] {
    try ParallelRows.map(rows.count, filler: nil) { body(try rows.row($0)) }
  }

  private static func version(_ rows: RowSpool) throws -> Version {
    let facts = try ParallelRows.map(rows.count, filler: (words: 0, label: String?.none)) { index in
      let row = try rows.row(index)
      return (words: TextWords(row.text).hashes.count, label: row.label)
    }
    var version = Version()
    for (index, fact) in facts.enumerated() {
      version.rows += 1
      version.words.add(fact.words)
      version.allWords += fact.words
      if let label = fact.label { version.labels[label, default: 0] += 1 }
      version.fields.formUnion(try rows.fields(index).members.map(\.key))
    }
    return version
  }

  private mutating func tell(_ partners: [Int?], _ old: RowSpool, _ new: RowSpool) throws {
    var isFound = [Bool](repeating: false, count: new.count)
    for (row, partner) in partners.enumerated() {
      let before = Entry(place: old.place(row), fields: try old.fields(row))
      guard let partner else {
        removed.append(before)
        continue
      }
      isFound[partner] = true
      let after = Entry(place: new.place(partner), fields: try new.fields(partner))
      if before.fields == after.fields {
        equal += 1
      } else {
        changed.append(Change(before: before, after: after))
      }
    }
    for row in isFound.indices where !isFound[row] {
      added.append(Entry(place: new.place(row), fields: try new.fields(row)))
    }
  }
}

/// Rows of two versions that are paired step by step, each with one of the other at most.
private struct Matches {
  /// For each old row the new one; nil while there is none.
  private(set) var partners: [Int?]
  private var isTaken: [Bool]

  init(old: Int, new: Int) {
    partners = Array(repeating: nil, count: old)
    isTaken = Array(repeating: false, count: new)
  }

  /// Old rows without a partner.
  var lost: [Int] { partners.indices.filter { partners[$0] == nil } }
  /// New rows without a partner.
  var found: [Int] { isTaken.indices.filter { !isTaken[$0] } }

  /// Pairs rows of equal prints, in their order.
  mutating func pair(_ old: [SIMD2<UInt64>?], _ new: [SIMD2<UInt64>?]) {
    var free: [SIMD2<UInt64>: [Int]] = [:]
    for row in found.reversed() {
      if let print = new[row] { free[print, default: []].append(row) }
    }
    for row in lost {
      guard let print = old[row], let partner = free[print]?.popLast() else { continue }
      partners[row] = partner
      isTaken[partner] = true
    }
  }
}
