import AnnealDatasets
import AnnealFiles
import AnnealText
import TestSupport
import Testing

@Suite(.enabled(if: SharedData.path("models/stories260K/hf_derived") != nil))
struct RealDataTests {
  private func encoder() throws -> ConversationEncoder {
    try .load(modelFolder: #require(SharedData.path("models/stories260K/hf_derived")))
  }

  private func records(_ path: String) throws -> Dataset<Record> {
    try Dataset(files: [#require(SharedData.path("datasets/" + path))])
  }

  @Test func `real rows are kept, and what is learned is the answers`() throws {
    let encoder = try encoder()
    let records = try records("alpaca_en_demo/alpaca_en_demo.json")
    let settings = PreparationSettings(maxLength: 512)
    let (examples, report) = ExampleBuilder(encoder, settings: settings).examples(from: records)
    #expect(report.rows == 999)
    #expect(report.keptRows + report.droppedRows == 999)
    #expect(report.keptRows > 950)
    #expect(examples.allSatisfy { $0.ids.count <= 512 && $0.trainedTokens > 0 })
    for example in examples.prefix(50) where !example.isTruncated {
      guard case .conversation(let conversation) = records[example.row] else { continue }
      let preview = Preview(example, encoder: encoder)
      let learned = preview.stretches.filter(\.isTrained)
      #expect(learned.count == 1)
      let answer = try #require(conversation.messages.last?.text)
      #expect(learned.first?.text.contains(answer.prefix(12)) == true)
    }
  }

  @Test func `windows of a real book put every token in its place`() throws {
    let encoder = try encoder()
    let records = try records("tinyshakespeare/input.txt")
    let settings = PreparationSettings(stage: .pretraining, maxLength: 256)
    let (examples, report) = ExampleBuilder(encoder, settings: settings).examples(from: records)
    let whole = try encoder.tokens(of: records[0], training: .everything).ids
    let joined = examples.enumerated().flatMap { $0 == 0 ? $1.ids : Array($1.ids.dropFirst()) }
    #expect(joined == whole.map { Int32($0) })
    #expect(report.trainedTokens == whole.count - 1)
  }
}
