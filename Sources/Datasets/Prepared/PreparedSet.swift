internal import AnnealFiles
internal import Synchronization

/// Rows of a source, prepared: tokens, masks and places in shards on the disk.
public final class PreparedSet: Sendable {
  /// Where a set came from.
  public enum Origin: Sendable, Hashable {
    /// It was there, and all of it intact.
    case found
    /// It was made; so many of its shards were there from an earlier time.
    case made(keptShards: Int)
  }

  /// The set's folder.
  public let folder: String
  /// The files that its rows are of.
  public let files: [String]
  /// Where it came from.
  public let origin: Origin

  private let shards: [SetFacts.ShardFacts]
  /// The number of the first record of each shard, and of what would follow.
  private let recordStarts: [Int]
  private let exampleStarts: [Int]
  private let isTemporary: Bool
  private let opened = Mutex<[Int: Shard]>([:])

  /// Shards that are open at once.
  private static let mostOpen = 128

  init(
    _ facts: SetFacts, in folder: String, files: [String], origin: Origin, isTemporary: Bool
  ) {
    self.folder = folder
    self.files = files
    self.origin = origin
    self.isTemporary = isTemporary
    shards = facts.shards
    recordStarts = shards.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.records) }
    exampleStarts = shards.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.examples) }
  }

  deinit {
    if isTemporary { try? Folder.remove(folder) }
  }

  /// How many shards there are.
  public var shardCount: Int { shards.count }
  /// How many records there are, those left out too.
  public var recordCount: Int { recordStarts[shards.count] }
  /// How many examples there are.
  public var exampleCount: Int { exampleStarts[shards.count] }
  /// How many tokens there are.
  public var tokenCount: Int { shards.reduce(0) { $0 + $1.tokens } }
  /// How many rows could not be used.
  public var badCount: Int { shards.reduce(0) { $0 + $1.bad } }
  /// Whether it is kept for the next time.
  public var isKept: Bool { !isTemporary }

  /// The rows that could not be used, at most `limit`.
  func badRows(limit: Int) throws -> [BadRow] {
    var rows: [BadRow] = []
    for number in shards.indices where shards[number].bad > 0 && rows.count < limit {
      rows += try shard(number).bad(files: files)
    }
    return Array(rows.prefix(limit))
  }

  /// Gives the rows that could not be used to `bad`.
  ///
  /// - Throws: what is wrong with one, when that ends the work.
  public func hand(to bad: BadRows) throws {
    for number in shards.indices where shards[number].bad > 0 {
      try shard(number).bad(files: files).forEach(bad.take)
    }
  }

  /// The shard of that number, open.
  func shard(_ number: Int) throws -> Shard {
    if let shard = opened.withLock({ $0[number] }) { return shard }
    let shard = try Shard(path: folder + "/" + shards[number].file)
    opened.withLock { opened in
      if opened.count >= Self.mostOpen { opened.removeAll() }
      opened[number] = shard
    }
    return shard
  }

  /// The shard that a record lies in, and its number there.
  func place(ofRecord record: Int) -> (shard: Int, index: Int) {
    Self.place(of: record, in: recordStarts)
  }

  /// The shard that an example lies in, and its number there.
  func place(ofExample example: Int) -> (shard: Int, index: Int) {
    Self.place(of: example, in: exampleStarts)
  }

  /// The number of the first example of a shard.
  func firstExample(of shard: Int) -> Int { exampleStarts[shard] }

  /// The last of `starts` that is not beyond `number`, which is below the last of all.
  private static func place(of number: Int, in starts: [Int]) -> (shard: Int, index: Int) {
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= number { low = middle } else { high = middle }
    }
    return (low, number - starts[low])
  }
}
