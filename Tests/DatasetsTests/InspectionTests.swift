import AnnealDatasets
import AnnealFiles
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
}
