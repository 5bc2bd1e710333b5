/// The symbols of one piece while they are merged.
///
/// Short pieces are merged by looking for the lowest rank again and again, which is fastest there;
/// long ones with a linked list and a heap of candidates, in O(n log n).
struct SymbolBuffer: Sendable {
  private static let shortLength = 48

  /// The tokens to merge, and after merging the result.
  var tokens: [Token] = []
  private var ranks: [MergeTable.Merge] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var heap: [Candidate] = []
  /// Tokens whose first pair is to be known, and those pairs.
  private var noted: Set<Int32> = []
  private var pairs: [Int32: Pair] = [:]

  /// Two tokens that become one.
  struct Pair {
    var left: Int32
    var right: Int32
  }

  private struct Candidate {
    var merge: MergeTable.Merge
    var place: Int32

    @inline(__always)
    static func < (a: Candidate, b: Candidate) -> Bool {
      let (x, y) = (a.merge >> 32, b.merge >> 32)
      return x < y || x == y && a.place < b.place
    }
  }

  /// Merges the tokens: always the pair of the lowest rank, and of equals the leftmost.
  mutating func merge(by table: MergeTable) {
    if tokens.count < 2 { return }
    if tokens.count <= Self.shortLength { mergeShort(table) } else { mergeLong(table) }
  }

  /// Merges the tokens, and gives for each of `wanted` the pair that was first seen to become it.
  mutating func merge(by table: MergeTable, noting wanted: Set<Int32>) -> [Int32: Pair] {
    noted = wanted
    pairs = [:]
    if tokens.count > 1 { mergeLong(table) }
    noted = []
    return pairs
  }

  private mutating func mergeShort(_ table: MergeTable) {
    ranks.removeAll(keepingCapacity: true)
    for index in 1..<tokens.count { ranks.append(table[tokens[index - 1].id, tokens[index].id]) }
    while true {
      var best = MergeTable.none
      var place = -1
      for index in ranks.indices where ranks[index] >> 32 < best >> 32 {
        best = ranks[index]
        place = index
      }
      if place < 0 { return }
      tokens[place].id = MergeTable.token(of: best)
      tokens[place].length += tokens[place + 1].length
      tokens.remove(at: place + 1)
      ranks.remove(at: place)
      if place > 0 { ranks[place - 1] = table[tokens[place - 1].id, tokens[place].id] }
      if place < ranks.count { ranks[place] = table[tokens[place].id, tokens[place + 1].id] }
    }
  }

  private mutating func mergeLong(_ table: MergeTable) {
    let count = Int32(truncatingIfNeeded: tokens.count)
    next = Array(1...count)
    previous = Array(-1..<count - 1)
    heap.removeAll(keepingCapacity: true)
    for place in 0..<count - 1 { consider(place, table) }
    while let top = pop() {
      let left = Int(top.place)
      // A candidate may be out of date: its left symbol gone or its pair no longer there.
      guard tokens[left].length >= 0, next[left] < count else { continue }
      let right = Int(next[left])
      guard table[tokens[left].id, tokens[right].id] == top.merge else { continue }
      tokens[left].id = MergeTable.token(of: top.merge)
      tokens[left].length += tokens[right].length
      tokens[right].length = -1
      next[left] = next[right]
      if next[right] < count { previous[Int(next[right])] = top.place }
      if previous[left] >= 0 { consider(previous[left], table) }
      if next[left] < count { consider(top.place, table) }
    }
    tokens.removeAll { $0.length < 0 }
  }

  private mutating func consider(_ place: Int32, _ table: MergeTable) {
    let pair = Pair(left: tokens[Int(place)].id, right: tokens[Int(next[Int(place)])].id)
    let merge = table[pair.left, pair.right]
    guard merge != MergeTable.none else { return }
    if !noted.isEmpty { note(pair, MergeTable.token(of: merge)) }
    heap.append(Candidate(merge: merge, place: place))
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func note(_ pair: Pair, _ token: Int32) {
    if noted.contains(token), pairs[token] == nil { pairs[token] = pair }
  }

  private mutating func pop() -> Candidate? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return top }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= heap.count { return top }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[parent] else { return top }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
