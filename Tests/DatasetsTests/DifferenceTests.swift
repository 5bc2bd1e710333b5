import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

struct DifferenceTests {
  private func compare(
    _ old: [JSON], _ new: [JSON], by field: String? = nil
  ) throws -> DatasetDifference {
    let folder = try TemporaryFolder()
    func source(_ name: String, _ rows: [JSON]) throws -> [RowSource] {
      [RowSource(path: try folder.file(name, rows.map { $0.text() + "\n" }.joined()))]
    }
    return try DatasetDifference(
      source("old.jsonl", old), source("new.jsonl", new), by: field, in: folder.path,
      bad: BadRows(.stop))
  }

  private func counts(_ difference: DatasetDifference) -> [Int] {
    [
      difference.equal, difference.changed.count, difference.added.count, difference.removed.count,
    ]
  }

  private static let story =
    "once upon a time a small fox lived in the deep green forest and slept all day"

  @Test func `rows are matched by what they say, then by their prompt, then nearly`() throws {
    let old: [JSON] = [
      ["prompt": "same", "completion": "same"], ["prompt": "same", "completion": "same"],
      ["prompt": "a?", "completion": "old"], ["prompt": "gone", "completion": "away"],
      ["prompt": .string(Self.story), "completion": "x"],
    ]
    let new: [JSON] = [
      ["prompt": .string(Self.story + " long"), "completion": "x"],
      ["prompt": "a?", "completion": "new"], ["prompt": "same", "completion": "same"],
      ["prompt": "fresh", "completion": "row", "more": 1],
    ]
    let found = try compare(old, new)
    #expect(found.key == .content)
    #expect(counts(found) == [1, 2, 1, 2])
    #expect(found.changed.map { $0.fields.map(\.name) } == [["completion"], ["prompt"]])
    #expect(found.removed.map(\.place.line) == [2, 4])
    #expect(found.json(samples: 1)["samples"]?["removed"]?.array?.count == 1)
    let text = found.text(samples: 5)
    for words in ["1 equal, 2 changed, 1 added, 2 removed", "new fields: more", "- old", "+ new"] {
      #expect(text.contains(words), "\(text)")
    }
  }

  @Test func `rows are matched by id where both versions have it, wherever they stand`() throws {
    let old: [JSON] = (0..<4).map {
      ["text": .string("t\($0)"), "label": "a", "id": .integer($0)]
    }
    let new: [JSON] = (1..<6).reversed().map {
      ["text": .string("t\($0)"), "label": $0 == 2 ? "b" : "a", "id": .integer($0)]
    }
    let found = try compare(old, new)
    #expect(found.key == .field("id"))
    #expect(counts(found) == [2, 1, 2, 1])
    #expect(
      found.labelShifts.map { [$0.label, "\($0.before)", "\($0.after)"] } == [["b", "0", "1"]])
    #expect(found.changesByField.map(\.name) == ["label"])
    // An id that two rows have tells nothing apart: asked for, it is refused, else passed over.
    let twice = old + [["text": "t9", "label": "a", "id": 0]]
    #expect(try compare(twice, new).key == .content)
    let error = #expect(throws: AnnealError.self) { try compare(twice, new, by: "id") }
    #expect(error?.place?.line == 5 && error?.message.contains("old.jsonl:1") == true)
  }

  @Test func `a set does not differ from itself`() throws {
    let rows: [JSON] = (0..<50).map {
      ["text": .string("row number \($0 % 7)"), "label": .string("l\($0 % 3)")]
    }
    let found = try compare(rows, rows.reversed())
    #expect(counts(found) == [50, 0, 0, 0])
    #expect(found.labelShifts.isEmpty)
  }
}
