internal import AnnealFiles
internal import OrderedCollections

/// Rows that must not part: of one source, of the same content, or nearly the same.
enum SplitGroups {
  /// For each row the key of its group: it depends on what the group holds, and not on places.
  ///
  /// - Parameters:
  ///   - field: a field whose equal values stay together.
  ///   - clusters: for each row the first of its near-duplicates.
  /// - Throws: `AnnealError` for a row that lacks the field.
  static func keys(
    _ rows: Dataset<Row>, field: String?, clusters: [Int]? = nil
  ) throws -> [UInt64] {
    let own = try field.map { field in
      try rows.map { Fingerprint.of(try value(of: field, in: $0).text()) }.elements
    }
    guard own != nil || clusters != nil else { return rows.fingerprints }
    var sets = DisjointSets(count: rows.count)
    for keys in [rows.fingerprints, own].compactMap({ $0 }) {
      var first: [UInt64: Int] = [:]
      for (row, key) in keys.enumerated() {
        if let earlier = first[key] { sets.unite(earlier, row) } else { first[key] = row }
      }
    }
    for (row, first) in (clusters ?? []).enumerated() { sets.unite(row, first) }
    let firsts = sets.firsts()
    var least: [Int: UInt64] = [:]
    for (row, first) in firsts.enumerated() {
      let key = (own ?? rows.fingerprints)[row]
      least[first] = min(least[first] ?? key, key)
    }
    return firsts.map { least[$0] ?? 0 }
  }

  /// The value of `field`, which a row must have.
  static func value(of field: String, in row: Row) throws -> JSON {
    guard let value = row.fields[field] else {
      let known = row.fields.object.map { Array($0.keys) } ?? []
      let hint = nearest(to: field, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .data, "the row has no field '\(field)' to split by\(hint)", at: row.place(field))
    }
    return value
  }

  /// The times that `field` says in `rows`, in seconds or the unit of its numbers: all numbers or all
  /// dates of ISO 8601, as the first row has it.
  ///
  /// - Throws: `AnnealError` for a row that has neither, or not what the first has: a number among
  ///   dates would be a time of another clock.
  static func times(of field: String, in rows: Dataset<Row>) throws -> [Double] {
    guard let first = rows.first else { return [] }
    let isNumbers = try readings(of: field, in: first).number != nil
    return try rows.elements.map { row -> Double in
      let (number, date) = try readings(of: field, in: row)
      guard let time = isNumbers ? number : date else {
        let (found, other) = isNumbers ? ("a date", "a number") : ("a number", "a date")
        let values = try [row, first].map { try shown(value(of: field, in: $0)) }
        throw AnnealError(
          .data,
          "'\(field)' is \(found), \(values[0]); in the first row, \(first.place()), it is "
            + "\(other), \(values[1])", at: row.place(field),
          remedy: "Write the times of all rows as dates, or all as numbers of one unit.")
      }
      return time
    }
  }

  /// The number and the date that `field` says: one of them, or both, as `20240517` does.
  private static func readings(
    of field: String, in row: Row
  ) throws -> (number: Double?, date: Double?) {
    let value = try value(of: field, in: row)
    let expected = "a number, or a date such as 2024-05-17 or 2024-05-17T09:30:00Z"
    guard let text = value.string else {
      guard let number = value.number, number.isFinite else {
        throw row.mismatch(field, value, expected: expected)
      }
      return (number, nil)
    }
    let number = Double(text).flatMap { $0.isFinite ? $0 : nil }
    let date = DateText.seconds(text)
    guard number != nil || date != nil else {
      let fault = DateText.fault(in: text).map { ", \($0)" } ?? ""
      throw AnnealError(
        .data, "'\(field)' is \(shown(value))\(fault); expected \(expected)", at: row.place(field))
    }
    return (number, date)
  }

  private static func shown(_ value: JSON) -> String {
    value.string.map(CleaningRow.cut) ?? value.text()
  }
}
