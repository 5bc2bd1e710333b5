internal import AnnealFiles

/// Examples of prepared sets: their tokens stay on the disk until they are asked for.
public struct PreparedExamples: ExampleSource {
  /// The sets.
  public let sets: [PreparedSet]
  private var members: [SetMember] = []
  private var tokens: [Int32] = []
  private var rows: [Int32] = []

  /// No examples of `sets` yet.
  init(_ sets: [PreparedSet]) { self.sets = sets }

  mutating func append(_ member: SetMember, length: Int, row: Int) {
    members.append(member)
    tokens.append(Int32(clamping: length))
    rows.append(Int32(clamping: row))
  }

  /// How many there are.
  public var count: Int { members.count }

  /// The tokens of the example at `index`.
  public func length(at index: Int) -> Int { Int(tokens[index]) }

  /// How many sets there are.
  public var setCount: Int { sets.count }

  /// The number among the sets of the one that the example at `index` is of.
  public func set(at index: Int) -> Int { members[index].set }

  /// The example at `index`.
  public func example(at index: Int) throws -> Example {
    let set = sets[members[index].set]
    let (number, place) = set.place(ofExample: members[index].number)
    let shard = try set.shard(number)
    let facts = try shard.examples(place..<place + 1).map { Int($0) }
    guard facts[0] >= 0, facts[1] >= 0, facts[3] >= 0 else {
      throw AnnealError(.data, "the prepared rows are damaged", at: .init(file: set.folder))
    }
    let (ids, mask) = try shard.tokens(facts[0]..<facts[0] + facts[1])
    let (source, fate) = try ShardCursor.fact(shard.records(facts[3]..<facts[3] + 1), set)
    return Example(
      ids: ids, lossMask: mask, row: Int(rows[index]), source: source,
      isTruncated: fate == .truncated)
  }

  /// The examples at `indices`, in that order.
  public func selecting(_ indices: some Sequence<Int>) -> PreparedExamples {
    var selection = PreparedExamples(sets)
    for index in indices {
      selection.append(members[index], length: Int(tokens[index]), row: Int(rows[index]))
    }
    return selection
  }

  /// The examples of an epoch by `mixture`, numbered anew, since one may come several times.
  public func mixed(_ mixture: Mixture) throws -> PreparedExamples {
    var bySet = Array(repeating: [Int32](), count: sets.count)
    for (index, member) in members.enumerated() { bySet[member.set].append(Int32(clamping: index)) }
    var mixed = PreparedExamples(sets)
    for (row, draw) in try mixture.draws(from: bySet.map(\.count)).enumerated() {
      let index = Int(bySet[draw.set][draw.row])
      mixed.append(members[index], length: Int(tokens[index]), row: row)
    }
    return mixed
  }

  /// The last `share` of every file's examples apart from the rest; one example alone is trained on.
  public func heldOutTails(
    _ share: Double
  ) throws -> (training: PreparedExamples, validation: PreparedExamples) {
    var counts: [String: Int] = [:]
    try forEachFact { _, facts in counts[facts.place.file, default: 0] += 1 }
    var seen: [String: Int] = [:]
    var parts: (training: [Int], validation: [Int]) = ([], [])
    try forEachFact { index, facts in
      let file = facts.place.file
      let count = counts[file, default: 0]
      let heldOut = Int((Double(count) * share).rounded(.up))
      if seen[file, default: 0] < max(1, count - heldOut) {
        parts.training.append(index)
      } else {
        parts.validation.append(index)
      }
      seen[file, default: 0] += 1
    }
    return (selecting(parts.training), selecting(parts.validation))
  }

  /// Calls `body` with what is known of each example without its tokens.
  func forEachFact(_ body: (Int, ShardCursor.ExampleFacts) -> Void) throws {
    let cursor = ShardCursor(sets)
    for (index, member) in members.enumerated() {
      body(index, try cursor.example(member.number, of: member.set))
    }
  }
}

extension PreparationReport {
  /// The report of a part of the examples: what was read and dropped stays as it is.
  public func counting(_ part: PreparedExamples) throws -> PreparationReport {
    var report = self
    report.clearExamples()
    try part.forEachFact { _, example in
      report.keep(
        length: example.length, trained: example.trained, isTruncated: example.isTruncated,
        at: example.place)
    }
    return report
  }
}
