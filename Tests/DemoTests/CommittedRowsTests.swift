import AnnealDemo
import AnnealFiles
import TestSupport
import Testing

@Suite struct CommittedRowsTests {
  @Test(arguments: [(DemoSplit.train, 16000), (.validation, 200), (.test, 300)])
  func `the committed rows are those of the generator`(split: DemoSplit, count: Int) throws {
    let rows = DemoTask.rows(split, count: count, seed: 17)
    let text = rows.map { $0.messages.text(.spaced) + "\n" }.joined()
    let committed = try fileBytes(Checkout.path("Resources/demo/\(split.rawValue).jsonl"))
    // Compared before it is expected: a difference of long texts would be drawn out letter by letter.
    let isSame = Array(text.utf8) == committed
    #expect(isSame, "write them again: anneal data demo --output Resources/demo")
  }
}
