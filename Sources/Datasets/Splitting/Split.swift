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
  /// Groups are taken in an order drawn from the seed and their own key until a share is full. Where
  /// there are at least as many groups as parts, each share above 0 and the rest get one.
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
    // Where each group ends in that order.
    let ends = order.indices.filter { place in
      place + 1 == order.count || groups[order[place]] != groups[order[place + 1]]
    }.map { $0 + 1 }
    // Parts that come later get a group too, while there are enough.
    var owed = counts.count { $0 > 0 }
    let isEnough = ends.count > owed
    var parts: [[Int]] = []
    var (taken, group) = (0, 0)
    for wanted in counts {
      let start = taken
      if wanted > 0 { owed -= 1 }
      // One group at least stays for the rest.
      let reserve = isEnough ? owed + 1 : 1
      while taken - start < wanted, group + reserve < ends.count {
        // A group that would overfill the part by more than it leaves empty is left out.
        let excess = ends[group] - start - wanted
        if taken > start, excess > wanted - (taken - start) { break }
        taken = ends[group]
        group += 1
      }
      parts.append(order[start..<taken].sorted())
    }
    parts.append(order[taken...].sorted())
    return parts
  }
}
