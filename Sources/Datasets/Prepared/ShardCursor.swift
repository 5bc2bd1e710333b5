internal import AnnealFiles

/// Looks at records and examples one after another, with one shard of each set in memory.
final class ShardCursor {
  /// A record, and its examples by their numbers in the set.
  struct RecordFacts {
    var place: AnnealError.Place
    var fate: RecordFate
    var examples: Range<Int>
    /// How it was encoded.
    var traits: RowTraits
    /// What was said when it was left out.
    var detail: String?
  }

  /// An example, without its tokens.
  struct ExampleFacts {
    var length: Int
    var trained: Int
    var place: AnnealError.Place
    var isTruncated: Bool
  }

  private struct Page {
    var shard: Int
    var records: [Int32]
    /// The number in the shard of each record's first example, and of what would follow.
    var firsts: [Int]
    var examples: [Int32]
    var details: [Int: String]
  }

  private let sets: [PreparedSet]
  private var pages: [Page?]

  init(_ sets: [PreparedSet]) {
    self.sets = sets
    pages = Array(repeating: nil, count: sets.count)
  }

  /// The record of that number in set `number`.
  func record(_ record: Int, of number: Int) throws -> RecordFacts {
    let set = sets[number]
    let (shard, index) = set.place(ofRecord: record)
    let page = try page(shard, of: number)
    let (place, fate) = try fact(index, page, set)
    let first = set.firstExample(of: shard)
    return RecordFacts(
      place: place, fate: fate,
      examples: first + page.firsts[index]..<first + page.firsts[index + 1],
      traits: RowTraits(rawValue: page.records[index * ShardRows.recordWidth + 5]),
      detail: page.details[index])
  }

  /// The example of that number in set `number`.
  func example(_ example: Int, of number: Int) throws -> ExampleFacts {
    let set = sets[number]
    let (shard, index) = set.place(ofExample: example)
    let page = try page(shard, of: number)
    let start = index * ShardRows.exampleWidth
    let (place, fate) = try fact(Int(page.examples[start + 3]), page, set)
    return ExampleFacts(
      length: Int(page.examples[start + 1]), trained: Int(page.examples[start + 2]), place: place,
      isTruncated: fate == .truncated)
  }

  private func fact(
    _ record: Int, _ page: Page, _ set: PreparedSet
  ) throws -> (AnnealError.Place, RecordFate) {
    let start = record * ShardRows.recordWidth
    guard page.records.indices.contains(start) else { throw Self.damaged(set) }
    return try Self.fact(Array(page.records[start..<start + ShardRows.recordWidth]), set)
  }

  /// The place and the fate that the numbers of a record tell.
  static func fact(
    _ numbers: [Int32], _ set: PreparedSet
  ) throws -> (AnnealError.Place, RecordFate) {
    guard numbers.count == ShardRows.recordWidth, set.files.indices.contains(Int(numbers[0])),
      let fate = RecordFate(code: numbers[3])
    else { throw damaged(set) }
    let place = AnnealError.Place(
      file: set.files[Int(numbers[0])], line: Int(numbers[1]),
      field: numbers[2] >= 0 ? "[\(numbers[2])]" : nil)
    return (place, fate)
  }

  private static func damaged(_ set: PreparedSet) -> AnnealError {
    AnnealError(
      .data, "the prepared rows do not fit together", at: .init(file: set.folder),
      remedy: "Remove the folder; the rows are prepared anew.")
  }

  private func page(_ shard: Int, of number: Int) throws -> Page {
    if let page = pages[number], page.shard == shard { return page }
    let set = sets[number]
    let open = try set.shard(shard)
    let records = try open.records(0..<open.recordCount)
    var firsts = [0]
    firsts.reserveCapacity(open.recordCount + 1)
    for record in 0..<open.recordCount {
      let count = Int(records[record * ShardRows.recordWidth + 4])
      guard count >= 0, firsts[record] + count <= open.exampleCount else {
        throw Self.damaged(set)
      }
      firsts.append(firsts[record] + count)
    }
    let page = Page(
      shard: shard, records: records, firsts: firsts,
      examples: try open.examples(0..<open.exampleCount), details: try open.details())
    pages[number] = page
    return page
  }
}
