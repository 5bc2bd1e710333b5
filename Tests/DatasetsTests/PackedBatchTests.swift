import AnnealDatasets
import AnnealFiles
import Testing

struct PackedBatchTests {
  private func example(_ ids: [Int32], _ mask: [Bool], row: Int) -> Example {
    Example(ids: ids, lossMask: mask, row: row, source: .init(file: "a", line: row + 1))
  }

  @Test func `documents lie side by side with their own positions`() {
    let batch = PackedBatch([
      example([5, 6, 7], [false, true, true], row: 4), example([8, 9], [true, true], row: 2),
    ])
    #expect(batch.ids == [5, 6, 7, 8, 9])
    #expect(batch.positions == [0, 1, 2, 0, 1])
    #expect(batch.bounds == [0, 3, 5])
    #expect(batch.rows == [4, 4, 4, 2, 2])
  }

  @Test func `no document predicts the first token of the next`() {
    let batch = PackedBatch([
      example([5, 6, 7], [false, true, true], row: 0), example([8, 9], [true, true], row: 1),
    ])
    #expect(batch.lossPositions == [0, 1, 3])
    #expect(batch.lossTargets == [6, 7, 9])
    #expect(batch.lossTokens == 3)
  }

  @Test func `packing changes no prediction`() {
    let examples = (0..<5).map { row in
      example(
        (0..<Int32(row + 1)).map { $0 + 10 * Int32(row) }, (0...row).map { $0 % 2 == 1 }, row: row)
    }
    let together = PackedBatch(examples)
    let apart = examples.map { PackedBatch([$0]) }
    #expect(together.lossTargets == apart.flatMap(\.lossTargets))
    #expect(together.lossTokens == examples.reduce(0) { $0 + $1.trainedTokens })
    #expect(together.lossPositions.map { together.ids[$0 + 1] } == together.lossTargets)
  }

  @Test func `a mask is as long as its tokens and empty examples vanish`() {
    #expect(example([1, 2], [true], row: 0).lossMask == [true, false])
    #expect(example([1], [true, true], row: 0).lossMask == [true])
    #expect(PackedBatch([example([], [], row: 0)]).bounds == [0])
    #expect(PackedBatch([]).lossTokens == 0)
  }
}
