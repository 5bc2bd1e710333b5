import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealDatasets

struct PreparedSetTests {
  private let folder: TemporaryFolder
  private let settings = PreparationSettings(maxLength: 12, threads: 2)

  init() throws { folder = try TemporaryFolder() }

  private var store: SetStore { SetStore(folder: folder.path + "/cache") }

  /// Rows of all fates: kept, cut, without an answer, refused, and some that say the same.
  private func rows(_ count: Int) -> String {
    (0..<count).map { row in
      let words = String(repeating: "aa bbb ", count: row % 9 == 0 ? 9 : 1)
      let question = row % 7 == 3 ? "refuse" : "question \(row % 400)"
      let answer =
        row % 5 == 4
        ? ""
        : #", {"role": "assistant", "content": "\#(words)\#(String(repeating: "x", count: row % 13))"}"#
      return #"{"messages": [{"role": "user", "content": "\#(question)"}\#(answer)]}"# + "\n"
    }.joined()
  }

  private func preparation(
    identity: String = "words", settings: PreparationSettings? = nil, shardRows: Int = 1024
  ) -> SetPreparation {
    var preparation = SetPreparation(
      WordEncoder(), identity: identity, settings: settings ?? self.settings)
    preparation.shardRows = shardRows
    return preparation
  }

  private func prepare(
    _ file: String, store: SetStore? = nil, shardRows: Int = 1024, onError: BadRowPolicy = .stop
  ) throws -> PreparedSet {
    try preparation(shardRows: shardRows)
      .prepare(RowSource(path: file), store: store ?? self.store, onError: onError)
  }

  private func shards(of set: PreparedSet) -> [String] {
    Folder.names(in: set.folder).filter { $0.hasPrefix("shard-") }
  }

  @Test func `prepared rows are those made in memory, however many threads and shards`() throws {
    let file = try folder.file("rows.jsonl", rows(3000))
    let memory = ExampleBuilder(WordEncoder(), settings: settings)
      .examples(from: try Dataset<Record>(files: [file]))
    for (threads, shardRows) in [(1, 1024), (2, 1024), (4, 4096)] {
      var settings = settings
      settings.threads = threads
      let set = try preparation(settings: settings, shardRows: shardRows)
        .prepare(RowSource(path: file), store: SetStore(folder: folder.path, keeps: false))
      #expect(set.shardCount == (shardRows == 1024 ? 3 : 1))
      let (examples, report) = try PreparedRecords(set).examples(settings)
      let isSame = try examples.all() == memory.examples
      #expect(isSame)
      #expect(examples.lengths == memory.examples.map(\.ids.count))
      #expect(report.json == memory.report.json)
      #expect(report.duplicates > 0 && report.truncated > 0)
      #expect(report.dropped[.refused]?.detail == "turns must alternate")
    }
  }

  @Test func `windows of documents, arrays and tables are prepared too`() throws {
    let text = (0..<50).map { "word \($0) and more words of it" }.joined(separator: "\n")
    let files = [
      try folder.file("a.txt", text),
      try folder.file("b.csv", "question,answer\na b,c\nd,e f\n"),
      try folder.file(
        "c.json", #"[{"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"}]"#),
    ]
    for (file, stage) in zip(
      files, [PreparationSettings.Stage.pretraining, .supervised, .supervised])
    {
      var settings = settings
      settings.stage = stage
      let memory = ExampleBuilder(WordEncoder(), settings: settings)
        .examples(from: try Dataset<Record>(files: [file]))
      let set = try preparation(settings: settings).prepare(RowSource(path: file), store: store)
      let (examples, report) = try PreparedRecords(set).examples(settings)
      let isSame = try examples.all() == memory.examples
      #expect(isSame)
      #expect(examples.count > 1 && report.json == memory.report.json)
    }
  }

  @Test func `a set is found again until something changes that matters`() throws {
    let file = try folder.file("rows.jsonl", rows(40))
    let first = try prepare(file)
    #expect(first.origin == .made(keptShards: 0))
    #expect(try prepare(file).origin == .found)
    #expect(
      try preparation(identity: "other").prepare(RowSource(path: file), store: store).folder
        != first.folder)
    var longer = settings
    longer.maxLength = 13
    #expect(
      try preparation(settings: longer).prepare(RowSource(path: file), store: store).folder
        != first.folder)
    var mapped = RowSource(path: file)
    mapped.mapping.constants["system"] = "Be brief."
    #expect(try preparation().prepare(mapped, store: store).folder != first.folder)
    // Another place is no change; the same rows stand in the file of that name.
    try Folder.create(folder.path + "/elsewhere")
    let copy = try folder.file("elsewhere/rows.jsonl", rows(40))
    let moved = try prepare(copy)
    #expect(moved.origin == .found)
    #expect(
      try PreparedRecords(moved).examples(settings).examples.example(at: 0).source.file == copy)
    _ = try folder.file("rows.jsonl", rows(41))
    #expect(try prepare(file).origin == .made(keptShards: 0))
  }

  @Test func `threads are no reason to prepare again, and a fresh set replaces the old`() throws {
    let file = try folder.file("rows.jsonl", rows(40))
    _ = try prepare(file)
    var other = settings
    other.threads = 1
    #expect(
      try preparation(settings: other).prepare(RowSource(path: file), store: store).origin == .found
    )
    var fresh = store
    fresh.finds = false
    #expect(try prepare(file, store: fresh).origin == .made(keptShards: 0))
  }

  @Test func `a damaged shard is made anew, and the others stay`() throws {
    let file = try folder.file("rows.jsonl", rows(4000))
    let set = try prepare(file)
    let names = shards(of: set)
    #expect(names.count == 4)
    let before = try PreparedRecords(set).examples(settings).examples.all()
    var bytes = try contents(set.folder + "/" + names[2])
    bytes[bytes.count / 2] ^= 1
    _ = try folder.file("cache/\(Folder.name(of: set.folder))/\(names[2])", bytes)
    let again = try prepare(file)
    #expect(again.origin == .made(keptShards: 3))
    #expect(shards(of: again) == names)
    let isSame = try PreparedRecords(again).examples(settings).examples.all() == before
    #expect(isSame)
    try Folder.remove(set.folder + "/" + names[0])
    #expect(try prepare(file).origin == .made(keptShards: 3))
    _ = try folder.file("cache/\(Folder.name(of: set.folder))/set.json", "{")
    #expect(try prepare(file).origin == .made(keptShards: 4))
  }

  @Test func `what was stopped goes on where it was`() throws {
    let file = try folder.file("rows.jsonl", rows(6000))
    var asked = 0
    let error = failure {
      _ = try preparation().prepare(
        RowSource(path: file), store: store,
        shouldStop: {
          asked += 1
          return asked > 3
        })
    }
    #expect(error?.code == .interrupted)
    let set = try prepare(file)
    #expect(set.origin == .made(keptShards: 3))
    #expect(set.shardCount == 6)
    let whole = try prepare(file, store: SetStore(folder: folder.path + "/other"))
    #expect(shards(of: set) == shards(of: whole))
  }

  @Test func `who waits for another process is told which, and may stop waiting`() throws {
    let file = try folder.file("rows.jsonl", rows(40))
    let place = try prepare(file).folder
    var other: FileLock? = try FileLock(folder: place)
    let holder = try #require(FileLock.holder(ofFile: place + "/.lock"))
    var (asked, told) = (0, [String]())
    let prepareAgain = {
      try preparation().prepare(
        RowSource(path: file), store: store,
        shouldStop: {
          asked += 1
          return asked > 3
        }, tell: { told.append($0) })
    }
    let error = failure { _ = try prepareAgain() }
    #expect(error?.code == .interrupted && error?.message.contains("process \(holder)") == true)
    #expect(asked == 4)
    #expect(told == ["waiting for process \(holder), which prepares the same rows in \(place)"])
    #expect(other != nil)
    other = nil
    (asked, told) = (0, [])
    #expect(try prepareAgain().origin == .found)
    #expect(told.isEmpty)
  }

  @Test func `a set that is made again stays whole for who reads it`() throws {
    let file = try folder.file("rows.jsonl", rows(4000))
    let set = try prepare(file)
    let memory = ExampleBuilder(WordEncoder(), settings: settings)
      .examples(from: try Dataset<Record>(files: [file]))
    let names = shards(of: set)
    var fresh = store
    fresh.finds = false
    // In the midst of it, as when the user stops it, and after it; no shard has been opened before.
    var asked = 0
    let error = failure {
      _ = try preparation().prepare(
        RowSource(path: file), store: fresh,
        shouldStop: {
          asked += 1
          return asked > 1
        })
    }
    #expect(error?.code == .interrupted)
    let isSame = try PreparedRecords(set).examples(settings).examples.all() == memory.examples
    #expect(isSame)
    #expect(try prepare(file, store: fresh).origin == .made(keptShards: 0))
    #expect(shards(of: set) == names)
    #expect(try prepare(file).origin == .found)
  }

  @Test func `bad rows are met again in a set that was made without them`() throws {
    let good = rows(1500).split(separator: "\n")
    let lines = good[..<1200] + ["{", #"{"messages": 3}"#] + good[1200...]
    let file = try folder.file("rows.jsonl", lines.joined(separator: "\n"))
    let plain = failure { _ = try Dataset<Record>(files: [file]) }
    let stopped = failure { _ = try prepare(file) }
    #expect(stopped?.place?.line == 1201)
    #expect(stopped.map { "\($0)" } == plain.map { "\($0)" })
    let set = try prepare(file, onError: .skip)
    #expect(set.badCount == 2)
    #expect(set.origin == .made(keptShards: 1))
    for origin in [PreparedSet.Origin.found, .found] {
      let again = try prepare(file, onError: .skip)
      #expect(again.origin == origin)
      let bad = BadRows(.skip, keeping: 10)
      try again.hand(to: bad)
      #expect(bad.count == 2)
      #expect(bad.first.map { $0.place?.line } == [1201, 1202])
      #expect(bad.lines.allSatisfy { $0.contains("problem") })
    }
    #expect(failure { _ = try prepare(file) }.map { "\($0)" } == plain.map { "\($0)" })
  }

  @Test func `rows that a run cannot learn from are refused with their place`() throws {
    let file = try folder.file(
      "pairs.jsonl", #"{"prompt": "a", "chosen": "b", "rejected": "c"}"# + "\n")
    let error = failure { _ = try prepare(file) }
    #expect(error?.place?.line == 1)
    #expect(error?.message.contains("chosen and a rejected") == true)
  }

  @Test func `a set that is not kept goes with its last user`() throws {
    let file = try folder.file("rows.jsonl", rows(10))
    var set: PreparedSet? = try prepare(
      file, store: SetStore(folder: folder.path + "/none", keeps: false))
    let place = try #require(set?.folder)
    #expect(Folder.exists(place) && set?.isKept == false)
    set = nil
    #expect(!Folder.exists(place))
  }

  @Test func `prepared records are split, repeated and cut as those in memory`() throws {
    let file = try folder.file("rows.jsonl", rows(2500))
    let records = PreparedRecords(try prepare(file))
    let dataset = try Dataset<Record>(files: [file])
    #expect(try records.fingerprints() == dataset.fingerprints)
    let builder = ExampleBuilder(WordEncoder(), settings: settings)
    let (train, validation) = try records.split(validation: 0.2, seed: 5)
    let plain = dataset.split(validation: 0.2, seed: 5)
    for (part, memory) in [(train, plain.train), (validation, plain.validation)] {
      let isSame =
        try part.examples(settings).examples.all() == builder.examples(from: memory).examples
      #expect(isSame)
    }
    let more = try records.repeated(2.5, seed: 5)
    let half = dataset.split(validation: 0.5, seed: 5).validation
    let expected = builder.examples(from: dataset.appending(dataset).appending(half))
    let (examples, report) = try more.examples(settings)
    let isSame = try examples.all() == expected.examples
    #expect(isSame)
    #expect(report.json == expected.report.json)
  }

  @Test func `the end of every file is held out`() throws {
    let set = try prepare(try folder.file("a.jsonl", rows(100)))
    let other = try prepare(try folder.file("b.jsonl", rows(30)))
    let (examples, _) = try PreparedRecords(set).appending(PreparedRecords(other)).examples(
      settings)
    let parts = try examples.heldOutTails(0.25)
    #expect(parts.training.count + parts.validation.count == examples.count)
    for name in ["a.jsonl", "b.jsonl"] {
      let lines = { (part: PreparedExamples) in
        try part.all().filter { $0.source.file.hasSuffix(name) }.compactMap(\.source.line)
      }
      let (before, after) = (try lines(parts.training), try lines(parts.validation))
      #expect((before.max() ?? 0) < (after.min() ?? 0))
      let share = Double(after.count) / Double(before.count + after.count)
      #expect(abs(share - 0.25) < 0.04)
    }
  }

  @Test func `a fingerprint is that of the text without spaces`() throws {
    for text in [
      #"{"a":"b","c":[1,2.5,null,true,{"d":"e\n\"\\"}],"ü":"🙂","":-0.0,"x":123456789012345678901}"#,
      "[]", "{}", #""\u0001""#,
    ] {
      let value = try JSON(parsing: text)
      #expect(Fingerprint.of(value) == Fingerprint.of(value.text()))
    }
  }

  @Test func `work in pieces comes back in order, and the first failure counts`() throws {
    let squares = try InParallel.run(threads: 3) { (number: Int) in
      number * number
    } produce: {
      for number in 0..<500 { try $0(number) }
    }
    #expect(squares == (0..<500).map { $0 * $0 })
    for threads in [1, 2, 5] {
      let error = failure {
        _ = try InParallel.run(threads: threads) { (number: Int) in
          if number % 100 == 57 { throw AnnealError(.data, "\(number)") }
        } produce: {
          for number in 0..<5000 { try $0(number) }
        }
      }
      #expect(error?.message == "57")
    }
    let failed = failure {
      _ = try InParallel.run(threads: 2) { (_: Int) in
      } produce: {
        try $0(1)
        throw AnnealError(.data, "reading")
      }
    }
    #expect(failed?.message == "reading")
  }
}
