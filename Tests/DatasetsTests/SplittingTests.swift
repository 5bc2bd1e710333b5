import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

struct SplittingTests {
  private func source(_ folder: TemporaryFolder, _ rows: [JSON], _ name: String = "a.jsonl") throws
    -> String
  {
    try folder.file(name, rows.map { $0.text(.spaced) + "\n" }.joined())
  }

  private func row(_ index: Int, _ more: [(String, JSON)] = []) -> JSON {
    var numbers = SeededNumbers(UInt64(index), 5)
    let words = (0..<40).map { _ in "w\(numbers.next(below: 9000))" }.joined(separator: " ")
    return JSON(members: [("prompt", .string(words)), ("completion", .string("c\(index)"))] + more)
  }

  private func split(
    _ path: String, _ change: (inout PreparedSplit.Settings) -> Void
  ) throws -> PreparedSplit {
    var settings = PreparedSplit.Settings(validation: 0.2, test: 0.2, seed: 3)
    (settings.cleans, settings.isStable) = (false, true)
    change(&settings)
    return try PreparedSplit(files: [path], settings: settings)
  }

  private func parts(_ split: PreparedSplit) -> [String: String] {
    var parts: [String: String] = [:]
    for (name, rows) in [
      ("train", split.train), ("validation", split.validation), ("test", split.test),
    ] {
      for row in rows { parts[row.fields.text()] = name }
    }
    return parts
  }

  @Test func `adding rows moves no other, wherever they stand`() throws {
    let folder = try TemporaryFolder()
    let old = parts(try split(source(folder, (0..<400).map { row($0) })) { _ in })
    let more = (400..<500).map { row($0) } + (0..<400).reversed().map { row($0) }
    let new = parts(try split(source(folder, more, "b.jsonl")) { _ in })
    #expect(old.allSatisfy { new[$0.key] == $0.value })
    // 400 draws of a chance of 0.2 deviate from 80 by 8; four times that is never seen.
    #expect(abs(old.values.count { $0 == "test" } - 80) < 32)
    #expect(abs(old.values.count { $0 == "validation" } - 80) < 32)
  }

  @Test func `siblings of a document never part, and neither do near-duplicates`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<200).map { index -> JSON in
      let twin = row(index - index % 2)
      let text = (twin["prompt"]?.string ?? "") + (index % 2 == 0 ? "" : " indeed")
      return twin.setting("prompt", to: .string(text)).setting("document", to: .integer(index / 5))
    }
    let path = try source(folder, rows)
    let alone = try split(path) { $0.onLeak = .report }
    #expect(alone.leaks.contains { $0.kind == .nearDuplicate })
    let together = try split(path) {
      ($0.onLeak, $0.together) = (.report, NearDuplicates.Settings())
      $0.groupBy = "document"
    }
    #expect(together.leaks.isEmpty)
    let documents = [together.train, together.validation, together.test].map { part in
      Set(part.map { $0.fields["document"]?.integer ?? -1 })
    }
    #expect(documents[0].isDisjoint(with: documents[1].union(documents[2])))
    #expect(documents[1].isDisjoint(with: documents[2]))
    #expect(documents.allSatisfy { !$0.isEmpty })
  }

  @Test func `each class has the same shares`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<300).map { row($0, [("label", $0 % 10 == 0 ? "rare" : "often")]) }
    let found = try split(source(folder, rows)) { $0.stratifyBy = "label" }
    let rare = [found.train, found.validation, found.test].map { part in
      part.count { $0.fields["label"] == "rare" }
    }
    #expect(rare == [18, 6, 6])
    #expect([found.train, found.validation, found.test].map(\.count) == [180, 60, 60])
  }

  @Test func `the latest rows are held out, and rows of one time stay together`() throws {
    let folder = try TemporaryFolder()
    let days = (0..<100).map { index -> JSON in
      let day = (index * 37) % 50
      return row(index, [("date", .string("2024-0\(1 + day / 18)-\(10 + day % 18)"))])
    }
    let found = try split(source(folder, days)) { $0.timeBy = "date" }
    func times(_ part: Dataset<Row>) throws -> [Double] {
      try SplitGroups.times(of: "date", in: part)
    }
    let (train, validation, test) = (
      try times(found.train), try times(found.validation), try times(found.test)
    )
    #expect((train.max() ?? 0) < (validation.min() ?? 0))
    #expect((validation.max() ?? 0) < (test.min() ?? 0))
    #expect([train, validation, test].map(\.count) == [60, 20, 20])
  }

  @Test(
    arguments: [
      ("1970-01-01", 0), ("2024-02-29", 1_709_164_800), ("2024-02-29T12:30:00Z", 1_709_209_800),
      ("2024-02-29 12:30:00+01:00", 1_709_206_200), ("17.5", 17.5),
      ("2024-02-29T12:30:00.25-0530", 1_709_229_600.25), ("1969-12-31T23:59", -60),
    ] as [(String, Double)])
  func `a time is a number or a date`(text: String, seconds: Double) throws {
    let row = Row(index: 0, file: "a", line: 1, fields: ["t": .string(text)])
    #expect(try SplitGroups.times(of: "t", in: Dataset(rows: [row])) == [seconds])
  }

  @Test(arguments: [
    "yesterday", "2024-13-01", "2024-01", "", "2024-01-01T25h", "nan", "inf",
    "2024-01-01T00:00:nan",
    "2024-01-01T00:00:inf", "2024-01-01T24:00", "2024-01-01T10:60", "2024-01-01T10:00:61",
    "2024-01-01T99:99", "2024-01-01T10:00+99:99", "2024-01-01T-1:00", "2024-02-30", "2023-02-29",
    "2024-06-31", "2024-+1-05", "17-05-24",
  ])
  func `what is no time is refused with its place`(text: String) {
    let row = Row(index: 0, file: "a", line: 7, fields: ["t": .string(text)])
    let error = failure { _ = try SplitGroups.times(of: "t", in: Dataset(rows: [row])) }
    #expect(error?.place?.line == 7 && error?.message.contains("2024-05-17") == true)
  }

  @Test func `leaks are reported with both places, dropped from what is learned, or end the work`()
    throws
  {
    let folder = try TemporaryFolder()
    var rows = (0..<60).map { row($0) }
    rows += rows.map { $0.setting("id", to: .integer(1)) }
    let path = try source(folder, rows)
    let change: (inout PreparedSplit.Settings) -> Void = { $0.onLeak = .report }
    let told = try split(path, change)
    #expect(!told.leaks.isEmpty)
    let leak = try #require(told.leaks.first)
    #expect(leak.place != leak.other && leak.place.line != nil && leak.part != leak.otherPart)
    try told.write(to: folder.path + "/out")
    let lines = try RowReader(path: folder.path + "/out/leaks.jsonl").rows()
    #expect(lines.count == told.leaks.count)
    #expect(told.json["leakage"]?["leaks"]?.integer == told.leaks.count)

    let dropped = try split(path) { $0.onLeak = .drop }
    #expect(dropped.test.count == told.test.count)
    #expect(
      dropped.train.count + dropped.validation.count + dropped.test.count
        == rows.count - told.leaks.count)
    let again = try LeakageCheck(settings: .init()).leaks([
      ("test", dropped.test), ("validation", dropped.validation), ("train", dropped.train),
    ])
    #expect(again.isEmpty)
    let stopped = failure { _ = try split(path) { $0.onLeak = .stop } }
    #expect(stopped?.code == .gate && stopped?.place?.line != nil)
  }

  @Test func `rows that hold thirteen words of a benchmark are found, and common phrases are not`()
    throws
  {
    let folder = try TemporaryFolder()
    let words = (0..<30).map { "q\($0)" }
    let common = (0..<14).map { "common\($0)" }.joined(separator: " ")
    let nine = (0..<9).map { "short\($0)" }.joined(separator: " ")
    let own = (0..<30).map { "own\($0)" }.joined(separator: " ")
    let bench = try source(
      folder,
      [
        ["question": .string(words.joined(separator: " ")), "answer": "yes"],
        ["question": .string(common + " " + own)], ["question": .string(nine)],
        ["question": "two words"],
      ], "bench.jsonl")
    var rows = (0..<40).map { index in
      row(index).setting("prompt", to: .string("\(row(index)["prompt"]?.string ?? "") \(common)"))
    }
    rows.append([
      "prompt": .string("So: " + words[5..<18].joined(separator: ", ")), "completion": "a",
    ])
    rows.append(["prompt": .string(words[5..<17].joined(separator: " ")), "completion": "b"])
    rows.append(["prompt": .string("we say \(nine) here"), "completion": "c"])
    let runs = try BenchmarkRuns(files: [bench], length: 13)
    #expect(runs.count == 4 && runs.tooShort == 1 && runs.filesTooShort.isEmpty)
    let found = try runs.found(in: Dataset<Row>(files: [source(folder, rows)]))
    #expect(found.places.indices.filter { found.places[$0] != nil } == [40, 42])
    #expect(found.places[40]?.line == 1 && found.places[42]?.line == 3)
    #expect(found.excused == Array(0..<40))
  }

  /// A question of 22 words.
  private static let question = (0..<22).map { "ask\($0)" }.joined(separator: " ")

  @Test(arguments: [8, 12, 40], [true, false])
  func `an item is found however often it is there, in copies or with other words around it`(
    copies: Int, areAlike: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let bench = try source(folder, [["question": .string(Self.question)]], "bench.jsonl")
    let rows = (0..<60).map { row($0) }
    let leaking = (0..<copies).map { index -> JSON in
      let start = areAlike ? "" : "In words of my own, number \(index): "
      return ["prompt": .string(start + Self.question), "completion": .string("a\(index)")]
    }
    let found = try split(source(folder, rows + leaking)) {
      ($0.onLeak, $0.benchmarks) = (.report, [bench])
      ($0.validation, $0.test) = (0, 0)
    }
    #expect(found.leaks.count { $0.kind == .benchmark } == copies)
    #expect(found.benchmarks?.excused.isEmpty == true)
    #expect(found.benchmarks?.notes.isEmpty == true)
  }

  @Test func `what all items of a benchmark say is no item, and is told`() throws {
    let folder = try TemporaryFolder()
    let asked = (0..<15).map { "please\($0)" }.joined(separator: " ")
    let items = (0..<30).map { index -> JSON in
      ["instruction": .string(asked), "question": row(index + 1000)["prompt"] ?? .null]
    }
    let bench = try source(folder, items, "bench.jsonl")
    let rows = (0..<20).map { index in
      row(index).setting("prompt", to: .string("\(asked) \(row(index)["prompt"]?.string ?? "")"))
    }
    let found = try split(source(folder, rows)) {
      ($0.onLeak, $0.benchmarks) = (.report, [bench])
      ($0.validation, $0.test) = (0, 0)
    }
    #expect(found.leaks.isEmpty && found.benchmarks?.excused.count == 20)
    #expect(found.benchmarks?.notes.contains { $0.hasPrefix("20 rows hold words") } == true)
    let report = found.json["leakage"]?["benchmarks"]
    #expect(report?["items"] == 30 && report?["common_phrases"] == 20)
  }

  @Test func `a benchmark that cannot be read, or has nothing to look for, is no assurance`() throws
  {
    let folder = try TemporaryFolder()
    let data = try source(folder, (0..<20).map { row($0) })
    func search(_ benchmarks: [String]) throws -> PreparedSplit {
      try split(data) { ($0.onLeak, $0.benchmarks) = (.report, benchmarks) }
    }
    let whole = "{\"question\": \"\(Self.question)\"}\n"
    let broken = try folder.file("broken.jsonl", whole + "{\"question\": \"\(Self.question)\n")
    let unread = failure { _ = try search([broken]) }
    #expect(unread?.code == .data && unread?.place?.line == 2)
    #expect(unread?.message.hasPrefix("the benchmark cannot be looked for: ") == true)
    let short = try folder.file("short.jsonl", "{\"question\": \"who is it\"}\n")
    let none = failure { _ = try search([short]) }
    #expect(none?.message.contains("no text of 8 words") == true, "\(none?.message ?? "")")
    #expect(none?.place?.file == short)
    let good = try folder.file("good.jsonl", whole)
    let both = try search([good, short])
    #expect(
      both.benchmarks?.notes == [
        "1 of 2 items of the benchmarks have too few words to be looked for, all of \(short)"
      ])
    let json = try #require(both.json["leakage"]?["benchmarks"])
    #expect(json["items"] == 2 && json["too_short"] == 1)
  }

  @Test func `parts that were asked for and are empty are told, and training must not be`() throws {
    let folder = try TemporaryFolder()
    let few = try source(folder, (0..<8).map { row($0) }, "few.jsonl")
    let found = try split(few) { ($0.validation, $0.test, $0.isStable) = (0.5, 0.01, false) }
    #expect(found.emptyParts.isEmpty && found.emptiness == nil)
    let one = try source(folder, [row(1)], "one.jsonl")
    let alone = try split(one) { ($0.validation, $0.test, $0.isStable) = (0.1, 0.1, false) }
    #expect(alone.train.count == 1 && alone.emptyParts == ["validation", "test"])
    #expect(alone.emptiness?.hasPrefix("no row fell to validation and test, of 1") == true)
    let asked = try split(one) { ($0.validation, $0.test, $0.isStable) = (0, 0, true) }
    #expect(asked.emptiness == nil)
    // A chance of 0.0001 to be left.
    let error = failure {
      _ = try split(one) { ($0.validation, $0.test) = (0.9, 0.0999) }
    }
    #expect(error?.code == .data && error?.message.contains("no row is left to train on") == true)
    #expect(error?.remedy?.contains("--val-size") == true)
  }
}
