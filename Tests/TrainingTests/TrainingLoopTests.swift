import AnnealAdapters
import AnnealDatasets
import AnnealFiles
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

@testable import AnnealTraining

/// Rows of ragged lengths over the tiny models' 64 ids.
func raggedExamples(_ count: Int) -> [Example] {
  (0..<count).map { row in
    var random = SplitMix64(seed: UInt64(row))
    let length = 5 + random.below(20)
    let ids = (0..<length).map { _ in Int32(random.below(64)) }
    let mask = ids.indices.map { $0 > 1 + row % 3 }
    return Example(
      ids: ids, lossMask: mask, row: row, source: .init(file: "rows.jsonl", line: row + 1))
  }
}

/// A loop over a tiny model with a LoRA that drops inputs, or over all of its weights.
func tinyLoop(
  _ batch: BatchSettings, lora: Bool = true, checkpointing: ActivationCheckpointing = .none,
  model name: String = "llama", dropout: Double = 0.1, rows: Int = 16, epochs: Double = 1,
  isStreamed: Bool = false, activationFolder: String? = nil, hunger: Hunger? = nil,
  on device: Device = .cpu, dtype: DType = .float32, examples: [Example]? = nil,
  change: (inout TrainingSettings) -> Void = { _ in }
) throws -> TrainingLoop {
  let model = try TinyModel(name, as: dtype, on: device, isStreamed: isStreamed)
  var attached: AttachedAdapter?
  if lora {
    let fresh = try model.network.attach(LoRA(rank: 4, alpha: 8, dropout: dropout), seed: 1)
    // B begins at 0, which would leave A without a gradient.
    for (name, value) in fresh.parameters where name.hasSuffix("lora_B.weight") {
      withoutGradient {
        value.copy(from: .normal(value.shape, deviation: 0.2, key: .init(seed: 2, name: name)))
      }
    }
    attached = fresh
  }
  let parameters =
    attached?.parameters
    ?? model.network.inventory.weights.map { (name: $0.path, value: $0.value) }
  var attachments = attached?.bySite ?? [:]
  if let hunger, let site = model.network.inventory.linears.last?.site {
    attachments[site, default: []].append(hunger)
  }
  var settings = TrainingSettings(
    optimizer: .adamW(.cosine(peak: 1e-2, warmup: 1)), batch: batch, epochs: epochs,
    checkpointing: checkpointing, seed: 7)
  settings.activationFolder = activationFolder
  change(&settings)
  return try TrainingLoop(
    model.network, training: parameters, attachments: attachments,
    on: examples ?? raggedExamples(rows), settings: settings)
}

/// The trained values, as bits.
func values(_ loop: TrainingLoop) -> [[Float]] { loop.parameters.masters.map { $0.floats() } }

func run(_ loop: TrainingLoop, steps: Int = .max) throws -> [StepReport] {
  var reports: [StepReport] = []
  while reports.count < steps, let report = try loop.next() { reports.append(report) }
  return reports
}

@Suite struct TrainingLoopTests {
  @Test(arguments: [true, false])
  func `a batch of eight equals two accumulated four times, dropout on`(lora: Bool) throws {
    let whole = try run(tinyLoop(.rows(8), lora: lora))
    let parts = try run(tinyLoop(.rows(2, accumulate: 4), lora: lora))
    #expect(whole.count == 2)
    for (a, b) in zip(whole, parts) {
      #expect(abs(a.loss - b.loss) / a.loss <= 1e-5)
      #expect(abs(a.gradientNorm - b.gradientNorm) / a.gradientNorm <= 1e-4)
    }
  }

  @Test func `packed rows have the loss of rows alone`() throws {
    let loop = try tinyLoop(.rows(8), dropout: 0)
    let together = try loop.accumulate([Array(0..<8)])
    let alone = try loop.accumulate((0..<8).map { [$0] })
    #expect(abs(together.sums.lossSum - alone.sums.lossSum) / alone.sums.lossSum <= 1e-5)
    #expect(together.sums.trainedTokens == alone.sums.trainedTokens)
    for (a, b) in zip(together.gradients, alone.gradients) {
      let (a, b) = (a.floats().map(Double.init), b.floats().map(Double.init))
      #expect(largestDifference(a, b) <= 1e-5)
    }
  }

  @Test(
    arguments: [ActivationCheckpointing.selective, .full], [true, false])
  func `recomputed activations give the same gradients`(
    checkpointing: ActivationCheckpointing, lora: Bool
  ) throws {
    let kept = try tinyLoop(.rows(8), lora: lora).accumulate([Array(0..<8)])
    let recomputed = try tinyLoop(.rows(8), lora: lora, checkpointing: checkpointing)
      .accumulate([Array(0..<8)])
    #expect(kept.sums.lossSum == recomputed.sums.lossSum)
    for (a, b) in zip(kept.gradients, recomputed.gradients) {
      let (a, b) = (a.floats().map(Double.init), b.floats().map(Double.init))
      #expect(largestDifference(a, b) <= 1e-6)
    }
  }

  @Test(arguments: ["llama", "qwen2"])
  func `gradients are those of finite differences`(name: String) throws {
    let loop = try tinyLoop(.rows(4), lora: false, model: name, rows: 4)
    let (gradients, sums) = try loop.accumulate([[0, 1, 2, 3]])
    let tokens = Double(sums.trainedTokens)
    for (index, parameter) in loop.parameters.names.enumerated() {
      // The largest entry of each gradient, nudged both ways.
      let gradient = gradients[index].reshaped([-1])
      let place = Int(gradient.abs().argmax(0).item())
      let analytic = gradient.select(0, place).item()
      let value = loop.parameters.values[index].detached().view(-1).narrow(0, place, 1)
      let losses = try [1e-2, -1e-2].map { nudge in
        withoutGradient { value.addInPlace(Tensor([Float(nudge)])) }
        defer { withoutGradient { value.addInPlace(Tensor([Float(-nudge)])) } }
        return try loop.accumulate([[0, 1, 2, 3]]).sums.lossSum / tokens
      }
      let numeric = (losses[0] - losses[1]) / 2e-2
      // float32 losses near 4 differ by about 1e-6 in rounding: 1e-4 of slope at this nudge.
      #expect(
        abs(numeric - analytic) <= 2e-3 + 0.02 * abs(analytic), "\(parameter)")
    }
  }

  @Test(arguments: [true, false])
  func `the loss falls`(lora: Bool) throws {
    let reports = try run(tinyLoop(.rows(4), lora: lora, rows: 8, epochs: 20))
    let first = reports.prefix(2).map(\.loss).reduce(0, +) / 2
    let last = reports.suffix(2).map(\.loss).reduce(0, +) / 2
    #expect(last < 0.7 * first)
  }

  @Test func `the same seed gives the same bytes`() throws {
    let (a, b) = (try tinyLoop(.rows(3)), try tinyLoop(.rows(3)))
    _ = try (run(a), run(b))
    #expect(values(a) == values(b))
  }

  @Test(arguments: [LossRegularization(labelSmoothing: 0.2), LossRegularization(zLoss: 0.05)])
  func `what is added to the loss moves the values and is not reported`(
    regularization: LossRegularization
  ) throws {
    let reports = try [LossRegularization(), regularization].map { added in
      try run(tinyLoop(.rows(4), lora: false, rows: 8, epochs: 20) { $0.regularization = added })
    }
    #expect(reports[0][0].loss == reports[1][0].loss)
    #expect(reports[0][0].gradientNorm != reports[1][0].gradientNorm)
    // What is learned by heart is said with less certainty.
    let last = reports.compactMap(\.last?.loss)
    #expect(last[1] > last[0] * 1.01)
  }

  @Test func `weights of the loss beyond sense are refused`() {
    for added in [LossRegularization(labelSmoothing: 1), LossRegularization(zLoss: -1)] {
      #expect(throws: AnnealError.self) {
        try tinyLoop(.rows(4), rows: 8) { $0.regularization = added }
      }
    }
  }

  @Test(arguments: [DType.float32, .bfloat16])
  func `a row of three tokens beside a base in codes has the same bytes recomputed`(
    dtype: DType
  ) throws {
    let rows = raggedExamples(4).map { example in
      Example(
        ids: Array(example.ids.prefix(3)), lossMask: [true, true, true], row: example.row,
        source: example.source)
    }
    let found = try [ActivationCheckpointing.none, .full].map { checkpointing in
      try tinyLoop(
        .rows(1), checkpointing: checkpointing, model: "llama-int8", dtype: dtype, examples: rows
      ).accumulate([[0]])
    }
    #expect(found[0].sums.lossSum == found[1].sums.lossSum)
    for (a, b) in zip(found[0].gradients, found[1].gradients) {
      let isSame = a.floats() == b.floats()
      #expect(isSame)
    }
  }

  @Test func `the data's hash is that of all its bytes`() throws {
    let loop = try tinyLoop(.rows(4))
    var bytes: [UInt8] = []
    func add(_ value: Int, _ count: Int) {
      for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (place * 8))) }
    }
    for example in try loop.examples.all() {
      for (id, isTrained) in zip(example.ids, example.lossMask) {
        add(Int(id), 4)
        add(isTrained ? 1 : 0, 1)
      }
      add(example.row, 8)
    }
    #expect(loop.dataHash == SHA256Digest.hex(of: bytes))
  }

  @Test func `half an epoch is half of its steps`() throws {
    #expect(try tinyLoop(.rows(4), rows: 16, epochs: 0.5).totalSteps == 2)
    #expect(try tinyLoop(.rows(4), rows: 16, epochs: 2.5).totalSteps == 10)
  }

  @Test func `a gradient that is not finite skips the step and names the rows`() throws {
    let loop = try tinyLoop(.rows(4), lora: false, rows: 8, epochs: 5)
    let before = values(loop)
    let norm = try #require(loop.model.inventory.weight("model.norm.weight"))
    let healthy = norm.value.copied()
    withoutGradient { norm.value.fill(.nan) }
    let report = try #require(try loop.next())
    #expect(report.skippedRows.count == 4)
    withoutGradient { norm.value.copy(from: healthy) }
    #expect(values(loop) == before)
    withoutGradient { norm.value.fill(.nan) }
    #expect {
      _ = try run(loop)
    } throws: { "\($0)".contains("rows.jsonl:") && "\($0)".contains("not finite") }
  }

  @Test func `no rows is an error that says where to look`() throws {
    let model = try TinyModel("llama")
    #expect(throws: AnnealError.self) {
      _ = try TrainingLoop(
        model.network, training: [], on: [],
        settings: TrainingSettings(
          optimizer: .adamW(.constant(peak: 1)), batch: .rows(1)))
    }
  }
}

@Suite struct CheckpointTests {
  @Test(
    arguments: [true, false],
    [BatchSettings.rows(3), .rows(1, accumulate: 2, packing: 40)])
  func `a run that goes on ends with the same bytes`(lora: Bool, batch: BatchSettings) throws {
    let folder = try TemporaryFolder()
    let whole = try tinyLoop(batch, lora: lora, epochs: 2)
    _ = try run(whole)

    let first = try tinyLoop(batch, lora: lora, epochs: 2)
    _ = try run(first, steps: 4)
    try first.writeCheckpoint(to: folder.path + "/step-4", notes: ["seen": 1])

    let second = try tinyLoop(batch, lora: lora, epochs: 2)
    let checkpoint = try Checkpoint(verifying: folder.path + "/step-4")
    #expect(second.differences(from: checkpoint).isEmpty)
    try second.restore(checkpoint)
    _ = try run(second)
    #expect(second.progress == whole.progress)
    #expect(values(second) == values(whole))
  }

  @Test func `one flipped byte is found`() throws {
    let folder = try TemporaryFolder()
    let loop = try tinyLoop(.rows(4))
    _ = try run(loop, steps: 1)
    let path = folder.path + "/step-1"
    try loop.writeCheckpoint(to: path, notes: .null)
    let file = path + "/training.safetensors"
    var bytes = try fileBytes(file)
    bytes[bytes.count / 2] ^= 1
    try AtomicFile.write(bytes, to: file)
    #expect {
      _ = try Checkpoint(verifying: path)
    } throws: { "\($0)".contains("training.safetensors") }
  }

  @Test func `what makes a resume inexact is said`() throws {
    let folder = try TemporaryFolder()
    let loop = try tinyLoop(.rows(4))
    try loop.writeCheckpoint(to: folder.path + "/step-0", notes: .null)
    let checkpoint = try Checkpoint(verifying: folder.path + "/step-0")
    let other = try tinyLoop(.rows(2))
    #expect(other.differences(from: checkpoint).contains { $0.contains("packing") })
    let state = folder.path + "/step-0/state.json"
    try AtomicFile.write(
      JSON(contentsOf: state).setting("instructions", to: "abacus").setting("anneal", to: "0.0.1")
        .text(), to: state)
    try Manifest.write(folder: folder.path + "/step-0")
    let elsewhere = try Checkpoint(verifying: folder.path + "/step-0")
    let differences = try tinyLoop(.rows(4)).differences(from: elsewhere)
    #expect(differences.count == 2)
    #expect(differences.contains { $0.contains("instructions") && $0.contains("abacus") })
    #expect(differences.contains { $0.contains("version of Anneal") })
    let onAnotherBase = try tinyLoop(.rows(4), model: "llama-linear")
    #expect(onAnotherBase.differences(from: checkpoint).contains("the base model"))
  }
}
