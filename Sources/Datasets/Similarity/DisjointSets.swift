/// Sets that are united step by step (union by lower number, with path halving).
///
/// A set is called after the least of its members, so results do not depend on the order of unions.
struct DisjointSets: Sendable {
  private var parents: [Int32]

  /// `count` sets of one member each; at most 2³¹ − 1.
  init(count: Int) { parents = (0..<Int32(clamping: count)).map { $0 } }

  /// The least member of the set that holds `member`.
  mutating func first(of member: Int) -> Int {
    var node = member
    while Int(parents[node]) != node {
      parents[node] = parents[Int(parents[node])]
      node = Int(parents[node])
    }
    return node
  }

  /// Unites the sets of `a` and `b`.
  mutating func unite(_ a: Int, _ b: Int) {
    let (a, b) = (first(of: a), first(of: b))
    guard a != b else { return }
    parents[max(a, b)] = Int32(clamping: min(a, b))
  }

  /// For every member, the least of its set.
  mutating func firsts() -> [Int] { parents.indices.map { first(of: $0) } }
}
