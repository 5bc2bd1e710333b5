extension Dataset {
  /// Rows for training and rows to validate with.
  ///
  /// A pure function of the rows' contents and the seed, so that adding rows moves few others across.
  /// Rows that say the same stay together: nothing validated on was trained on. Both sides keep the
  /// file's order, and have a row at least when there are two that differ.
  ///
  /// - Parameters:
  ///   - validation: the share of rows to validate with, 0…1.
  ///   - seed: another seed gives another split.
  public func split(
    validation: Double, seed: UInt64
  ) -> (train: Dataset, validation: Dataset) {
    let parts = Splitting.parts([validation], groups: fingerprints, seed: seed)
    return (selecting(parts[1]), selecting(parts[0]))
  }
}

/// Splitting rows by share, keeping groups whole.
enum Splitting {
  /// The rows of each share and, last, the rest; each in rising order.
  ///
  /// Groups are taken in an order drawn from the seed and their own key until a share is full; a
  /// share above 0 gets one group at least, while one is left for the rest.
  static func parts(_ shares: [Double], groups: [UInt64], seed: UInt64) -> [[Int]] {
    let counts = shares.map { share in
      share > 0 ? max(1, Int((Double(groups.count) * min(share, 1)).rounded())) : 0
    }
    return parts(counts: counts, groups: groups, seed: seed)
  }

  /// So many rows of each part, as nearly as groups allow, and, last, the rest.
  static func parts(counts: [Int], groups: [UInt64], seed: UInt64) -> [[Int]] {
    // Rows sorted by group: a few bytes a row, however many groups there are.
    let ranks = groups.map { group -> UInt64 in
      var numbers = SeededNumbers(seed, group)
      return numbers.next()
    }
    let order = groups.indices.sorted {
      (ranks[$0], groups[$0], $0) < (ranks[$1], groups[$1], $1)
    }
    var parts: [[Int]] = []
    var taken = 0
    for wanted in counts {
      let start = taken
      while taken - start < wanted {
        let group = order[taken...].prefix { groups[$0] == groups[order[taken]] }
        // One group at least stays for the rest.
        guard group.endIndex < order.count else { break }
        // A group that would overfill the part by more than it leaves empty is left out.
        let excess = group.endIndex - start - wanted
        if taken > start, excess > wanted - (taken - start) { break }
        taken = group.endIndex
      }
      parts.append(order[start..<taken].sorted())
    }
    parts.append(order[taken...].sorted())
    return parts
  }
}
