import AnnealFiles
import Foundation
import TestSupport
import Testing

@testable import AnnealDatasets

struct NearDuplicateTests {
  @Test(arguments: [0.3, 0.5, 0.7, 0.8, 0.9, 1])
  func `bands find pairs at the threshold with a recall of 0,99 in 512 bytes`(threshold: Double) {
    let banding = Banding(threshold: threshold)
    #expect(banding.probability(at: threshold) >= 0.99)
    #expect(banding.places * 4 <= 512)
  }

  @Test func `resemblance is Jaccard's index of the shingles`() {
    let a = Shingles("a b c d e", width: 3)  // abc bcd cde
    let b = Shingles("A, b c d! f", width: 3)  // abc bcd cdf
    #expect(a.resemblance(to: b) == 0.5)
    #expect(a.resemblance(to: a) == 1)
    #expect(Shingles("ein Wort", width: 3).hashes.count == 1)
    #expect(Shingles("我们今天去北京", width: 3).hashes.count == 5)
  }

  @Test(arguments: [
    ("if a < b", "if a > b"), ("it costs $20", "it costs €20"), ("is -5 to 5", "is 5 to 5"),
    ("-2", "2"), ("it is\n-2", "it is\n2"),
    ("x - y is 3", "x + y is 3"), ("x*y", "x/y"), ("a != b", "a == b"), ("if !done", "if done"),
    ("written in C#", "written in C"), ("a ≤ b", "a ≥ b"), ("5%", "5"), ("x − y", "x y"),
  ])
  func `texts that differ in an operator or a currency are not the same`(a: String, b: String) {
    #expect(Shingles(a, width: 3) != Shingles(b, width: 3))
    #expect(TextWords(a).hashes.count <= TextWords(a, signs: true).hashes.count)
  }

  @Test(arguments: [
    ("a well-known (old) fact", "A well known, old fact!"), ("- one\n- two", "* one\n* two"),
    ("**bold** words", "bold words"), ("Wait!", "wait"), ("pre- and post-war", "pre and post war"),
  ])
  func `punctuation and the marks of lists do not count`(a: String, b: String) {
    #expect(Shingles(a, width: 3) == Shingles(b, width: 3))
  }

  @Test func `signs are no words of the fewest that a text needs`() {
    #expect(Shingles("a < b + c", width: 3).words == 3)
  }

  @Test func `the share of equal places of signatures estimates the resemblance`() {
    let hash = MinHash(count: 128, seed: 3)
    func signature(_ shingles: Shingles) -> [UInt32] {
      [UInt32](unsafeUninitializedCapacity: 128) { buffer, count in
        buffer.initialize(repeating: 0)
        hash.sign(shingles, into: buffer)
        count = 128
      }
    }
    var numbers = SeededNumbers(1)
    var error = 0.0
    for _ in 0..<40 {
      let words = (0..<120).map { _ in String(numbers.next(below: 5000)) }
      var other = words
      for place in 0..<6 { other[place * 19] = String(numbers.next(below: 5000)) }
      let a = Shingles(words.joined(separator: " "), width: 3)
      let b = Shingles(other.joined(separator: " "), width: 3)
      let equal = zip(signature(a), signature(b)).count { $0 == $1 }
      error += Double(equal) / 128 - a.resemblance(to: b)
    }
    // The mean of 40 estimates deviates by √(0.25 / 128 / 40) = 0.007 at most; three times that.
    #expect(abs(error / 40) < 0.021)
  }

  /// Rows of 100 words, of which every fourth is a copy of the one before with a few words changed.
  static func planted(
    _ count: Int, seed: UInt64
  ) -> (texts: [String], pairs: [(Int, Int)]) {
    var numbers = SeededNumbers(seed)
    var texts: [String] = []
    var pairs: [(Int, Int)] = []
    while texts.count < count {
      let words = (0..<100).map { _ in "w\(numbers.next(below: 20_000))" }
      texts.append(words.joined(separator: " "))
      guard texts.count % 4 == 3, texts.count < count else { continue }
      var copy = words
      // Each changed word changes three of 98 shingles: up to six give resemblances of 0.69…1.
      for _ in 0..<numbers.next(below: 7) {
        copy[numbers.next(below: 100)] = "w\(numbers.next(below: 20_000))"
      }
      pairs.append((texts.count - 1, texts.count))
      texts.append(copy.joined(separator: " "))
    }
    return (texts, pairs)
  }

  @Test func `planted near-duplicates are found with precision and recall of 0,95`() throws {
    let (texts, pairs) = Self.planted(4000, seed: 7)
    let firsts = try NearDuplicates(.init(threshold: 0.8)).firsts(count: texts.count) { texts[$0] }
    let wanted = pairs.filter { a, b in
      Shingles(texts[a], width: 3).resemblance(to: Shingles(texts[b], width: 3)) >= 0.8
    }
    #expect(wanted.count > 400 && wanted.count < pairs.count)
    let found = firsts.enumerated().filter { $0.offset != $0.element }
    let right = wanted.count { firsts[$0.1] == $0.0 }
    print("recall \(right) of \(wanted.count), precision \(right) of \(found.count)")
    #expect(Double(right) / Double(wanted.count) >= 0.95)
    #expect(Double(right) / Double(found.count) >= 0.95)
  }

  @Test func `those that go resemble the one that stays, with recall and precision of 0,95`() throws
  {
    let (texts, pairs) = Self.planted(4000, seed: 7)
    let found = try NearMatches(settings: .init()).matches(count: texts.count) {
      .init(text: texts[$0])
    }
    let wanted = pairs.filter { a, b in
      Shingles(texts[a], width: 3).resemblance(to: Shingles(texts[b], width: 3)) >= 0.8
    }
    let right = wanted.count { found[$0.1]?.row == $0.0 }
    #expect(Double(right) / Double(wanted.count) >= 0.95)
    #expect(Double(right) / Double(found.count { $0 != nil }) >= 0.95)
    try check(found, texts)
    let one = try NearMatches(settings: .init(threads: 1)).matches(count: texts.count) {
      .init(text: texts[$0])
    }
    let isSame = one == found
    #expect(isSame)
  }

  /// Each goes for a text that stays and that it resembles as much as is said.
  private func check(_ found: [NearMatches.Match?], _ texts: [String]) throws {
    for (row, match) in found.enumerated() {
      guard let match else { continue }
      let own = Shingles(texts[row], width: 3)
      let resemblance = own.resemblance(to: Shingles(texts[match.row], width: 3))
      #expect(resemblance == match.resemblance && resemblance >= 0.8)
      #expect(found[match.row] == nil)
    }
  }

  @Test func `a chain of texts, each like the next, does not go for its first`() throws {
    // 1,500 windows of 60 words of one text, each 2 words on: more than one block.
    let words = (0..<3100).map { "w\($0)" }
    let texts = (0..<1500).map { words[2 * $0..<2 * $0 + 60].joined(separator: " ") }
    let chained = try NearDuplicates().firsts(count: texts.count) { texts[$0] }
    #expect(chained.allSatisfy { $0 == 0 })
    let found = try NearMatches(settings: .init()).matches(count: texts.count) {
      .init(text: texts[$0])
    }
    try check(found, texts)
    // 58 shingles, of which 2 are others at each step: 3 steps are above 0.8, and 4 below.
    #expect(found.prefix(8).map { $0?.row } == [nil, 0, 0, 0, nil, 4, 4, 4])
    // From the other end, as a field or the length may order them.
    let order = Array((0..<1500).reversed())
    let turned = try NearMatches(settings: .init()).matches(count: texts.count, order: order) {
      .init(text: texts[$0])
    }
    try check(turned, texts)
    #expect(turned.suffix(5).map { $0?.row } == [nil, 1499, 1499, 1499, nil])
  }

  @Test func `a row is not the same whose answer is another`() throws {
    let question = (0..<60).map { "w\($0)" }.joined(separator: " ")
    let long = "the parcel needs 5 days to get there from the warehouse in the north of the city"
    let answers = [
      "yes", "no", "Yes!", "It costs $20.", "It costs €20.", long, long + ", as a rule",
      long.replacing("5", with: "6"), "nobody knows how many days it takes to get to such a place",
    ]
    let found = try NearMatches(settings: .init()).matches(count: answers.count) {
      .init(text: question + " " + answers[$0], answer: answers[$0])
    }
    #expect(found.map { $0?.row } == [nil, nil, 0, nil, nil, nil, 5, nil, nil])
  }

  @Test func `the result does not depend on the number of threads`() throws {
    let (texts, _) = Self.planted(600, seed: 9)
    let one = try NearDuplicates(.init(threads: 1)).firsts(count: texts.count) { texts[$0] }
    let four = try NearDuplicates(.init(threads: 4)).firsts(count: texts.count) { texts[$0] }
    #expect(one == four)
  }

  @Test func `texts of few words, and none, are left alone`() throws {
    let texts = ["", "", "yes", "yes", "not (a) and (b)", "not (a and b)"]
    let firsts = try NearDuplicates().firsts(count: texts.count) { texts[$0] }
    #expect(firsts == Array(0..<texts.count))
    #expect(try NearDuplicates().firsts(count: 0) { _ in "" }.isEmpty)
  }

  /// By hand: `ANNEAL_DEDUP_ROWS=1000000 swift test … --filter NearDuplicateTests`.
  @Test(.enabled(if: dedupRows > 0))
  func `many rows are deduplicated in bounded memory`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/rows.jsonl"
    var numbers = SeededNumbers(11)
    let rows = dedupRows
    let output = try OutputFile(path: path)
    var lines = BufferedLines(output)
    var last = ""
    for row in 0..<rows {
      if row % 10 != 9 {
        last = (0..<100).map { _ in "w\(numbers.next(below: 50_000))" }.joined(separator: " ")
      } else {
        last += " and more"
      }
      try lines.add("{\"text\": \"\(last)\"}\n")
    }
    try lines.flush()
    let stages = try CleaningStages.builtin.stages(named: ["near-duplicates"])
    let clock = ContinuousClock()
    var report = CleaningReport()
    let time = try clock.measure {
      report = try CleaningRun(stages).clean(
        [RowSource(path: path)], to: folder.path + "/clean.jsonl", bad: BadRows(.stop))
    }
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    print("\(rows) rows, \(rows - report.kept) dropped, \(Int(Double(rows) / seconds)) rows/s")
    print(
      String(decoding: try fileBytes("/proc/self/status"), as: UTF8.self)
        .split(separator: "\n").filter { $0.hasPrefix("VmHWM") || $0.hasPrefix("RssAnon") })
    #expect(rows - report.kept == rows / 10)
  }
}

/// How many rows the run by hand has; 0 leaves it out.
private let dedupRows = Int(ProcessInfo.processInfo.environment["ANNEAL_DEDUP_ROWS"] ?? "") ?? 0
