import AnnealDatasets
import Testing

struct BatchPlanTests {
  private func lengths(_ count: Int, seed: UInt64 = 1, below bound: Int = 300) -> [Int] {
    var numbers = SeededNumbers(seed)
    return (0..<count).map { _ in 1 + numbers.next(below: bound) }
  }

  @Test(arguments: [
    BatchSettings.rows(4), .rows(4, accumulate: 3), .rows(2, accumulate: 2, packing: 512),
    .tokens(1000, accumulate: 2),
  ])
  func `every row is read once an epoch`(settings: BatchSettings) {
    let plan = BatchPlan(lengths: lengths(101), settings: settings, seed: 3, epoch: 0)
    #expect(plan.steps.joined().joined().sorted() == Array(0..<101))
    #expect(plan.steps.dropLast().allSatisfy { $0.count == settings.accumulation })
    #expect(plan.steps.joined().allSatisfy { !$0.isEmpty })
  }

  @Test func `a plan is a function of lengths, seed and epoch`() {
    let (lengths, settings) = (lengths(50), BatchSettings.rows(2, packing: 512))
    let plan = BatchPlan(lengths: lengths, settings: settings, seed: 3, epoch: 1)
    #expect(plan == BatchPlan(lengths: lengths, settings: settings, seed: 3, epoch: 1))
    let others = [
      BatchPlan(lengths: lengths, settings: settings, seed: 4, epoch: 1),
      BatchPlan(lengths: lengths, settings: settings, seed: 3, epoch: 2),
      BatchPlan(lengths: lengths, settings: .rows(1, packing: 512), seed: 3, epoch: 1),
    ]
    #expect(Set(others.map(\.hash) + [plan.hash]).count == 4)
  }

  @Test func `the order is the same on every machine and in every version`() {
    var numbers = SeededNumbers(17, 0)
    #expect(numbers.permutation(10) == [1, 4, 9, 2, 8, 5, 7, 0, 6, 3])
  }

  @Test func `the number of steps is known before`() {
    let plan = BatchPlan(
      lengths: lengths(101), settings: .rows(4, accumulate: 3), seed: 3, epoch: 0)
    #expect(plan.steps.count == 9)
    #expect(plan.steps.last?.map(\.count) == [4, 1])
    #expect(BatchPlan(lengths: [], settings: .rows(4), seed: 3, epoch: 0).steps.isEmpty)
  }

  @Test func `no bin holds more than its length and few have room left`() {
    let lengths = lengths(2000)
    let plan = BatchPlan(
      lengths: lengths, settings: .rows(1, packing: 1024), seed: 3, epoch: 0)
    let sums = plan.steps.joined().map { $0.reduce(0) { $0 + lengths[$1] } }
    #expect(sums.allSatisfy { $0 <= 1024 })
    #expect(plan.fill > 0.97)
    let inOrder = BatchPlan(
      lengths: Array(repeating: 100, count: 30), settings: .rows(1, packing: 1000), seed: 3,
      epoch: 0)
    #expect(inOrder.steps.count == 3)
    #expect(inOrder.fill == 1)
  }

  @Test func `best fit chooses the fullest bin with room`() {
    var settings = BatchSettings.rows(1, packing: 10)
    settings.isShuffled = false
    // 6 and 7 open bins with 4 and 3 left: 3 fits the second exactly, 4 the first.
    let plan = BatchPlan(lengths: [6, 7, 3, 4, 11, 1], settings: settings, seed: 0, epoch: 0)
    #expect(plan.steps == [[[0, 3]], [[1, 2]], [[4]], [[5]]])
  }

  @Test func `a token budget is kept except by a row that is longer by itself`() {
    let lengths = lengths(300) + [5000]
    let plan = BatchPlan(lengths: lengths, settings: .tokens(1000), seed: 3, epoch: 0)
    for batch in plan.steps.joined() {
      #expect(batch.count == 1 || batch.reduce(0) { $0 + lengths[$1] } <= 1000)
    }
  }

  @Test func `numbers below a bound are spread evenly`() {
    var numbers = SeededNumbers(5)
    var counts = [0, 0, 0]
    for _ in 0..<3000 { counts[numbers.next(below: 3)] += 1 }
    // Five standard deviations of a binomial count with 3,000 draws at 1/3 are 129.
    #expect(counts.allSatisfy { abs($0 - 1000) < 129 })
  }
}
