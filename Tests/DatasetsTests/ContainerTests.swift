import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

struct ContainerTests {
  @Test(arguments: [
    "rows.jsonl.gz", "members.jsonl.gz", "rows.csv.gz", "rows.json.gz", "rows.jsonl.zst",
    "frames.jsonl.zst", "rows.csv.zst",
  ])
  func `compressed files hold the rows that were packed`(name: String) throws {
    let rows = try RowReader(path: Fixture.path("compressed/" + name)).rows()
    #expect(rows.map { $0.fields["prompt"]?.string } == (0..<3).map { "question \($0) é" })
    #expect(rows.map { $0.fields["completion"]?.string?.count } == [0, 1, 2])
  }

  @Test func `a compressed text is a text`() throws {
    let rows = try RowReader(path: Fixture.path("compressed/text.txt.gz")).rows()
    #expect(rows.map(\.fields) == [["text": "one\ntwo\n"]])
  }

  @Test(arguments: [
    ("cut.jsonl.gz", "the file ends inside of it"), ("damaged.jsonl.gz", "it is damaged"),
    ("cut.jsonl.zst", "the file ends inside of it"),
  ])
  func `a damaged file is told as such`(name: String, message: String) throws {
    let error = failure { _ = try RowReader(path: Fixture.path("compressed/" + name)).rows() }
    #expect(error?.code == .data)
    #expect(error?.place?.file.hasSuffix(name) == true)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    #expect(error?.remedy != nil)
  }

  @Test func `a folder and a pattern stand for their files`() throws {
    let folder = try TemporaryFolder()
    for name in ["b.jsonl", "a.csv", ".hidden.jsonl", "notes.pdf", "c.json.gz", "d.md"] {
      _ = try folder.file(name, "x")
    }
    func names(_ path: String) throws -> [String] {
      try DataFiles.resolved(path).map(Folder.name)
    }
    #expect(try names(folder.path) == ["a.csv", "b.jsonl", "c.json.gz", "d.md"])
    #expect(try names(folder.path + "/*.json*") == ["b.jsonl", "c.json.gz"])
    #expect(try DataFiles.resolved("-") == ["/dev/stdin"])
    #expect(
      failure { _ = try DataFiles.resolved(folder.path + "/*.tsv") }?.message
        == "no file matches the pattern")
  }

  @Test func `what tells of the files of a folder is no data of it`() throws {
    let folder = try TemporaryFolder()
    for name in [
      "rows.jsonl", "rows.changes.jsonl", "rows.skipped.jsonl", "rows.rejected.jsonl",
      "rows.card.json", "rows.card.md", "README.md", "LICENSE.txt", "card.json", "report.json",
      "mine.changes.jsonl",
    ] { _ = try folder.file(name, "{\"text\": \"a\"}\n") }
    // A log of changes without the file that it is of may be anything.
    #expect(
      try DataFiles.resolved(folder.path).map(Folder.name) == ["mine.changes.jsonl", "rows.jsonl"])
    let text = try TemporaryFolder()
    _ = try text.file("README.md", "words")
    #expect(try DataFiles.resolved(text.path).count == 1)
  }

  @Test func `a folder with test files beside others asks for a split`() throws {
    let folder = try TemporaryFolder()
    for name in ["train.jsonl", "test.jsonl"] { _ = try folder.file(name, "x") }
    #expect(failure { _ = try DataFiles.resolved(folder.path) }?.remedy?.contains("split") == true)
    #expect(try DataFiles.resolved(folder.path, split: "train").count == 1)
  }

  @Test func `a line that fills no buffer evenly is read whole`() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "y", count: (1 << 20) + 7)
    let path = try folder.file(
      "a.jsonl", "{\"text\": \"x\"}\n{\"text\": \"\(long)\"}\n{\"text\": \"z\"}")
    let rows = try RowReader(path: path).rows()
    #expect(rows.map(\.line) == [1, 2, 3])
    #expect(rows[1].fields["text"]?.string?.utf8.count == long.utf8.count)
  }
}
