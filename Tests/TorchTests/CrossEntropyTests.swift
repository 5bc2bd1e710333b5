import AnnealTorch
import Testing

struct CrossEntropyTests {
  let hidden = sample([37, 24])
  let weight = sample([5000, 24], 1, deviation: 0.3)
  let bias = sample([5000], 2, deviation: 0.3)
  let targets = Tensor((0..<37).map { $0 % 9 == 4 ? -100 : $0 * 131 % 5000 })
  let tokenWeights = Tensor((0..<37).map { Float($0 % 4) * 0.5 })

  /// The loss spelt out in float64, with its gradients at hidden states and weight.
  private func plain(
    _ hidden: Tensor, _ weight: Tensor, bias: Tensor?, weighted: Bool, cap: Double?, scale: Double
  ) -> (loss: Tensor, gradients: [Tensor?], logProbabilities: Tensor, hits: Tensor) {
    let leaves = [hidden, weight].map { $0.to(.float64).copied().requiringGradient() }
    var logits = Tensor.linear(leaves[0], leaves[1], bias?.to(.float64))
    if let cap { logits = (logits / cap).tanh() * cap }
    let bearing = targets .>= 0
    let places = targets.clamped(min: 0)
    let all = logits.logSoftmax(1).gather(1, places.unsqueezed(1)).squeezed(1)
    let factors =
      bearing.to(.float64) * (weighted ? tokenWeights.to(.float64) : .ones([37], .float64))
    let loss = -(all * factors).sum()
    let hits = (logits.argmax(1) .== places) & (factors .!= 0)
    let gradients = Tensor.gradients(of: [loss], seeds: [.full([], scale, .float64)], for: leaves)
    return (loss, gradients, all, hits.to(.int64).sum())
  }

  @Test(arguments: kernelTypes, [nil, 5.0])
  func `the fused loss equals the composition, gradients included`(dtype: DType, cap: Double?)
    throws
  {
    // Logits of bfloat16 hidden states are bfloat16: up to 0.4 % of a logit, so of a probability.
    let tolerance = dtype == .bfloat16 ? 3e-2 : 2e-5
    let (h, w) = (hidden.to(dtype), weight.to(dtype))
    for weighted in [false, true] {
      let expected = plain(h, w, bias: nil, weighted: weighted, cap: cap, scale: 0.125)
      let found = linearCrossEntropy(
        hidden: h, weight: w, targets: targets, tokenWeights: weighted ? tokenWeights : nil,
        scale: 0.125, wantsHiddenGradient: true, wantsWeightGradient: true,
        wantsLogProbabilities: true, chunk: 8, softCap: cap)
      #expect(found.lossSum.dtype == .float32)
      #expect(distance(found.lossSum, expected.loss) < tolerance / 4)
      let logProbabilities = try #require(found.logProbabilities)
      #expect(distance(logProbabilities, expected.logProbabilities) < tolerance)
      let hiddenGradient = try #require(found.hiddenGradient)
      let weightGradient = try #require(found.weightGradient)
      let references = expected.gradients.compactMap { $0 }
      #expect(hiddenGradient.dtype == dtype)
      #expect(weightGradient.dtype == .float32)
      #expect(distance(hiddenGradient, references[0]) < tolerance)
      #expect(distance(weightGradient, references[1]) < tolerance)
      if dtype != .bfloat16 { #expect(found.correct.item() == expected.hits.item()) }
    }
  }

  @Test(arguments: kernelTypes, [nil, 5.0])
  func `label smoothing and z-loss equal their composition, gradients included`(
    dtype: DType, cap: Double?
  ) throws {
    let tolerance = dtype == .bfloat16 ? 3e-2 : 2e-5
    let (h, w) = (hidden.to(dtype), weight.to(dtype))
    let factors = Tensor.where(
      targets .>= 0, tokenWeights.to(.float64), Tensor.zeros([37], .float64))
    for (smoothing, z) in [(0.1, 0), (0, 0.01), (0.2, 0.003)] {
      let leaves = [h, w].map { $0.to(.float64).copied().requiringGradient() }
      var logits = leaves[0].matmul(leaves[1].transposed(0, 1))
      if let cap { logits = (logits / cap).tanh() * cap }
      let logs = logits.logSoftmax(1)
      let target = logs.gather(1, targets.clamped(min: 0).unsqueezed(1)).squeezed(1)
      let logSum = (logits - logs).mean(1)
      let likelihood = -(target * factors).sum()
      let rows = -target * (1 - smoothing) - logs.mean(1) * smoothing + logSum * logSum * z
      let loss = (rows * factors).sum()
      let expected = Tensor.gradients(of: [loss], seeds: [.full([], 0.125, .float64)], for: leaves)
      let found = linearCrossEntropy(
        hidden: h, weight: w, targets: targets, tokenWeights: tokenWeights, scale: 0.125,
        wantsHiddenGradient: true, wantsWeightGradient: true, chunk: 8,
        regularization: LossRegularization(labelSmoothing: smoothing, zLoss: z), softCap: cap)
      #expect(distance(found.lossSum, likelihood) < tolerance / 4)
      #expect(distance(found.lossSum + found.regularizationSum, loss) < tolerance / 4)
      let gradients = [found.hiddenGradient, found.weightGradient]
      for (gradient, expected) in zip(gradients, expected) {
        #expect(distance(try #require(gradient), try #require(expected)) < tolerance)
      }
    }
  }

  @Test func `a bias takes part`() {
    let expected = plain(hidden, weight, bias: bias, weighted: false, cap: nil, scale: 1)
    let found = linearCrossEntropy(
      hidden: hidden, weight: weight, bias: bias, targets: targets, wantsHiddenGradient: true)
    #expect(distance(found.lossSum, expected.loss) < 1e-5)
    #expect(found.weightGradient == nil)
    #expect(found.logProbabilities == nil)
  }

  @Test func `correct tokens are counted where loss is borne`() {
    let best = hidden.matmul(weight.transposed(0, 1)).argmax(1)
    let silenced = Tensor.where(.arange(37) .< 10, best, Tensor.full([37], -1, .int64))
    let found = linearCrossEntropy(
      hidden: hidden, weight: weight, targets: silenced, wantsHiddenGradient: false)
    #expect(found.correct.item() == 10)
    #expect(found.hiddenGradient == nil)
  }

  @Test(arguments: kernelTypes)
  func `of equal logits the first is what the model says`(dtype: DType) {
    // Logits are 8, 8, 0 … with the second pair far behind the first.
    let places = [1, 4990]
    for (first, second) in [(places[0], places[0] + 1), (places[0], places[1])] {
      var rows = [Float](repeating: 0, count: 5000)
      rows[first] = 8
      rows[second] = 8
      let found = linearCrossEntropy(
        hidden: Tensor.ones([2, 1], dtype), weight: Tensor(rows).reshaped([5000, 1]).to(dtype),
        targets: Tensor([second, first]), wantsHiddenGradient: true)
      #expect(found.correct.item() == 1)
    }
  }

  @Test func `the size of a chunk does not matter`() throws {
    let results = [1, 5, 37, 0].map { chunk in
      linearCrossEntropy(
        hidden: hidden, weight: weight, targets: targets, wantsHiddenGradient: true,
        wantsWeightGradient: true, chunk: chunk)
    }
    for other in results.dropFirst() {
      #expect(distance(other.lossSum, results[0].lossSum) < 1e-6)
      #expect(
        distance(try #require(other.hiddenGradient), try #require(results[0].hiddenGradient)) < 1e-5
      )
      #expect(
        distance(try #require(other.weightGradient), try #require(results[0].weightGradient)) < 1e-5
      )
    }
  }

  @Test func `a bfloat16 gradient of the weight is summed in float32 over chunks`() throws {
    let results = [1, 5, 37].map { chunk in
      linearCrossEntropy(
        hidden: hidden.to(.bfloat16), weight: weight.to(.bfloat16), targets: targets,
        wantsHiddenGradient: false, wantsWeightGradient: true, chunk: chunk)
    }
    #expect(results.map { $0.weightGradient?.dtype } == [.float32, .float32, .bfloat16])
    let whole = try #require(results[2].weightGradient)
    for part in results {
      // A product is rounded to 8 bits: once as a whole, or each chunk's before they are summed.
      #expect(distance(try #require(part.weightGradient), whole) < 1e-2)
    }
  }

  @Test func `loss stays finite for extreme logits`() {
    let found = linearCrossEntropy(
      hidden: hidden * 1000, weight: weight, targets: targets, wantsHiddenGradient: true)
    #expect(found.lossSum.allFinite())
    #expect(found.hiddenGradient?.allFinite() == true)
  }

  @Test func `no rows give no loss`() {
    let found = linearCrossEntropy(
      hidden: .zeros([0, 24]), weight: weight, targets: Tensor([Int]()), wantsHiddenGradient: true)
    #expect(found.lossSum.item() == 0)
    #expect(found.hiddenGradient?.shape == [0, 24])
  }

  @Test func `a target outside the vocabulary is refused`() {
    let error = #expect(throws: TorchError.self) {
      try Torch.checked {
        linearCrossEntropy(
          hidden: hidden, weight: weight, targets: .full([37], 5000, .int64),
          wantsHiddenGradient: true)
      }
    }
    #expect(error?.message.contains("outside the vocabulary") == true)
  }
}
