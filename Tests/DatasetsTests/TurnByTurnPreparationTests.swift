import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealDatasets

/// Rows whose chat template writes earlier turns differently once others follow.
struct TurnByTurnPreparationTests {
  private let folder: TemporaryFolder
  private let encoder: ConversationEncoder
  private let settings = PreparationSettings(maxLength: 64, threads: 2)

  init() throws {
    folder = try TemporaryFolder()
    // What the assistant says is written in full only where it says it last.
    let source = """
      {% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}\
      {{ m.content if loop.last or m.role != 'assistant' else '-' }}{{ '<|im_end|>\\n' }}\
      {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
      """
    encoder = ConversationEncoder(
      tokenizer: try Tokenizer(path: Fixture.path("templates")),
      template: try ChatTemplate(source: source, name: "forgetting"))
  }

  private func row(_ turns: [(String, String)]) -> String {
    let messages = turns.flatMap { question, answer -> [JSON] in
      [
        ["role": "user", "content": .string(question)],
        ["role": "assistant", "content": .string(answer)],
      ]
    }
    return JSON(members: [("messages", .array(messages))]).text() + "\n"
  }

  private var rows: String {
    let long = String(repeating: "the model can do ", count: 30)
    return row([("hello", "a")]) + row([("hello", "a"), ("and", "the little"), ("do", "can")])
      + row([("hello", long), ("and", "a")]) + row([("hello", "a"), (long, "a")])
  }

  private func examples(
    _ text: String
  ) throws -> (examples: [Example], report: PreparationReport) {
    let records = try Dataset<Record>(files: [try folder.file("talks.jsonl", text)])
    return ExampleBuilder(encoder, settings: settings).examples(from: records)
  }

  @Test func `a row becomes an example for each turn, and that is told in one line`() throws {
    let (examples, report) = try examples(rows)
    // The third row's long answer is cut; of the fourth, the second turn lies beyond the limit.
    #expect(examples.map(\.source.line) == [1, 2, 2, 2, 3, 3, 4])
    #expect(Set(examples.map(\.row)).count == examples.count)
    #expect(examples.map(\.row).prefix(3) == [0, 1, 4])
    #expect(report.rows == 4 && report.keptRows == 4 && report.droppedRows == 0)
    #expect(report.turnByTurnRows == 3 && report.turnByTurnExamples == 6)
    #expect(report.truncated == 2)
    #expect(report.truncatedPlaces.map(\.line) == [3, 4])
    #expect(report.templatedRows == 4)
    #expect(
      report.description.contains(
        "\nby turns    3 rows as 6 examples, one for each learned turn: "), "\(report)")
    #expect(report.json["turn_by_turn"] == ["rows": 3, "examples": 6])
    #expect(report.encodingNotes.count == 1)
    try report.check()
    let answers = examples[1...3].map { example in
      encoder.text(of: zip(example.ids, example.lossMask).filter(\.1).map { Int($0.0) })
    }
    #expect(answers == ["a<|im_end|>", "the little<|im_end|>", "can<|im_end|>"])
  }

  @Test func `prepared sets have the same examples and tell the same`() throws {
    let (examples, report) = try examples(rows)
    let file = folder.path + "/talks.jsonl"
    for _ in 0..<2 {
      let set = try SetPreparation(encoder, identity: encoder.fingerprint, settings: settings)
        .prepare(RowSource(path: file), store: SetStore(folder: folder.path + "/cache"))
      let prepared = try PreparedRecords(set).examples(settings)
      let isSame = try prepared.examples.all() == examples
      #expect(isSame)
      #expect(prepared.report.json == report.json)
      #expect(prepared.report.encodingNotes == report.encodingNotes)
      #expect(prepared.report.templatedRows == 4)
    }
  }

  @Test func `only rows that a template writes count as such`() throws {
    let file = try folder.file("rows.jsonl", #"{"prompt": "hello", "completion": "a"}"# + "\n")
    let records = try Dataset<Record>(files: [file])
    let report = ExampleBuilder(encoder, settings: settings).examples(from: records).report
    #expect(report.keptRows == 1)
    #expect(report.templatedRows == 0)
    #expect(report.encodingNotes.isEmpty)
  }

  @Test(.enabled(if: SharedData.path("models/stories260K/hf_derived") != nil))
  func `real conversations are kept whatever the template`() throws {
    let model = try #require(SharedData.path("models/stories260K/hf_derived"))
    let talks = try #require(
      SharedData.path("datasets/fastchat_dummy_conversation/dummy_conversation.json"))
    let records = try Dataset<Record>(files: [talks])
    for (name, isTurnByTurn) in [
      ("trl/qwen3", true), ("llama_cpp/Qwen-QwQ-32B", false), ("axolotl/phi_35", false),
      ("llama_cpp/microsoft-Phi-3.5-mini-instruct", true), ("trl/deepseekv3", false),
      ("trl/gptoss", true),
    ] {
      let encoder = try ConversationEncoder.load(
        modelFolder: model, template: SharedData.path("templates/\(name).jinja"))
      let settings = PreparationSettings(maxLength: 1024)
      let report = ExampleBuilder(encoder, settings: settings).examples(from: records).report
      #expect(report.dropped[.refused] == nil, "\(name): \(report)")
      #expect(report.keptRows == 500, "\(name)")
      #expect((report.turnByTurnRows > 300) == isTurnByTurn, "\(name)")
    }
  }

  @Test(.enabled(if: SharedData.path("models/stories260K/hf_derived") != nil))
  func `real rows with tools are kept under ChatML`() throws {
    let model = try #require(SharedData.path("models/stories260K/hf_derived"))
    let file = try #require(
      SharedData.path("datasets/glaive_toolcall_en/glaive_toolcall_en_demo.json"))
    let records = try Dataset<Record>(files: [file])
    let encoder = try ConversationEncoder.load(modelFolder: model)
    let settings = PreparationSettings(maxLength: 8192)
    let (examples, report) = ExampleBuilder(encoder, settings: settings).examples(from: records)
    #expect(report.keptRows == 300, "\(report)")
    #expect(examples.contains { encoder.text(of: $0.ids.map(Int.init)).contains("<tool_call>") })
  }
}
