/// Learns merges from words and their counts: again and again the most frequent pair.
///
/// The queue holds each pair once for every time that it came up, with the words where it did, and
/// counts that are out of date are put right when they are met.
struct MergeLearner {
  struct Pair: Hashable {
    var left: Int32
    var right: Int32
  }

  private struct Candidate {
    var pair: Pair
    var count: Int
    /// The words in which the pair came up, in ascending order.
    var words: [Int32]
  }

  /// The bytes of each token.
  private(set) var tokens: [[UInt8]]
  private(set) var merges: [Pair] = []
  private let ties: BPETrainer.Ties
  private let minimumFrequency: Int
  private var words: [[Int32]] = []
  private var wordCounts: [Int] = []
  private var ids: ByteTable
  private var counts: [Pair: Int] = [:]
  private var queue: [Candidate] = []

  init(tokens: [[UInt8]], ties: BPETrainer.Ties, minimumFrequency: Int) {
    self.tokens = tokens
    self.ties = ties
    self.minimumFrequency = minimumFrequency
    ids = ByteTable(capacity: tokens.count)
    // The last 256 are the bytes; special tokens never come up as words.
    for (id, token) in tokens.enumerated().suffix(256) {
      token.withUnsafeBufferPointer { ids.set($0, Int32(id)) }
    }
  }

  mutating func add(_ word: [Int32], count: Int) {
    words.append(word)
    wordCounts.append(count)
  }

  /// Merges until there are `size` tokens or no pair is frequent enough.
  mutating func learn(size: Int) {
    countAll()
    while tokens.count < size, let top = pop() {
      let count = counts[top.pair] ?? 0
      if count != top.count {
        if count > 0 { push(Candidate(pair: top.pair, count: count, words: top.words)) }
        continue
      }
      if count < minimumFrequency { break }
      merge(top)
    }
  }

  private mutating func countAll() {
    var places: [Pair: [Int32]] = [:]
    for (index, word) in words.enumerated() {
      for (left, right) in zip(word, word.dropFirst()) {
        note(Pair(left: left, right: right), Int32(truncatingIfNeeded: index), &places)
        counts[Pair(left: left, right: right), default: 0] += wordCounts[index]
      }
    }
    enqueue(places)
  }

  private func note(_ pair: Pair, _ word: Int32, _ places: inout [Pair: [Int32]]) {
    if places[pair]?.last != word { places[pair, default: []].append(word) }
  }

  private mutating func enqueue(_ places: [Pair: [Int32]]) {
    for (pair, words) in places {
      if let count = counts[pair], count > 0 {
        push(Candidate(pair: pair, count: count, words: words))
      }
    }
  }

  private mutating func merge(_ top: Candidate) {
    let bytes = tokens[Int(top.pair.left)] + tokens[Int(top.pair.right)]
    let id = ids[bytes] ?? Int32(truncatingIfNeeded: tokens.count)
    if Int(id) == tokens.count {
      tokens.append(bytes)
      bytes.withUnsafeBufferPointer { ids.set($0, id) }
    }
    merges.append(top.pair)
    var places: [Pair: [Int32]] = [:]
    for word in top.words { merge(top.pair, into: id, word, &places) }
    enqueue(places)
  }

  /// Merges a pair in one word, from left to right, and keeps the counts right.
  private mutating func merge(
    _ pair: Pair, into id: Int32, _ number: Int32, _ places: inout [Pair: [Int32]]
  ) {
    let count = wordCounts[Int(number)]
    var word = words[Int(number)]
    words[Int(number)] = []
    var kept = 0
    var index = 0
    while index < word.count {
      guard index + 1 < word.count, word[index] == pair.left, word[index + 1] == pair.right else {
        word[kept] = word[index]
        kept += 1
        index += 1
        continue
      }
      if kept > 0 {
        counts[Pair(left: word[kept - 1], right: pair.left), default: 0] -= count
        counts[Pair(left: word[kept - 1], right: id), default: 0] += count
        note(Pair(left: word[kept - 1], right: id), number, &places)
      }
      if index + 2 < word.count {
        counts[Pair(left: pair.right, right: word[index + 2]), default: 0] -= count
        counts[Pair(left: id, right: word[index + 2]), default: 0] += count
        note(Pair(left: id, right: word[index + 2]), number, &places)
      }
      counts[pair, default: 0] -= count
      word[kept] = id
      kept += 1
      index += 2
    }
    word.removeLast(word.count - kept)
    words[Int(number)] = word
  }

  /// Whether `a` is merged before `b`.
  private func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
    if a.count != b.count { return a.count > b.count }
    switch ties {
    case .lowestIDs: return (a.pair.left, a.pair.right) < (b.pair.left, b.pair.right)
    case .greatestBytes:
      let (x, y) = (tokens[Int(a.pair.left)], tokens[Int(b.pair.left)])
      if x != y { return y.lexicographicallyPrecedes(x) }
      return tokens[Int(b.pair.right)].lexicographicallyPrecedes(tokens[Int(a.pair.right)])
    }
  }

  private mutating func push(_ candidate: Candidate) {
    queue.append(candidate)
    var child = queue.count - 1
    while child > 0, precedes(queue[child], queue[(child - 1) / 2]) {
      queue.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Candidate? {
    guard let top = queue.first, let last = queue.popLast() else { return nil }
    if queue.isEmpty { return top }
    queue[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= queue.count { return top }
      if child + 1 < queue.count, precedes(queue[child + 1], queue[child]) { child += 1 }
      guard precedes(queue[child], queue[parent]) else { return top }
      queue.swapAt(child, parent)
      parent = child
    }
  }
}
