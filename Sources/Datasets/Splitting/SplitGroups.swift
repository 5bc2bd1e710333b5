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

  /// The time that `field` says, in seconds or the unit of its numbers: a number, or a date of
  /// ISO 8601.
  static func time(of field: String, in row: Row) throws -> Double {
    let value = try value(of: field, in: row)
    if let number = value.number, number.isFinite { return number }
    if let text = value.string, let time = number(text) ?? DateText.seconds(text) { return time }
    throw row.mismatch(
      field, value, expected: "a number, or a date such as 2024-05-17 or 2024-05-17T09:30:00Z")
  }

  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
