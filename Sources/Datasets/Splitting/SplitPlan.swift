/// Which rows go where: by share, with groups kept whole, evenly over classes, or by time.
struct SplitPlan: Sendable {
  /// How rows are chosen.
  enum Choice: Sendable {
    /// Exactly the shares, as nearly as groups allow; adding rows moves few others.
    case exact
    /// By each group's own number: about the shares, and adding rows moves no other.
    case stable
    /// Exactly the shares of each class; to each row the class it is of.
    case stratified([String])
    /// The latest rows are held out; to each row its time.
    case byTime([Double])
  }

  /// The share of each part that is held out, the rest being the last part.
  var shares: [Double]
  /// For each row the key of its group.
  var groups: [UInt64]
  /// Another seed gives another split.
  var seed: UInt64

  /// The rows of each share and, last, the rest; each in rising order.
  func parts(_ choice: Choice) -> [[Int]] {
    switch choice {
    case .exact: Splitting.parts(shares, groups: groups, seed: seed)
    case .stable: stable
    case .stratified(let classes): stratified(classes)
    case .byTime(let times): byTime(times)
    }
  }

  /// The parts, exactly by share where `choice` would leave one empty and there are groups for all.
  ///
  /// `isExact` says that it was so. Times are kept to all the same.
  func filledParts(_ choice: Choice) -> (parts: [[Int]], isExact: Bool) {
    let parts = parts(choice)
    switch choice {
    case .exact, .byTime: return (parts, false)
    case .stable, .stratified: break
    }
    let wanted = shares.count { $0 > 0 } + 1
    let isEmpty = zip(parts, shares + [1]).contains { $0.isEmpty && $1 > 0 }
    guard isEmpty, Set(groups).count >= wanted else { return (parts, false) }
    return (self.parts(.exact), true)
  }

  private var stable: [[Int]] {
    var parts = [[Int]](repeating: [], count: shares.count + 1)
    for (row, group) in groups.enumerated() {
      var numbers = SeededNumbers(seed, group)
      var left = Double(numbers.next() >> 11) / Double(1 << 53)
      let part = shares.firstIndex { share in
        defer { left -= share }
        return left < share
      }
      parts[part ?? shares.count].append(row)
    }
    return parts
  }

  /// Each class is split by itself; a group is of the class that most of its rows have.
  private func stratified(_ classes: [String]) -> [[Int]] {
    var votes: [UInt64: [String: Int]] = [:]
    for (group, name) in zip(groups, classes) { votes[group, default: [:]][name, default: 0] += 1 }
    var strata: [String: [Int]] = [:]
    for (row, group) in groups.enumerated() {
      let most = votes[group]?.max { ($0.value, $1.key) < ($1.value, $0.key) }
      strata[most?.key ?? "", default: []].append(row)
    }
    var parts = [[Int]](repeating: [], count: shares.count + 1)
    for (name, rows) in strata {
      // What a class is owed beyond whole rows is drawn, so that many small ones add up to the share.
      var numbers = SeededNumbers(seed, Fingerprint.of(name))
      let owed = shares.map { share -> Int in
        let chance = Double(numbers.next() >> 11) / Double(1 << 53)
        return Int(Double(rows.count) * share + chance)
      }
      let found = Splitting.parts(counts: owed, groups: rows.map { groups[$0] }, seed: seed)
      for (part, places) in found.enumerated() { parts[part] += places.map { rows[$0] } }
    }
    return parts.map { $0.sorted() }
  }

  /// The last share of all holds the latest rows, the one before it the rows before those.
  private func byTime(_ times: [Double]) -> [[Int]] {
    var latest: [UInt64: Double] = [:]
    for (group, time) in zip(groups, times) { latest[group] = max(latest[group] ?? time, time) }
    let order = groups.indices.sorted {
      (latest[groups[$0]] ?? 0, groups[$0], $0) < (latest[groups[$1]] ?? 0, groups[$1], $1)
    }
    // Rows of one group, and of one time, stay on one side: parts begin where a time does.
    let starts = order.indices.filter {
      $0 == 0 || latest[groups[order[$0]]] != latest[groups[order[$0 - 1]]]
    }
    var parts = [[Int]](repeating: [], count: shares.count + 1)
    var end = order.count
    for (part, share) in shares.enumerated().reversed() where share > 0 {
      let wanted = max(1, Int((Double(groups.count) * share).rounded()))
      let start = Self.start(among: starts, end: end, wanted: wanted)
      parts[part] = order[start..<end].sorted()
      end = start
    }
    parts[shares.count] = order[..<end].sorted()
    return parts
  }

  /// Where the last `wanted` rows before `end` begin, or fewer.
  ///
  /// The first of `starts` is left for the rest. Of a time with more rows, all are taken unless they
  /// are most of what is there.
  private static func start(among starts: [Int], end: Int, wanted: Int) -> Int {
    if let start = starts.first(where: { $0 >= max(1, end - wanted) && $0 < end }) { return start }
    guard let last = starts.last(where: { $0 < end }), last > 0, (end - last) * 2 <= end else {
      return end
    }
    return last
  }
}
