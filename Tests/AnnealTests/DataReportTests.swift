import Anneal
import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

/// The page on data files, and the card of a prepared set.
struct DataReportTests {
  private static let rows =
    (0..<6).map { "{\"text\": \"where is my <card> \($0)\", \"label\": \"card\", \"id\": \($0)}\n" }
    .joined()

  @Test func `the page shows what was found, escaped, and names no folder`() throws {
    let folder = try TemporaryFolder()
    let train = try folder.write(Self.rows + "{oops}\n", to: "train.jsonl")
    let test = try folder.write(
      #"{"text": "where is my <card> 3", "label": "card"}"# + "\n", to: "test.jsonl")
    let sources = [RowSource(path: train), RowSource(path: test)]
    let page = DataPage(
      try sources.map { try DatasetInspection(path: $0.path) },
      survey: try DatasetSurvey(sources, in: folder.path)
    ).html
    for words in [
      "2 data files", "train.jsonl: 1 problem", "train.jsonl:7", "&lt;card&gt;",
      "1 row of test.jsonl says what train.jsonl says", "&#39;id&#39; is not read",
    ] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(!page.contains("<card>"))
    #expect(!page.contains(folder.path))
    #expect(!page.contains("http") && !page.contains("<script"))
  }

  @Test func `the page tells what cleaning would find, and of rows that may not say what is meant`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      #"{"prompt": " ", "completion": "Write to jo@example.org."}"# + "\n", to: "rows.jsonl")
    let page = DataPage(
      [try DatasetInspection(path: path)],
      survey: try DatasetSurvey([RowSource(path: path)], in: folder.path)
    ).html
    for words in [
      "1 row: the prompt is empty", "1 row: holds email", "--stages personal-data",
      "What cleaning would find", "Rows that can be used",
    ] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(!page.contains("Nothing stands out") && !page.contains(folder.path))
  }

  @Test func `a card tells the whole way from the first source`() throws {
    let folder = try TemporaryFolder()
    let raw = try folder.write(Self.rows, to: "raw.jsonl")
    try folder.write("---\nlicense: cc-by-4.0\n---\n", to: "README.md")
    let clean = try folder.write(Self.rows + " ", to: "clean.jsonl")
    try DataCard(
      verb: "clean", settings: ["stages": ["encoding"]],
      counts: ["rows": 7, "stages": [["stage": "encoding", "dropped": 1]]], inputs: [raw]
    ).write(beside: clean)
    let set = folder.path + "/set"
    try Folder.create(set)
    try folder.write(Self.rows, to: "set/train.jsonl")
    let card = DataCard(
      verb: "split", settings: ["seed": 17, "group_by": nil], counts: ["train": 6], inputs: [clean])
    try card.write(of: ["train.jsonl", "test.jsonl"], in: set)
    let json = try JSON(contentsOf: set + "/card.json")
    #expect(json["sources"]?[0]?["card"]?["sources"]?[0]?["license"] == "cc-by-4.0")
    #expect(json["files"]?.array?.count == 1)
    #expect(json["files"]?[0]?["sha256"]?.string == (try SHA256Digest.hex(ofFile: raw)))
    let text = String(decoding: try fileBytes(set + "/card.md"), as: UTF8.self)
    for words in ["Step 1: clean", "Step 2: split", "| seed | 17 |", "raw.jsonl", "cc-by-4.0"] {
      #expect(text.contains(words), "\(text)")
    }
    #expect(!text.contains(folder.path) && !text.contains("group by"))

    // Rows that were changed since are not those of the card.
    try folder.write(Self.rows + "  ", to: "clean.jsonl")
    try card.write(of: ["train.jsonl"], in: set)
    let later = try JSON(contentsOf: set + "/card.json")
    #expect(later["sources"]?[0]?["card"]?.isNull == true)
  }
}
