internal import AnnealFiles
internal import AnnealText
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Makes prepared rows of a source once, and finds them again as long as nothing has changed.
///
/// A set lies in a folder named by the hash of the files' contents, of what encodes them, and of the
/// settings. It is made of shards, each of so many rows, by all threads at once; a shard that is there
/// already and intact is kept, so that what was killed goes on where it was.
public struct SetPreparation {
  /// The encoder.
  private let encoder: any ExampleEncoder
  /// What tells the encoder from others: its tokenizer and templates.
  private let identity: String
  private let settings: PreparationSettings
  private let registry: FormatRegistry

  /// Rows of a shard, about; a part more or less.
  var shardRows = 16_384
  /// Bytes of a shard's rows as text, about.
  private static let shardBytes = 8 << 20
  /// Raised when shards are cut, encoded or written otherwise than before.
  private static let version = 2

  /// A preparation by `encoder`, which `identity` tells from others.
  public init(
    _ encoder: any ExampleEncoder, identity: String, settings: PreparationSettings,
    registry: FormatRegistry = .builtin
  ) {
    self.encoder = encoder
    self.identity = identity
    self.settings = settings
    self.registry = registry
  }

  /// The prepared rows of `source`.
  ///
  /// What is no plain file, such as standard input, cannot be looked at twice: it is not kept.
  ///
  /// - Parameters:
  ///   - store: where sets are looked for and kept.
  ///   - onError: `stop` ends the work at the first row that cannot be used.
  ///   - shouldStop: asked between shards, and while another process prepares the same; true ends
  ///     the work, and shards stay.
  ///   - tell: given a sentence when another process has to be waited for.
  /// - Throws: `AnnealError`, also for records that supervised training cannot learn from.
  public func prepare(
    _ source: RowSource, store: SetStore, onError: BadRowPolicy = .stop,
    shouldStop: () -> Bool = { false }, tell: (String) -> Void = { _ in }
  ) throws -> PreparedSet {
    let source = try source.lookedUp()
    let files = try source.files()
    let stamps = files.map { Folder.stamp(of: $0) }
    let isPlain = !stamps.contains(nil) && (store.finds || store.keeps)
    let key = isPlain ? try key(of: source, files) : ""
    let folder = "\(store.folder)/\(key.prefix(32))"
    guard isPlain, store.keeps || Folder.exists(folder) else {
      return try make(
        source, files, key, in: store.temporaryFolder(), .temporary, onError, shouldStop)
    }
    try Folder.create(folder)
    let lock = try Self.lock(folder, shouldStop, tell)
    defer { withExtendedLifetime(lock) {} }
    if !store.finds { try Folder.remove(folder + "/" + SetFacts.name) }
    if let facts = SetFacts(folder: folder, key: key), areIntact(facts.shards, in: folder) {
      let set = PreparedSet(facts, in: folder, files: files, origin: .found, isTemporary: false)
      if onError == .stop, let bad = try set.badRows(limit: 1).first { throw bad.error }
      return set
    }
    let set = try make(
      source, files, key, in: folder, store.finds ? .goesOn : .anew, onError, shouldStop)
    guard stamps == files.map({ Folder.stamp(of: $0) }) else {
      try Folder.remove(folder + "/" + SetFacts.name)
      throw AnnealError(
        .data, "a file was written to while it was read", at: .init(file: source.path),
        remedy: "Wait until it is whole, and run again.")
    }
    return set
  }

  /// Sole use of a set's folder; waits for another process that prepares the same.
  private static func lock(
    _ folder: String, _ shouldStop: () -> Bool, _ tell: (String) -> Void
  ) throws -> FileLock {
    let file = folder + "/.lock"
    var isTold = false
    while true {
      if let lock = try FileLock(file: file, isNamed: true) { return lock }
      let other = FileLock.holder(ofFile: file).map { "process \($0)" } ?? "another process"
      if shouldStop() {
        throw AnnealError(
          .interrupted, "stopped while waiting for \(other), which prepares the same rows",
          at: .init(file: folder), remedy: "Run again when it has ended.")
      }
      if !isTold { tell("waiting for \(other), which prepares the same rows in \(folder)") }
      isTold = true
      usleep(100_000)
    }
  }

  /// What a set is found by.
  private func key(of source: RowSource, _ files: [String]) throws -> String {
    var digest = SHA256Digest.Running()
    func add(_ text: String) { digest.add(Array((text + "\n").utf8)) }
    add("version \(Self.version), \(AnnealVersion.text)")
    for file in files {
      // The name says how a file is written where its bytes leave a choice.
      add("\(Folder.name(of: file)) \(try SHA256Digest.hex(reading: file))")
    }
    add("\(source.format ?? "")\n\(source.mapping.identity)\n\(identity)")
    add("\(settings.stage) \(settings.maxLength) \(settings.training) \(shardRows)")
    return digest.hex
  }

  private func areIntact(_ shards: [SetFacts.ShardFacts], in folder: String) -> Bool {
    let results = try? InParallel.run(threads: settings.threadCount) {
      (shard: SetFacts.ShardFacts) in
      shard.isIntact(in: folder)
    } produce: { hand in
      try shards.forEach(hand)
    }
    return results?.allSatisfy { $0 } ?? false
  }

  // MARK: Making shards

  /// How a set is made.
  private enum Making {
    /// Shards that are there and intact are kept.
    case goesOn
    /// All shards are made again, each in the place of the old one: who reads them meanwhile finds
    /// either, and both hold the same.
    case anew
    /// The set goes with its last user.
    case temporary
  }

  private func make(
    _ source: RowSource, _ files: [String], _ key: String, in folder: String, _ making: Making,
    _ onError: BadRowPolicy, _ shouldStop: () -> Bool
  ) throws -> PreparedSet {
    let isTemporary = making == .temporary
    try Folder.create(folder)
    let present = Folder.names(in: folder).filter { $0.hasPrefix("shard-") }
    // A half-written file is of no use to anybody.
    for name in present where !name.hasSuffix(".safetensors") {
      try Folder.remove(folder + "/" + name)
    }
    let kept = Atomic<Int>(0)
    let maker = ShardMaker(
      builder: ExampleBuilder(encoder, settings: settings), folder: folder,
      present: making == .goesOn ? present : [], stopsAtBadRows: onError == .stop)
    let reader = RecordReader(source, registry: registry)
    do {
      let shards = try InParallel.run(threads: settings.threadCount) { (job: ShardJob) in
        let (facts, isKept) = try maker.shard(job)
        if isKept { kept.add(1, ordering: .relaxed) }
        return facts
      } produce: { hand in
        try forEachJob(files, source, reader) { job in
          if shouldStop() {
            throw AnnealError(
              .interrupted, "stopped while preparing rows; what is done is kept",
              at: .init(file: folder), remedy: "Run again to go on.")
          }
          try hand(job)
        }
      }
      let facts = SetFacts(key: key, files: files, shards: shards)
      // Shards of other cuts, or damaged ones, are nobody's.
      for name in present where !shards.contains(where: { $0.file == name }) {
        try Folder.remove(folder + "/" + name)
      }
      try facts.write(to: folder)
      return PreparedSet(
        facts, in: folder, files: files,
        origin: .made(keptShards: kept.load(ordering: .relaxed)), isTemporary: isTemporary)
    } catch {
      if isTemporary { try? Folder.remove(folder) }
      throw error
    }
  }

  /// Cuts the rows of `files` into jobs of about a shard's size, always at the same places.
  private func forEachJob(
    _ files: [String], _ source: RowSource, _ reader: RecordReader,
    _ body: (ShardJob) throws -> Void
  ) throws {
    var job = ShardJob(number: 0)
    for (number, file) in files.enumerated() {
      try reader.forEachPart(of: file, source) { part in
        job.parts.append((number, part))
        job.rows += part.rows.rows
        job.bytes += part.rows.bytes
        guard job.rows >= shardRows || job.bytes >= Self.shardBytes else { return }
        try body(job)
        job = ShardJob(number: job.number + 1)
      }
    }
    if !job.parts.isEmpty { try body(job) }
  }
}

/// The rows of a shard.
private struct ShardJob: Sendable {
  var number: Int
  var parts: [(file: Int, part: RecordPart)] = []
  var rows = 0
  var bytes = 0

  init(number: Int) { self.number = number }
}

/// Encodes the rows of a job and writes them.
private struct ShardMaker: Sendable {
  let builder: ExampleBuilder
  let folder: String
  /// Shards that are there already and may be kept.
  let present: [String]
  let stopsAtBadRows: Bool

  /// The shard of `job`, and whether it was there.
  func shard(_ job: ShardJob) throws -> (SetFacts.ShardFacts, isKept: Bool) {
    let digits = String(job.number)
    let name = "shard-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    if let facts = found(name) { return (facts, true) }
    var rows = ShardRows()
    for (file, part) in job.parts {
      try part.forEach { event in
        switch event {
        case .records(let records, let row):
          let fingerprint = Fingerprint.of(row.fields)
          for (index, record) in records.enumerated() {
            if let (reason, remedy) = record.unlearnable {
              throw AnnealError(.data, reason, at: row.place(), remedy: remedy)
            }
            rows.add(
              builder.outcome(of: record), of: row, file: file,
              fingerprint: fingerprint &+ UInt64(index))
          }
        case .bad(let row):
          if stopsAtBadRows { throw row.error }
          rows.add(row, file: file)
        case .note: break
        }
      }
    }
    let (file, hash) = try rows.write(to: folder, name: name)
    let facts = SetFacts.ShardFacts(
      file: file, hash: hash, records: rows.recordCount, examples: rows.exampleCount,
      tokens: rows.ids.count, bad: rows.bad.count)
    return (facts, false)
  }

  /// The shard called `name` when it is there and intact.
  private func found(_ name: String) -> SetFacts.ShardFacts? {
    for file in present where file.hasPrefix(name + "-") {
      let path = folder + "/" + file
      guard let hash = try? SHA256Digest.hex(reading: path), file == ShardRows.file(name, hash),
        let shard = try? Shard(path: path), let bad = try? shard.badCount()
      else { continue }
      // Where a bad row ends the work, it must be met again.
      if stopsAtBadRows, bad > 0 { return nil }
      return SetFacts.ShardFacts(
        file: file, hash: hash, records: shard.recordCount, examples: shard.exampleCount,
        tokens: shard.tokenCount, bad: bad)
    }
    return nil
  }
}
