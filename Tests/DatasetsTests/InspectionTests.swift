import AnnealDatasets
import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

struct InspectionTests {
  @Test func `an inspection tells fields, duplicates and problems without stopping`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl",
      """
      {"instruction": "abc", "input": "", "output": "x", "id": 1}
      {"instruction": "a", "input": "b", "output": "y", "id": 2}
      {"instruction": "abc", "input": "", "output": "x", "id": 1}
      {"instruction": 5, "output": "x"}
      {oops}
      """)
    let inspection = try DatasetInspection(path: path)
    #expect(inspection.format == "alpaca")
    #expect(inspection.rows == 4)
    #expect(inspection.duplicates == 1)
    #expect(inspection.unread == ["id"])
    #expect(inspection.records.places.map(\.line) == [1, 2, 3])
    #expect(inspection.problems.compactMap { $0.place?.line } == [4, 5])
    let input = try #require(inspection.fields.first { $0.name == "input" })
    #expect(input.filled == 1)
    #expect(inspection.json["fields"]?[0]?["types"] == ["a string": 3, "a number": 1])
    #expect(inspection.description.contains("id           75.0 % filled, a number (not read)"))
  }

  @Test func `a file of no known format is inspected all the same`() throws {
    let folder = try TemporaryFolder()
    let inspection = try DatasetInspection(path: folder.file("a.csv", "foo,bar\n1,2\n"))
    #expect(inspection.format == nil)
    #expect(inspection.rows == 1)
    #expect(inspection.problems.count == 1)
    #expect(inspection.records.isEmpty)
    #expect(inspection.json["format"]?.isNull == true)
  }

  @Test func `rows that can be used and may not say what is meant are remarked on`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl",
      """
      {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
      {"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": "b"}]}
      {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}]}
      {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, \
      {"role": "user", "content": "c"}]}
      {"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, \
      {"role": "assistant", "content": "c"}]}
      """)
    let inspection = try DatasetInspection(path: path)
    #expect(inspection.problemCount == 0, "\(inspection.problems)")
    let found = inspection.remarks.map { "\($0.kind) \($0.rows) \($0.places[0].line ?? 0)" }
    #expect(
      Set(found) == ["emptyPrompt 1 2", "emptyAnswer 1 3", "endsWithUser 1 4", "repeatedUser 1 5"])
    #expect(inspection.description.contains("~ 1 row: the prompt is empty (a.jsonl:2)"))
    #expect(inspection.json["remarks"]?.array?.count == 4)
    let pairs = try DatasetInspection(
      path: folder.file(
        "b.jsonl", #"{"prompt": "a", "chosen": "b", "rejected": ""}"# + "\n"))
    #expect(pairs.remarks.map(\.kind) == [.emptyAnswer])
  }

  @Test func `what a mapping gives every row is no field of the file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.jsonl", #"{"prompt": "a", "completion": "b"}"# + "\n")
    let inspection = try DatasetInspection(
      path: path, mapping: RowMapping(constants: ["system": "Be kind."]))
    #expect(inspection.fields.map(\.name) == ["prompt", "completion"])
  }

  @Test func `an amount of thousands is written in one way, and one thing is not several`() throws {
    let folder = try TemporaryFolder()
    let row = #"{"prompt": "a", "completion": "b"}"# + "\n"
    let one = try DatasetInspection(path: folder.file("a.jsonl", row))
    #expect(one.description.contains("1 row, 0 exact duplicates, 0 problems"))
    let many = try DatasetInspection(
      path: folder.file("b.jsonl", String(repeating: row, count: 1200)))
    #expect(many.description.contains("1,200 rows, 1,199 exact duplicates, 0 problems"))
  }
}
