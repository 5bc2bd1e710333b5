import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealNeural
import TestSupport
import Testing

@testable import AnnealTorch
@testable import AnnealTraining

/// Says that memory has run out when more tokens pass than it has room for.
///
/// A real budget is the whole process's, and other tests run beside this one.
final class Hunger: AnnealNeural.Attachment {
  var room: Int
  /// Whether it is only hungry on the way back, when a block is computed again.
  let isLate: Bool
  private(set) var seen: [Int] = []
  let parameters: [(name: String, value: Tensor)] = []

  init(room: Int, isLate: Bool = false) { (self.room, self.isLate) = (room, isLate) }

  func callAsFunction(_ x: Tensor, around base: (Tensor) -> Tensor, in pass: Pass) -> Tensor {
    let y = base(x)
    if isLate, !y.requiresGradient { return y }
    seen.append(x.size(0))
    if x.size(0) > room {
      CheckedScope.report(
        TorchError(.outOfMemory, operation: "hunger", message: "there is no room"))
    }
    return y
  }

  func merged(into weight: Tensor) -> Tensor? { nil }
}

@Suite struct OutOfMemoryTests {
  @Test(arguments: [ActivationCheckpointing.none, .full], [true, false])
  func `a micro-batch in parts has the loss and the gradients of the whole, dropout on`(
    checkpointing: ActivationCheckpointing, isLate: Bool
  ) throws {
    let whole = try tinyLoop(.rows(8)).accumulate([Array(0..<8)])
    let hunger = Hunger(room: 30, isLate: isLate)
    let loop = try tinyLoop(.rows(8), checkpointing: checkpointing, hunger: hunger)
    let parts = try loop.accumulate([Array(0..<8)])
    #expect(loop.progress.splitMicroBatches == 1)
    #expect((hunger.seen.first ?? 0) > 30)
    #expect(
      parts.sums.trainedTokens == whole.sums.trainedTokens && parts.sums.tokens == whole.sums.tokens
    )
    #expect(parts.sums.correct == whole.sums.correct)
    // float32 sums in another order.
    #expect(abs(parts.sums.lossSum - whole.sums.lossSum) <= 1e-6 * whole.sums.lossSum)
    for (a, b) in zip(parts.gradients, whole.gradients) {
      let (a, b) = (a.floats().map(Double.init), b.floats().map(Double.init))
      let scale = b.map(abs).max() ?? 0
      #expect(largestDifference(a, b) <= 1e-6 * scale)
    }
  }

  @Test func `in bfloat16 parts differ from the whole by their rounding alone`() throws {
    let whole = try tinyLoop(.rows(8), dtype: .bfloat16).accumulate([Array(0..<8)])
    let loop = try tinyLoop(.rows(8), hunger: Hunger(room: 30), dtype: .bfloat16)
    let parts = try loop.accumulate([Array(0..<8)])
    #expect(loop.progress.splitMicroBatches == 1)
    // Logits of a row alone may round otherwise, by 0.4 % of one of them.
    #expect(abs(parts.sums.lossSum - whole.sums.lossSum) <= 1e-3 * whole.sums.lossSum)
    for (a, b) in zip(parts.gradients, whole.gradients) {
      let (a, b) = (a.floats().map(Double.init), b.floats().map(Double.init))
      // The whole and each of up to eight parts are rounded to 8 bits: by 0.2 % of their size.
      #expect(largestDifference(a, b) <= 0.02 * (b.map(abs).max() ?? 0))
    }
  }

  @Test func `what was learned is kept: later micro-batches are split at once`() throws {
    let hunger = Hunger(room: 60)
    let loop = try tinyLoop(.rows(8), hunger: hunger)
    _ = try loop.next()
    let limit = try #require(loop.progress.fittingTokens)
    #expect(limit <= 60)
    let tried = hunger.seen.count
    _ = try loop.next()
    #expect(hunger.seen[tried...].allSatisfy { $0 <= limit })
    #expect(loop.progress.splitMicroBatches == 2)
  }

  @Test func `a run that goes on splits as before and ends with the same bytes`() throws {
    let folder = try TemporaryFolder()
    let whole = try tinyLoop(.rows(4), epochs: 2, hunger: Hunger(room: 40))
    _ = try run(whole)
    let first = try tinyLoop(.rows(4), epochs: 2, hunger: Hunger(room: 40))
    _ = try run(first, steps: 3)
    try first.writeCheckpoint(to: folder.path + "/step-3", notes: .null)
    let hunger = Hunger(room: 40)
    let second = try tinyLoop(.rows(4), epochs: 2, hunger: hunger)
    try second.restore(try Checkpoint(verifying: folder.path + "/step-3"))
    _ = try run(second)
    #expect(hunger.seen.allSatisfy { $0 <= 40 })
    #expect(second.progress == whole.progress)
    let isSame = values(second) == values(whole)
    #expect(isSame)
  }

  @Test func `a row that does not fit alone is an error that names it and what helps`() throws {
    let loop = try tinyLoop(.rows(4), rows: 4, hunger: Hunger(room: 4))
    #expect {
      _ = try loop.next()
    } throws: { error in
      let text = "\(error)"
      let named = try? loop.examples.all().first { text.contains("\($0.source)") }
      let words = [
        "max_length", "gradient_checkpointing: full", "quantization_bit", "memory_limit",
      ]
      return named.map { text.contains("a row of \($0.ids.count) tokens") } ?? false
        && words.allSatisfy { text.contains($0) }
    }
  }

  @Test func `what does not fit beside a step's gradients is said to be beside them`() throws {
    let rows = raggedExamples(2)
    let longest = rows.map(\.ids.count).max() ?? 0
    let loop = try tinyLoop(
      .rows(1, accumulate: 2), hunger: Hunger(room: longest - 1), examples: rows)
    let order = rows.indices.sorted { rows[$0].ids.count < rows[$1].ids.count }
    let bytes = loop.parameters.count * 4
    #expect {
      _ = try loop.accumulate(order.map { [$0] })
    } throws: { error in
      "\(error)".contains("beside \(bytes) bytes of gradients")
        && "\(error)".contains("gradient_accumulation_steps: 1")
    }
  }

  @Test func `a base that is trained itself is not told to use codes`() throws {
    let loop = try tinyLoop(.rows(1), lora: false, hunger: Hunger(room: 1))
    #expect {
      _ = try loop.next()
    } throws: { "\($0)".contains("optim: adamw_8bit") && !"\($0)".contains("quantization_bit") }
  }

  @Test func `an evaluation that does not fit is measured in parts, row by row the same`() throws {
    let loop = try tinyLoop(.rows(4))
    let hunger = Hunger(room: 30)
    let site = try #require(loop.model.inventory.linears.last?.site)
    let whole = try loop.model.loss(on: loop.examples, byRow: true)
    let parts = try loop.model.loss(on: loop.examples, attachments: [site: [hunger]], byRow: true)
    #expect((hunger.seen.first ?? 0) > 30)
    #expect(parts.tokens == whole.tokens && parts.rows == whole.rows)
    #expect(parts.byRow.map(\.tokens) == whole.byRow.map(\.tokens))
    // float32 products of other shapes.
    for (a, b) in zip(parts.byRow, whole.byRow) { #expect(abs(a.sum - b.sum) <= 1e-5 * b.sum) }
    #expect(abs(parts.loss - whole.loss) <= 1e-6 * whole.loss)
  }

  @Test func `the longest micro-batch is tried first and moves nothing`() throws {
    let hunger = Hunger(room: .max)
    let loop = try tinyLoop(.rows(1), rows: 16, epochs: 8, hunger: hunger)
    let before = values(loop)
    try loop.tryLongest()
    let longest = loop.examples.lengths.max()
    #expect(hunger.seen == [try #require(longest)])
    let isSame = values(loop) == before
    #expect(isSame)
    #expect(loop.progress.step == 0 && loop.progress.splitMicroBatches == 0)
    _ = try run(loop)
    let plain = try tinyLoop(.rows(1), rows: 16, epochs: 8, hunger: Hunger(room: .max))
    _ = try run(plain)
    let isSameEnd = values(loop) == values(plain)
    #expect(isSameEnd)
  }

  @Test func `a run of a few steps tries nothing first`() throws {
    let hunger = Hunger(room: .max)
    try tinyLoop(.rows(8), hunger: hunger).tryLongest()
    #expect(hunger.seen.isEmpty)
  }

  @Test func `a run whose longest row does not fit ends before its first step`() throws {
    let hunger = Hunger(room: .max)
    let loop = try tinyLoop(.rows(2), rows: 16, epochs: 20, hunger: hunger)
    hunger.room = (loop.examples.lengths.max() ?? 0) - 1
    #expect { try loop.tryLongest() } throws: { "\($0)".contains("even alone") }
    #expect(loop.progress.step == 0)
  }
}

/// What a real budget does, each in a process of its own: it is the whole process's.
@Suite struct BudgetTests {
  @Test func `at every budget a step is the same, or moves nothing and names memory`() async {
    await #expect(processExitsWith: .success) {
      Torch.threads = 2
      let whole = try tinyLoop(.rows(8), lora: false, rows: 8)
      let before = Torch.Memory.currentBytes
      Torch.Memory.resetPeak()
      let expected = try #require(try whole.next())
      let needed = Torch.Memory.peakBytes - before
      var (atOnce, inParts, refused) = (0, 0, 0)
      for share in 0..<60 {
        let loop = try tinyLoop(.rows(8), lora: false, rows: 8)
        let start = values(loop)
        Torch.Memory.budget = Torch.Memory.currentBytes + needed * share / 50
        let outcome = Result { try loop.next() }
        Torch.Memory.budget = nil
        switch outcome {
        case .success(let report):
          // float32 sums in another order.
          #expect(abs((report?.loss ?? 0) - expected.loss) <= 1e-5 * expected.loss)
          #expect(
            abs((report?.gradientNorm ?? 0) - expected.gradientNorm)
              <= 1e-4 * expected.gradientNorm)
          if loop.progress.splitMicroBatches > 0 { inParts += 1 } else { atOnce += 1 }
        case .failure(let error):
          let isMemory =
            (error as? AnnealError)?.code == .outOfMemory
            || (error as? TorchError)?.code == .outOfMemory
          #expect(isMemory, "\(error)")
          let isSame = values(loop) == start
          #expect(isSame && loop.progress.optimizerSteps == 0)
          refused += 1
        }
      }
      #expect(atOnce > 0 && inParts > 0 && refused > 0, "\(atOnce), \(inParts), \(refused)")
    }
  }

  @Test func `the trial holds what a step's earlier micro-batches gave`() async {
    await #expect(processExitsWith: .success) {
      func peak(_ accumulation: Int) throws -> Int {
        let loop = try tinyLoop(
          .rows(1, accumulate: accumulation), lora: false, rows: 32, epochs: 20)
        try #require(loop.schedule.longest.step > 0)
        let before = Torch.Memory.currentBytes
        Torch.Memory.resetPeak()
        try loop.tryLongest()
        return Torch.Memory.peakBytes - before
      }
      let values = try tinyLoop(.rows(1), lora: false).parameters.count
      #expect(try peak(4) >= peak(1) + values * 4 * 9 / 10)
    }
  }
}

@Suite struct GradientSumsTests {
  @Test func `a sum begun again leaves the part it begins with as it was`() {
    let part = { Tensor.ones([3]) }
    for empty: (GradientSums) -> Void in [
      { $0.drop() }, { _ = $0.take(0, like: part()) },
      { GradientSums(count: 1).add($0) },
    ] {
      let sums = GradientSums(count: 1)
      sums.add(part(), at: 0)
      sums.add(part(), at: 0)
      empty(sums)
      let shared = part()
      sums.add(shared, at: 0)
      sums.add(part(), at: 0)
      #expect(shared.floats() == [1, 1, 1])
      #expect(sums.take(0, like: shared).floats() == [2, 2, 2])
    }
  }
}

@Suite struct OffloadTests {
  @Test(arguments: [ActivationCheckpointing.none, .selective, .full])
  func `weights left in their file train the same bytes`(
    checkpointing: ActivationCheckpointing
  ) throws {
    let plain = try tinyLoop(.rows(4), checkpointing: checkpointing)
    let streamed = try tinyLoop(.rows(4), checkpointing: checkpointing, isStreamed: true)
    let held = streamed.model.inventory.tensors.filter { $0 is Streamed }
    #expect(held.count == streamed.model.inventory.linears.count)
    #expect(streamed.modelHash == plain.modelHash)
    let losses = (try run(streamed).map(\.loss), try run(plain).map(\.loss))
    #expect(losses.0 == losses.1)
    let isSame = values(streamed) == values(plain)
    #expect(isSame)
  }

  @Test func `weights of another type than the file's are made for each product`() throws {
    let plain = try TinyModel("llama", as: .bfloat16)
    let streamed = try TinyModel("llama", as: .bfloat16, isStreamed: true)
    let isSame = plain.logits().floats() == streamed.logits().floats()
    #expect(isSame)
  }

  @Test(arguments: [true, false])
  func `activations that wait in a file train the same bytes and leave nothing`(
    lora: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let plain = try tinyLoop(.rows(4), lora: lora, checkpointing: .full)
    let moved = try tinyLoop(
      .rows(4), lora: lora, checkpointing: .full, activationFolder: folder.path)
    _ = try (run(plain), run(moved))
    let isSame = values(plain) == values(moved)
    #expect(isSame)
    #expect(Folder.names(in: folder.path).isEmpty)
  }
}
