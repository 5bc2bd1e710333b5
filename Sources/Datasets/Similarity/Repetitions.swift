internal import AnnealFiles

/// For each row, the first row that says the same, in three degrees: the same fields, the same words,
/// nearly the same words.
struct Repetitions: Sendable {
  /// Leak kinds from the strongest to the weakest, each with the number of every row's first.
  let degrees: [(kind: Leak.Kind, firsts: [Int])]

  /// The repetitions among `count` rows.
  ///
  /// - Parameter row: the row of a number; called by several threads.
  init(
    count: Int, near: NearDuplicates.Settings,
    row: @escaping @Sendable (Int) throws -> CleaningRow
  ) throws {
    let exact = try ParallelRows.map(count, filler: SIMD2()) {
      ContentPrint.of(try row($0).row.fields.text())
    }
    let words = try ParallelRows.map(count, filler: SIMD2()) { ContentPrint.ofWords(try row($0)) }
    degrees = [
      (.exact, Self.firsts(exact)), (.normalised, Self.firsts(words)),
      (.nearDuplicate, try NearDuplicates(near).firsts(count: count) { try row($0).text }),
    ]
  }

  private static func firsts(_ prints: [SIMD2<UInt64>]) -> [Int] {
    var first: [SIMD2<UInt64>: Int] = [:]
    return prints.enumerated().map { row, print in
      if let earlier = first[print] { return earlier }
      first[print] = row
      return row
    }
  }

  /// For each row, the strongest kind in which it says what an earlier row of another part says, and
  /// that row; nil for rows that no part shares.
  func shared(_ part: (Int) -> Int) -> [(kind: Leak.Kind, other: Int)?] {
    (degrees.first?.firsts ?? []).indices.map { row in
      degrees.lazy.map { (kind: $0.kind, other: $0.firsts[row]) }
        .first { part($0.other) != part(row) }
    }
  }

  /// For each row, the strongest kind in which it says what an earlier row of its own part says, and
  /// that row.
  func repeated(_ part: (Int) -> Int) -> [(kind: Leak.Kind, other: Int)?] {
    let count = degrees.first?.firsts.count ?? 0
    var found: [(kind: Leak.Kind, other: Int)?] = Array(repeating: nil, count: count)
    for (kind, firsts) in degrees {
      var own: [SIMD2<Int>: Int] = [:]
      for (row, first) in firsts.enumerated() {
        let key = SIMD2(first, part(row))
        if let earlier = own[key] {
          if found[row] == nil { found[row] = (kind, earlier) }
        } else {
          own[key] = row
        }
      }
    }
    return found
  }

  /// For each row, the first of all rows that it is linked with in any degree.
  var clusters: [Int] {
    var sets = DisjointSets(count: degrees.first?.firsts.count ?? 0)
    for degree in degrees {
      for (row, first) in degree.firsts.enumerated() { sets.unite(row, first) }
    }
    return sets.firsts()
  }
}
