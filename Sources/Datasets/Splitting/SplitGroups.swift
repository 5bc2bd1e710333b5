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
    if let number = value.number { return number }
    if let text = value.string, let time = number(text) ?? date(text) { return time }
    throw row.mismatch(
      field, value, expected: "a number, or a date such as 2024-05-17 or 2024-05-17T09:30:00Z")
  }

  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Seconds since 1970 of `YYYY-MM-DD`, with `hh:mm:ss` and an offset behind it or without.
  private static func date(_ text: String) -> Double? {
    let parts = text.split { $0 == "T" || $0 == " " }
    guard let day = parts.first, parts.count <= 2 else { return nil }
    let numbers = day.split(separator: "-").map { Int($0) }
    guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let date = numbers[2],
      (0...9999).contains(year), (1...12).contains(month), (1...31).contains(date)
    else { return nil }
    // Days since 1970 by shifted months (Hinnant's civil calendar).
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1
    let days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    guard parts.count == 2 else { return Double(days) * 86_400 }
    return clock(parts[1]).map { Double(days) * 86_400 + $0 }
  }

  private static func clock(_ text: Substring) -> Double? {
    var time = text
    var offset = 0.0
    if time.hasSuffix("Z") {
      time = time.dropLast()
    } else if let sign = time.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let digits = time[time.index(after: sign)...].filter { $0 != ":" }
      guard digits.count == 4, let number = Int(digits) else { return nil }
      offset = Double(number / 100 * 3600 + number % 100 * 60) * (time[sign] == "+" ? 1 : -1)
      time = time[..<sign]
    }
    let parts = time.split(separator: ":").map { Double($0) }
    guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1] else {
      return nil
    }
    guard let second = parts.count == 3 ? parts[2] : 0 else { return nil }
    return hour * 3600 + minute * 60 + second - offset
  }
}
