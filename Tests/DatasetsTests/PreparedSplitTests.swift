import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

struct PreparedSplitTests {
  private func source(_ folder: TemporaryFolder) throws -> String {
    let rows = (0..<60).map { index -> String in
      "{\"prompt\": \"p\(index)\", \"completion\": \"c\", \"customer\": \(index / 3)}\n"
    }
    return try folder.file(
      "a.jsonl",
      rows.joined() + rows[0]
        + "{\"prompt\": \"x\", \"completion\": \"\"}\n{oops\n"
        + "{\"prompt\": 1, \"completion\": \"\"}\n"
    )
  }

  @Test func `rows are cleaned, divided and written with a report`() throws {
    let folder = try TemporaryFolder()
    let split = try PreparedSplit(
      files: [source(folder)], settings: .init(validation: 0.1, test: 0.2, seed: 1))
    try split.write(to: folder.path + "/out")
    #expect(
      Folder.names(in: folder.path + "/out")
        == ["report.json", "test.jsonl", "train.jsonl", "validation.jsonl"])
    let report = try JSON(contentsOf: folder.path + "/out/report.json")
    #expect(report["rows"] == 64)
    #expect(report["kept"] == 60)
    #expect(report["validation"] == 6)
    #expect(report["test"] == 12)
    #expect(report["dropped_by_reason"]?["repeats an earlier row"]?["rows"] == 1)
    #expect(report["dropped_by_reason"]?["nothing to learn"]?["rows"] == 1)
    #expect(report["dropped_by_reason"]?["cannot be read"]?["rows"] == 1)
    #expect(report["dropped_by_reason"]?["is not of the format prompt-completion"]?["rows"] == 1)
    let back = try Dataset<Row>(files: [folder.path + "/out/train.jsonl"])
    #expect(back.map(\.fields).elements == split.train.map(\.fields).elements)
  }

  @Test func `rows of one group stay on one side`() throws {
    let folder = try TemporaryFolder()
    let split = try PreparedSplit(
      files: [source(folder)],
      settings: .init(validation: 0.1, test: 0.1, groupBy: "customer", seed: 1))
    let groups = [split.train, split.validation, split.test].map { part in
      Set(part.map { $0.fields["customer"]?.integer ?? -1 })
    }
    #expect(groups.map(\.count) == [16, 2, 2])
    #expect(groups[0].union(groups[1]).union(groups[2]).count == 20)
  }

  @Test func `a group that rows lack and shares that leave nothing are refused`() throws {
    let folder = try TemporaryFolder()
    let path = try source(folder)
    let missing = failure {
      _ = try PreparedSplit(files: [path], settings: .init(groupBy: "custmer"))
    }
    #expect(missing?.message.contains("did you mean 'customer'?") == true)
    let shares = failure {
      _ = try PreparedSplit(files: [path], settings: .init(validation: 0.6, test: 0.4))
    }
    #expect(shares?.code == .usage)
  }
}
