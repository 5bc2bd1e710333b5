import AnnealDatasets
import AnnealFiles
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

@testable import AnnealTraining

/// A loop that trains all of a tiny model or a LoRA on it, without clipping.
private func loop(
  _ optimizer: any Optimizer, inBackward: Bool = false, lora: Bool = false,
  model: String = "llama", checkpointing: ActivationCheckpointing = .none,
  dtype: DType = .float32
) throws -> TrainingLoop {
  try tinyLoop(
    .rows(4), lora: lora, model: model, rows: 8, epochs: 3, dtype: dtype
  ) { settings in
    settings.optimizer = optimizer
    settings.maxGradientNorm = 0
    settings.updatesInBackward = inBackward
    settings.checkpointing = checkpointing
  }
}

private let optimizers: [any Optimizer] = {
  let settings = OptimizerSettings(.cosine(peak: 1e-2, warmup: 1), weightDecay: 0.1)
  var coded = AdamW8bit(settings)
  // The tiny models' matrices have a few hundred values.
  coded.fewestValues = 100
  return [AdamW(settings), coded]
}()

/// What `optimizer` and its neighbours in the registry have in common.
@Suite struct OptimizerTests {
  @Test(arguments: optimizers)
  func `an optimizer is found by its names and counts the bytes it keeps`(
    optimizer: any Optimizer
  ) {
    let kind = type(of: optimizer)
    for name in [kind.name] + kind.aliases {
      #expect(OptimizerRegistry.builtin.optimizer(named: name) == kind)
    }
    for shape in [[3], [64, 63], [64, 64], [5, 1000]] {
      let state = optimizer.state(of: .zeros(shape))
      let bytes = state.parts.reduce(0) { $0 + $1.tensor.count * $1.tensor.dtype.bytes }
      #expect(optimizer.stateBytes(count: shape.reduce(1, *)) == bytes)
    }
  }

  @Test(arguments: optimizers)
  func `a run that goes on ends with the same bytes`(optimizer: any Optimizer) throws {
    let folder = try TemporaryFolder()
    let whole = try loop(optimizer)
    _ = try run(whole)
    let first = try loop(optimizer)
    _ = try run(first, steps: 3)
    try first.writeCheckpoint(to: folder.path + "/step-3", notes: .null)
    let second = try loop(optimizer, inBackward: true)
    let checkpoint = try Checkpoint(verifying: folder.path + "/step-3")
    #expect(second.differences(from: checkpoint).isEmpty)
    try second.restore(checkpoint)
    _ = try run(second)
    #expect(second.progress == whole.progress)
    #expect(values(second) == values(whole))
    for (found, expected) in zip(second.states, whole.states) {
      for (a, b) in zip(found.parts, expected.parts) {
        #expect(zip(a.tensor.floats(), b.tensor.floats()).count { $0.0 != $0.1 } == 0)
      }
    }
  }

  @Test func `the optimizer of a checkpoint is not changed unseen`() throws {
    let folder = try TemporaryFolder()
    let first = try loop(optimizers[0])
    try first.writeCheckpoint(to: folder.path + "/step-0", notes: .null)
    let second = try loop(optimizers[1])
    let checkpoint = try Checkpoint(verifying: folder.path + "/step-0")
    #expect(second.differences(from: checkpoint).contains { $0.contains("optimizer") })
    #expect { try second.restore(checkpoint) } throws: { "\($0)".contains("first_moment_codes") }
  }

  @Test func `8-bit moments learn as well as float32 ones`() throws {
    let falls = try optimizers.map { optimizer in
      let losses = try run(loop(optimizer)).map(\.loss)
      return losses[0] - losses[losses.count - 1]
    }
    // Six steps at a rate of 0.01 take about 1.4 nats off. Values of the tiny model are so few that
    // loud and quiet ones share a block, whose quiet moments are coded coarsely.
    #expect(falls[1] > 0.9 * falls[0])
  }
}

@Suite struct StepInBackwardTests {
  // qwen2 ties its head to the embedding's table, llama has one of its own.
  @Test(
    arguments: ["llama", "qwen2"], [ActivationCheckpointing.none, .selective, .full])
  func `a step during the backward pass gives the same values, bit for bit`(
    model: String, checkpointing: ActivationCheckpointing
  ) throws {
    for (optimizer, dtype) in [(optimizers[0], DType.float32), (optimizers[1], .bfloat16)] {
      let after = try loop(optimizer, model: model, checkpointing: checkpointing, dtype: dtype)
      let during = try loop(
        optimizer, inBackward: true, model: model, checkpointing: checkpointing, dtype: dtype)
      let reports = (try run(after), try run(during))
      #expect(reports.0.map(\.gradientNorm) == reports.1.map(\.gradientNorm))
      #expect(reports.0.map(\.loss) == reports.1.map(\.loss))
      #expect(values(after) == values(during))
    }
  }

  @Test func `so it does with an adapter`() throws {
    for optimizer in optimizers {
      let (after, during) = (
        try loop(optimizer, lora: true), try loop(optimizer, inBackward: true, lora: true)
      )
      _ = (try run(after), try run(during))
      #expect(values(after) == values(during))
    }
  }

  @Test func `a loss that is not finite moves nothing`() throws {
    let loop = try loop(optimizers[0], inBackward: true)
    let norm = try #require(loop.model.inventory.weight("model.norm.weight"))
    withoutGradient { norm.value.fill(.nan) }
    let before = values(loop).map { $0.map(\.bitPattern) }
    let report = try #require(try loop.next())
    #expect(report.skippedRows.count == 4 && report.gradientNorm.isNaN)
    #expect(values(loop).map { $0.map(\.bitPattern) } == before)
    #expect(loop.progress.optimizerSteps == 0 && loop.progress.skipped == 1)
  }

  @Test func `a block whose gradient is not finite stays, and so do all before it`() throws {
    let loop = try loop(optimizers[0], inBackward: true)
    let names = loop.parameters.names
    let index = try #require(names.firstIndex(of: "model.layers.0.mlp.down_proj.weight"))
    let sink = StepInBackward(
      loop.parameters, loop.settings.optimizer, loop.states, OptimizerStep(number: 1, rate: 0.1))
    let before = loop.parameters.masters[index].copied()
    #expect(sink.begins(lossSum: 1))
    sink.add(.full(before.shape, .infinity), at: index)
    #expect(!sink.completes([index]))
    sink.finish()
    #expect(!sink.hasMoved && sink.norm.isNaN)
    #expect((loop.parameters.masters[index] - before).abs().max().item() == 0)
  }

  @Test func `a micro-batch that does not fit ends the run and is not computed in parts`() throws {
    let loop = try tinyLoop(.rows(8), hunger: Hunger(room: 30)) {
      $0.updatesInBackward = true
      $0.maxGradientNorm = 0
    }
    #expect { _ = try loop.next() } throws: { "\($0)".contains("cannot be computed in parts") }
    #expect(loop.progress.step == 0)
  }

  @Test func `accumulation and clipping are refused`() throws {
    #expect {
      _ = try tinyLoop(.rows(1, accumulate: 2)) {
        $0.updatesInBackward = true
        $0.maxGradientNorm = 0
      }
    } throws: { "\($0)".contains("accumulated") }
    #expect { _ = try tinyLoop(.rows(1)) { $0.updatesInBackward = true } } throws: {
      "\($0)".contains("clipped")
    }
  }
}
