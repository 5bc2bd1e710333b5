import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

@testable import Anneal

/// The tiny Llama has 5968 float32 values.
@Suite struct PreflightTests {
  private func check(
    _ type: Recipe.FinetuningType, accumulation: Int, budget: Int
  ) throws {
    let network = try TinyModel("llama").network
    var recipe = Recipe(model: "model", datasets: [], output: "run")
    recipe.finetuningType = type
    recipe.gradientAccumulationSteps = accumulation
    let all = network.inventory.weights.map(\.value)
    let isFull = type == .full
    try Preflight(
      model: network, trained: isFull ? all : [.zeros([100])], recipe: recipe,
      counted: .init(before: 50, now: 450, budget: budget)
    ).checkMemory()
  }

  // Values 4 bytes, moments 8, one gradient 4, or two where they are summed.
  @Test(arguments: [(1, 16), (2, 20), (8, 20)])
  func `training in full is refused by what it will copy and keep`(steps: Int, bytes: Int) throws {
    try check(.full, accumulation: steps, budget: 50 + 5968 * bytes)
    #expect {
      try check(.full, accumulation: steps, budget: 50 + 5968 * bytes - 1)
    } throws: { error in
      ["optim: adamw_8bit", "optimizer_in_bwd", "finetuning_type: lora"].allSatisfy {
        "\(error)".contains($0)
      }
    }
  }

  @Test func `weights on a mapped file are not tensors of the budget`() throws {
    try check(.lora, accumulation: 1, budget: 450 + 100 * 12)
    #expect {
      try check(.lora, accumulation: 1, budget: 450 + 100 * 12 - 1)
    } throws: { "\($0)".contains("offload: weights") }
  }
}
