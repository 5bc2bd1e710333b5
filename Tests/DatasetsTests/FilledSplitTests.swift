import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

/// Splits of few groups, and of rows whose groups and times pull apart.
struct FilledSplitTests {
  private func split(
    _ rows: [JSON], _ change: (inout PreparedSplit.Settings) -> Void
  ) throws -> PreparedSplit {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.jsonl", rows.map { $0.text(.spaced) + "\n" }.joined())
    var settings = PreparedSplit.Settings(validation: 0.1, test: 0.1, seed: 17)
    (settings.cleans, settings.isStable) = (false, true)
    change(&settings)
    return try PreparedSplit(files: [path], settings: settings)
  }

  private func rows(_ count: Int, _ member: (Int) -> (String, JSON)) -> [JSON] {
    (0..<count).map { index in
      JSON(members: [
        ("prompt", .string("p\(index)")), ("completion", .string("c\(index)")), member(index),
      ])
    }
  }

  private func counts(_ split: PreparedSplit) -> [Int] {
    [split.train, split.validation, split.test].map(\.count)
  }

  @Test func `few documents fill every part, and a note says that shares are kept exactly`() throws
  {
    let rows = rows(143) { ("source", .string("document \($0 % 8)")) }
    var fallbacks = 0
    for seed in 0..<12 as Range<UInt64> {
      let found = try split(rows) { ($0.groupBy, $0.seed) = ("source", seed) }
      #expect(counts(found).allSatisfy { $0 > 0 } && found.emptyParts.isEmpty)
      guard let reason = found.exactness else { continue }
      fallbacks += 1
      #expect(reason.contains("--exact") && found.divisionNotes == [reason])
      #expect(found.json["exact_shares"]?.string == reason)
      #expect(found.settings.json["way"] == "by content, exact shares")
      let exact = try split(rows) {
        ($0.groupBy, $0.seed, $0.isStable) = ("source", seed, false)
      }
      #expect(exact.exactness == nil)
      let areSame = exact.test.map(\.fields).elements == found.test.map(\.fields).elements
      #expect(areSame && counts(exact) == counts(found))
    }
    // Eight draws of a chance of 0.1 leave a part empty in two of three seeds.
    #expect(fallbacks > 0)
  }

  @Test func `too few groups for all parts are no reason, and many rows need none`() throws {
    let pair = try split(rows(2) { ("n", .integer($0)) }) { ($0.test, $0.isStable) = (0.1, false) }
    #expect(counts(pair) == [1, 1, 0] && pair.emptyParts == ["test"] && pair.exactness == nil)
    let many = try split(rows(400) { ("n", .integer($0)) }) { _ in }
    #expect(many.exactness == nil && many.divisionNotes.isEmpty)
  }

  @Test func `classes of one row each are split by share instead, and a note says so`() throws {
    let found = try split(rows(100) { ("id", .integer($0)) }) { $0.stratifyBy = "id" }
    #expect(counts(found) == [80, 10, 10])
    #expect(found.exactness?.contains("the values of 'id' have too few rows") == true)
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `exact shares leave a group for each part that comes later`(seed: UInt64) throws {
    let rows = rows(143) { ("source", .integer($0 < 5 ? 0 : $0 < 10 ? 1 : 2)) }
    let found = try split(rows) { ($0.groupBy, $0.seed, $0.isStable) = ("source", seed, false) }
    #expect(Set(counts(found)) == [5, 133])
  }

  @Test func `rows that their group holds out before their time are told`() throws {
    let rows = rows(100) { index in
      ("at", .integer(index))
    }.enumerated().map { index, row in
      // The first and the last row of all are of one document.
      row.setting("doc", to: .integer(index == 99 ? 0 : index))
    }
    let found = try split(rows) { ($0.timeBy, $0.groupBy) = ("at", "doc") }
    #expect(counts(found) == [80, 10, 10])
    let crossings = try #require(found.crossings)
    #expect(crossings.moved.map(\.place.line) == [1] && crossings.moved.map(\.other.line) == [100])
    #expect(crossings.moved.map(\.isOfField) == [true])
    #expect(crossings.laterTraining == 80)
    #expect(found.divisionNotes.first?.contains("1 by a later row of one 'doc'") == true)
    let time = found.json["time"]
    #expect(time?["held_out_by_group"] == 1 && time?["by_field"] == 1 && time?["by_likeness"] == 0)
    #expect(time?["training_after_first_held_out"] == 80)

    let alone = try split(rows) { $0.timeBy = "at" }
    #expect(alone.crossings?.moved.isEmpty == true && alone.crossings?.laterTraining == 0)
    #expect(alone.divisionNotes.isEmpty)
  }

  @Test func `rows that are nearly the same as a later one are told as that`() throws {
    let words = (0..<40).map { "word\($0)" }.joined(separator: " ")
    let rows = rows(50) { ("at", .integer($0)) }.enumerated().map { index, row in
      [3, 48].contains(index)
        ? row.setting("prompt", to: .string(words)).setting("completion", to: "c") : row
    }
    let found = try split(rows) { ($0.timeBy, $0.together) = ("at", NearDuplicates.Settings()) }
    #expect(found.crossings?.moved.map(\.place.line) == [4])
    #expect(found.crossings?.note?.contains("1 by a later row that is nearly the same") == true)
    #expect(found.json["time"]?["by_likeness"] == 1)
  }

  @Test func `a last day of more rows than its share is held out whole`() throws {
    let rows = rows(50) { ("day", .integer($0 < 30 ? $0 : $0 < 40 ? 100 : 101)) }
    let found = try split(rows) { $0.timeBy = "day" }
    #expect(counts(found) == [30, 10, 10])
    // A day of most rows is not: little would be left to train on.
    let most = try split(self.rows(50) { ("day", .integer($0 < 10 ? $0 : 100)) }) {
      $0.timeBy = "day"
    }
    #expect(most.test.isEmpty && most.emptyParts == ["validation", "test"])
  }
}
