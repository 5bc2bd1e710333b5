import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

struct SurveyTests {
  private func words(_ seed: Int, _ count: Int = 40) -> String {
    var numbers = SeededNumbers(UInt64(seed), 5)
    return (0..<count).map { _ in "w\(numbers.next(below: 9000))" }.joined(separator: " ")
  }

  private func file(_ folder: TemporaryFolder, _ name: String, _ rows: [JSON]) throws -> RowSource {
    RowSource(path: try folder.file(name, rows.map { $0.text(.spaced) + "\n" }.joined()))
  }

  private func row(_ prompt: String, _ more: [(String, JSON)] = []) -> JSON {
    JSON(members: [("prompt", .string(prompt)), ("completion", "yes it is")] + more)
  }

  @Test func `repetitions are told once, by the strongest degree, within files and between them`()
    throws
  {
    let folder = try TemporaryFolder()
    let train = try file(
      folder, "train.jsonl",
      [
        row(words(1), [("id", 1)]), row(words(2), [("id", 2)]), row(words(1), [("id", 1)]),
        row(words(1).uppercased(), [("id", 3)]), row(words(3), [("id", 4)]),
      ])
    let test = try file(
      folder, "test.jsonl",
      [
        row(words(2) + " indeed", [("id", 9)]), row(words(3), [("id", 4)]), row(words(8)),
        row("Short? " + words(1, 2)), row(words(8)),
      ])
    let survey = try DatasetSurvey([train, test], in: folder.path)
    #expect(survey.files.map(\.rows) == [5, 5])
    // Other ids do not make other rows.
    #expect(survey.files[0].repeated.counts == [.exact: 1, .normalised: 1])
    #expect(survey.files[1].repeated.counts == [.exact: 1])
    #expect(survey.shared.map { [$0.file, $0.earlier] } == [[1, 0]])
    #expect(survey.shared.first?.rows.counts == [.exact: 1, .nearDuplicate: 1])
    let pair = try #require(survey.shared.first?.rows.pairs.first { $0.kind == .nearDuplicate })
    #expect(pair.place.line == 1 && pair.other.line == 2)
    #expect(survey.json["shared"]?[0]?["rows"]?["near_duplicate"] == 1)
    #expect(Folder.names(in: folder.path) == ["test.jsonl", "train.jsonl"])
  }

  @Test func `languages, lengths and scores are counted`() throws {
    let folder = try TemporaryFolder()
    let rows: [JSON] = [
      row("Where is the house that they were living in?", [("score", 4)]),
      row("Wo ist das Haus, in dem sie nicht mehr wohnen wollen?", [("score", 5)]),
      row("17 + 4", [("scores", ["groundedness": 2])]),
    ]
    let source = try file(folder, "a.jsonl", rows)
    let survey = try #require(try DatasetSurvey([source], in: folder.path).files.first)
    #expect(Set(survey.languages.map { "\($0.code ?? "?") \($0.rows)" }).contains("de 1"))
    #expect(survey.words.bins.reduce(0) { $0 + $1.count } == 3)
    #expect(survey.answerWords.bins.map(\.count) == [3])
    #expect(survey.numbers.map(\.name) == ["score", "scores.groundedness"])
    #expect(survey.numbers[0].mean == 4.5 && survey.numbers[0].grades.map(\.rows) == [1, 1])
  }

  @Test func `what cleaning would find is counted, with examples`() throws {
    let folder = try TemporaryFolder()
    let rows: [JSON] = [
      ["prompt": "What is it?", "completion": "cafÃ©"],
      ["prompt": "What is it?", "completion": "Tea."],
      ["prompt": "Who?", "completion": "I'm sorry, but I can't help with that."],
      ["prompt": "Where to?", "completion": "Write to jo@example.org."],
      ["prompt": "Fine?", "completion": "Yes, all is well here."],
    ]
    let source = try file(folder, "a.jsonl", rows)
    let survey = try DatasetSurvey([source], in: folder.path)
    let findings = try #require(survey.files.first).findings
    func lines(_ stage: String) -> [Int] {
      findings.filter { $0.stage == stage }.flatMap { $0.examples.compactMap(\.place.line) }
    }
    #expect(lines("encoding") == [1])
    #expect(lines("contradictions") == [1, 2])
    #expect(lines("empty-answers") == [3])
    #expect(lines("personal-data") == [4])
    #expect(findings.first?.stage == "contradictions" && findings.first?.rows == 2)
    #expect(survey.description.contains("1 row: the answer declines (empty-answers; a.jsonl:3)"))
    #expect(survey.json["files"]?[0]?["findings"]?.array?.count == 4)
  }
}
