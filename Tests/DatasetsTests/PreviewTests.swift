import AnnealDatasets
import AnnealFiles
import AnnealText
import Testing

struct PreviewTests {
  /// Pieces of SentencePiece's kind: a space is part of the piece behind it, and the one that a text
  /// begins with is dropped.
  private struct PieceEncoder: ExampleEncoder {
    static let pieces = ["▁capital", "?", "▁Oslo", "Oslo", "<0xC3>", "<0xA9>"]

    func tokens(
      of record: Record, training: TrainingMask
    ) throws -> (ids: [Int], lossMask: [Bool]) {
      throw AnnealError(.data, "only ids are read")
    }

    func text(of ids: [Int]) -> String {
      var bytes: [UInt8] = []
      for id in ids {
        switch id {
        case 4: bytes.append(0xC3)
        case 5: bytes.append(0xA9)
        default: bytes += Array(Self.pieces[id].replacing("▁", with: " ").utf8)
        }
      }
      return String(decoding: bytes.first == 0x20 ? bytes.dropFirst() : bytes[...], as: UTF8.self)
    }
  }

  private func preview(_ ids: [Int32], _ mask: [Bool]) -> Preview {
    Preview(
      Example(ids: ids, lossMask: mask, row: 0, source: .init(file: "rows.jsonl", line: 1)),
      encoder: PieceEncoder())
  }

  @Test func `a space that an answer begins with is seen, and its lack`() {
    let mask = [false, false, true]
    #expect(preview([0, 1, 2], mask).text(.brackets).hasSuffix("\ncapital?⟦ Oslo⟧"))
    #expect(preview([0, 1, 3], mask).text(.brackets).hasSuffix("\ncapital?⟦Oslo⟧"))
    #expect(preview([0, 1, 2], mask).json["text"] == "capital? Oslo")
  }

  @Test func `a character that the mask cuts stands whole behind the boundary`() {
    let cut = preview([0, 4, 5, 1], [false, false, true, true])
    #expect(cut.stretches.map(\.text) == ["capital", "é?"])
    #expect(cut.stretches.map(\.isTrained) == [false, true])
  }

  @Test func `of a pair both answers are shown, each behind the prompt`() {
    let pair = PreferencePair(
      prompt: Conversation([.user("ab"), .assistant("c"), .user("d")]),
      chosen: [.assistant("efg")], rejected: [.assistant("hijk")])
    let verdict = Feedback(Conversation([.user("a"), .assistant("b")]), isDesirable: false)
    let steps = JudgedSteps(prompt: "a", steps: ["b", "c"], labels: [true, false])
    let rows = PreviewedRows(
      Dataset([.preference(pair), .feedback(verdict), .steps(steps), .text("x")]), count: 3,
      by: WordEncoder(), settings: PreparationSettings(maxLength: 100))
    #expect(rows.count == 3)
    #expect(
      rows.previews.map(\.label) == ["chosen", "rejected", "not wanted", "steps: right, wrong"])
    #expect(rows.previews.map(\.example.source.line) == [1, 1, 2, 3])
    #expect(rows.previews[0].stretches.last?.text.contains("<13>") == true)
    #expect(rows.previews[1].stretches.last?.text.contains("<14>") == true)
    #expect(rows.previews[1].text(.brackets).hasPrefix("memory:1 (rejected)  "))
    #expect(rows.report.keptRows == 5)
  }
}
