import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

struct BadRowTests {
  private static let good = "{\"prompt\": \"a\", \"completion\": \"b\"}"

  /// A file of which the second of three rows is bad.
  private func file(_ folder: TemporaryFolder, _ name: String, _ bad: [UInt8]) throws -> String {
    let isTable = name.hasSuffix("csv")
    let good = isTable ? "a,b" : Self.good
    let head = isTable ? "prompt,completion\n" : ""
    return try folder.file(
      name, Array("\(head)\(good)\n".utf8) + bad + Array("\n\(good)\n".utf8))
  }

  private static let deep =
    "{\"prompt\": " + String(repeating: "[", count: 600) + String(repeating: "]", count: 600) + "}"

  @Test(
    arguments: [
      ("a.jsonl", Array("{\"prompt\": 5, \"completion\": \"b\"}".utf8), "is a number", "prompt"),
      ("a.jsonl", Array("{\"prompt\": \"a\"}".utf8), "is missing", "completion"),
      ("a.jsonl", Array("{\"prompt\": \"a\0b\", \"completion\": \"b\"}".utf8), "control", nil),
      ("a.jsonl", Array("{\"prompt\": \"".utf8) + [0xE9] + Array("\"}".utf8), "not UTF-8", nil),
      ("a.jsonl", Array(deep.utf8), "nested deeper than 512", nil),
      (
        "a.jsonl", Array("{\"prompt\": \"a\", \"prompt\": \"c\", \"completion\": \"b\"}".utf8),
        "\"prompt\" stands here a second time", "prompt"
      ),
      ("a.jsonl", Array("{\"prompt\": \"a\"".utf8), "not valid JSON", nil),
      ("a.jsonl", Array("[1]".utf8), "the row is an array", nil),
      ("a.csv", Array("a,b,c".utf8), "the row has 3 fields", nil),
      ("a.csv", Array("\"a,b".utf8), "never ends", nil),
      ("a.csv", Array("\"a\"x,b".utf8), "text follows the closing quote", nil),
      ("a.csv", Array("a\0,b".utf8), "holds a zero byte", "prompt"),
      ("a.csv", [0xFF, 0x2C, 0x61], "not UTF-8", nil),
    ] as [(String, [UInt8], String, String?)])
  func `a bad row is named by line and field, and the others are read`(
    name: String, bytes: [UInt8], message: String, field: String?
  ) throws {
    let folder = try TemporaryFolder()
    let path = try file(folder, name, bytes)
    let line = name.hasSuffix("csv") ? 3 : 2
    let stopped = failure { _ = try Dataset<Record>(files: [path]) }
    #expect(stopped?.place?.line == line)
    #expect(stopped?.place?.field == field)
    #expect(stopped?.message.contains(message) == true, "\(stopped?.message ?? "no error")")

    let bad = BadRows(.skip)
    let data = try Dataset<Record>(RowSource(path: path), bad: bad)
    #expect(data.places.map(\.line) == [line - 1, line + 1])
    #expect(bad.count == 1)
  }

  @Test func `a line beyond the limit is passed over and told`() throws {
    let folder = try TemporaryFolder()
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 100 << 20)
    let path = try file(folder, "a.jsonl", long)
    let bad = BadRows(.skip)
    #expect(try Dataset<Record>(RowSource(path: path), bad: bad).count == 2)
    #expect(bad.first.map { $0.place?.line } == [2])
    #expect(bad.first.first?.message.contains("is longer than 67") == true)
  }

  @Test func `skipped rows are counted and kept beside the output`() throws {
    let folder = try TemporaryFolder()
    let path = try file(folder, "a.jsonl", Array("{\"prompt\": 5, \"completion\": \"é\"}".utf8))
    let side = folder.path + "/skipped.jsonl"
    let summary = try BadRows.collecting(.skip, sideFile: side) { bad in
      _ = try Dataset<Record>(RowSource(path: path), bad: bad)
      return bad.summary
    }
    #expect(summary?.hasPrefix("1 bad row is left out and kept in \(side)") == true)
    let kept = try RowReader(path: side).rows()
    #expect(kept.map { $0.fields["row"] } == [["prompt": 5, "completion": "é"]])
    #expect(kept.first?.fields["at"] == .string("\(path):2:prompt"))

    _ = try BadRows.collecting(.skip, sideFile: side) { bad in
      _ = try Dataset<Record>(files: [try folder.file("b.jsonl", Self.good + "\n")])
    }
    #expect(!Folder.holdsAnything(side))
  }

  @Test func `a report tells all bad rows and then stops`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl", "\(Self.good)\n{oops}\n{\"prompt\": \"a\"}\n\(Self.good)\n")
    let error = failure {
      _ = try BadRows.collecting(.report, sideFile: nil) { bad in
        try Dataset<Record>(RowSource(path: path), bad: bad)
      }
    }
    #expect(error?.message.hasPrefix("2 rows cannot be used:\n\(path):2") == true)
    #expect(error?.message.contains("\(path):3:completion") == true)
    #expect(error?.remedy?.contains("--on-error skip") == true)
  }

  @Test func `a quote that never closes costs one row of a table`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.csv", "q,a\n1,2\n\"x,3\n4,5\n6,\"7\n8\"\n9,0\n")
    let contents = try RowReader(path: path).contents()
    try #require(contents.rows.map { $0.fields["q"]?.string } == ["1", "4", "6", "9"])
    #expect(contents.rows[2].fields["a"] == "7\n8")
    #expect(contents.problems.map { $0.place?.line } == [3])
  }

  @Test func `a few broken rows at the beginning do not hide the format`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl", "{oops}\n{\"x\": 1}\n\(Self.good)\n\(Self.good)\n\(Self.good)\n")
    let inspection = try DatasetInspection(path: path)
    #expect(inspection.format == "prompt-completion")
    #expect(inspection.rows == 4)
    #expect(inspection.problems.map { $0.place?.line } == [1, 2])
  }
}
