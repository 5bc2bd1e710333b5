import AnnealDatasets
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

@testable import AnnealTraining

/// What needs a CUDA GPU: left out where there is none, run by `make test-gpu` where there is.
@Suite(.enabled(if: Device.isCUDAAvailable, "there is no CUDA GPU")) struct GPUTests {
  @Test(arguments: ActivationCheckpointing.allCases, [true, false])
  func `a step has the loss and the gradients of the processor's`(
    checkpointing: ActivationCheckpointing, lora: Bool
  ) throws {
    let here = try tinyLoop(.rows(8), lora: lora, checkpointing: checkpointing)
      .accumulate([Array(0..<8)])
    let there = try tinyLoop(.rows(8), lora: lora, checkpointing: checkpointing, on: .cuda())
      .accumulate([Array(0..<8)])
    // float32 sums in another order.
    #expect(abs(here.lossSum - there.lossSum) / here.lossSum < 1e-5)
    #expect(here.correct == there.correct)
    for (a, b) in zip(here.gradients, there.gradients) {
      #expect(largestDifference(a.floats().map(Double.init), b.floats().map(Double.init)) < 1e-4)
    }
  }

  @Test(arguments: QuantizedWeight.Kind.allCases)
  func `codes stand for the values that they have on the processor`(kind: QuantizedWeight.Kind) {
    let weight = Tensor.normal([96, 128], deviation: 1, key: .init(seed: 1, name: "weight"))
    let coded = QuantizedWeight(weight, as: kind, doubleQuantization: true)
    let here = coded.dequantized(as: .float32)
    let there = coded.to(.cuda()).dequantized(as: .float32).to(.cpu)
    #expect((here - there).abs().max().item() < 1e-6)
  }

  @Test func `logits are those of the processor`() throws {
    let here = try TinyModel("qwen2").logits()
    let model = try TinyModel("qwen2", on: .cuda())
    let pass = Pass.document(model.ids.count, on: .cuda())
    let there = withoutGradient {
      model.network.head.logits(
        model.network.hiddenStates(Tensor(model.ids).to(.cuda()), in: pass)
      ).to(.cpu)
    }
    #expect((here - there).abs().max().item() < 1e-4)
  }
}
