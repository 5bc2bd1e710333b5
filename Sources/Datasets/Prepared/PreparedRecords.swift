internal import AnnealFiles

/// Records of prepared sets by their numbers, in the order in which they are read.
public struct PreparedRecords: Sendable {
  /// The sets.
  public private(set) var sets: [PreparedSet]
  /// The set that a record is of, and its number there.
  private(set) var records: [SetMember]

  /// No records.
  public init() { (sets, records) = ([], []) }

  /// All records of `set`, in their order.
  public init(_ set: PreparedSet) {
    sets = [set]
    records = (0..<set.recordCount).map { SetMember(set: 0, number: $0) }
  }

  /// How many there are.
  public var count: Int { records.count }
  /// Whether there is none.
  public var isEmpty: Bool { records.isEmpty }

  /// These records, then those of `other`, whose sets are others.
  public func appending(_ other: PreparedRecords) -> PreparedRecords {
    var sum = self
    sum.sets += other.sets
    sum.records += other.records.map {
      SetMember(set: $0.set + sets.count, number: $0.number)
    }
    return sum
  }

  /// The records at `indices`, in that order.
  public func selecting(_ indices: some Sequence<Int>) -> PreparedRecords {
    var selection = self
    selection.records = indices.map { records[$0] }
    return selection
  }

  /// A hash of each record's row: equal rows have equal ones.
  public func fingerprints() throws -> [UInt64] {
    // A set at a time, since all of one are needed at once where they are needed at all.
    var result = [UInt64](repeating: 0, count: records.count)
    for (number, set) in sets.enumerated() {
      var prints: [UInt64] = []
      prints.reserveCapacity(set.recordCount)
      for shard in 0..<set.shardCount { prints += try set.shard(shard).fingerprints() }
      for (index, record) in records.enumerated() where record.set == number {
        result[index] = prints[record.number]
      }
    }
    return result
  }

  /// Records for training and records to validate with, as `Dataset.split` has them.
  public func split(
    validation: Double, seed: UInt64
  ) throws -> (train: PreparedRecords, validation: PreparedRecords) {
    let parts = Splitting.parts([validation], groups: try fingerprints(), seed: seed)
    return (selecting(parts[1]), selecting(parts[0]))
  }

  /// So many times these records and, chosen by the seed, the share that is left: 2.5 gives all of
  /// them twice and half of them once more.
  public func repeated(_ weight: Double, seed: UInt64) throws -> PreparedRecords {
    guard weight != 1 else { return self }
    let whole = weight.rounded(.down)
    var result = self
    result.records = (0..<Int(whole)).flatMap { _ in records }
    guard weight > whole else { return result }
    result.records += try split(validation: weight - whole, seed: seed).validation.records
    return result
  }

  /// At most `count` records, chosen by the seed, in their order.
  public func sampled(_ count: Int, seed: UInt64) -> PreparedRecords {
    guard count < records.count else { return self }
    var numbers = SeededNumbers(seed, 0x7361_6D70)
    return selecting(numbers.permutation(records.count).prefix(max(0, count)).sorted())
  }

  /// The examples of the records, and what became of all of them.
  public func examples(
    _ settings: PreparationSettings
  ) throws -> (examples: PreparedExamples, report: PreparationReport) {
    var report = PreparationReport(settings)
    report.rows = records.count
    report.duplicates = try duplicates()
    var examples = PreparedExamples(sets)
    let cursor = ShardCursor(sets)
    var further = records.count
    for (row, record) in records.enumerated() {
      let facts = try cursor.record(record.number, of: record.set)
      if case .dropped(let reason) = facts.fate {
        report.drop(reason, at: facts.place, detail: facts.detail)
        continue
      }
      for number in facts.examples {
        let example = try cursor.example(number, of: record.set)
        report.keep(
          length: example.length, trained: example.trained, isTruncated: example.isTruncated,
          at: example.place)
        examples.append(
          SetMember(set: record.set, number: number), length: example.length,
          row: settings.number(
            row: row, example: examples.count, isFirst: number == facts.examples.lowerBound,
            further: &further))
      }
      report.keepRow(
        isTruncated: facts.fate == .truncated, facts.traits, examples: facts.examples.count)
    }
    return (examples, report)
  }

  /// How many records say the same as an earlier one.
  private func duplicates() throws -> Int {
    var prints = try fingerprints()
    prints.sort()
    return zip(prints, prints.dropFirst()).count { $0 == $1 }
  }
}

/// A record or an example: its set, and its number there.
struct SetMember: Sendable, Hashable {
  private let bits: UInt64

  init(set: Int, number: Int) {
    bits = UInt64(truncatingIfNeeded: set) << 44 | UInt64(truncatingIfNeeded: number)
  }

  /// The set's number.
  var set: Int { Int(bits >> 44) }
  /// The number in the set.
  var number: Int { Int(bits & (1 << 44 - 1)) }
}
