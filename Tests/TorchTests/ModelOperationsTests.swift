import AnnealTorch
import Testing

struct ModelOperationsTests {
  @Test(arguments: kernelTypes, [false, true])
  func `RMSNorm equals its definition`(dtype: DType, offset: Bool) {
    for shape in [[7, 64], [5, 3, 16], [3, 1100]] {
      let inputs = [sample(shape), sample([shape[shape.count - 1]], 1)]
      expectSame(inputs, dtype) {
        rmsNorm($0[0], weight: $0[1], epsilon: 1e-5, unitOffset: offset)
      } as: {
        let scale = ($0[0].squared().mean(-1, keep: true) + 1e-5).rsqrt()
        return $0[0] * scale * (offset ? $0[1] + 1 : $0[1])
      }
    }
  }

  @Test(arguments: kernelTypes, [0, 1, 2])
  func `RMSNorm of a sum equals the sum and its norm, whichever of them is used`(
    dtype: DType, used: Int
  ) {
    // 1,100 is wider than a stretch of the kernel and no multiple of it.
    for width in [64, 1100] {
      let inputs = [sample([7, width]), sample([7, width], 1), sample([width], 2)]
      expectSame(inputs, dtype) {
        let (sum, normal) = rmsNorm(adding: $0[1], to: $0[0], weight: $0[2], epsilon: 1e-5)
        // The weight bears no gradient where the norm is not used.
        return used == 0 ? sum + $0[2] * 0 : used == 1 ? normal : sum + normal
      } as: {
        let sum = $0[0] + $0[1]
        let normal = sum * (sum.squared().mean(-1, keep: true) + 1e-5).rsqrt() * $0[2]
        return used == 0 ? sum + $0[2] * 0 : used == 1 ? normal : sum + normal
      }
    }
  }

  @Test func `RMSNorm takes float32 weights beside bfloat16 values`() {
    let x = sample([4, 32]).to(.bfloat16)
    let y = rmsNorm(x, weight: .full([32], 2), epsilon: 1e-6)
    #expect(y.dtype == .bfloat16)
    let doubled = rmsNorm(x, weight: .ones([32], .bfloat16), epsilon: 1e-6) * 2
    #expect(y.floats() == doubled.floats())
  }

  @Test func `layer normalization equals its definition`() {
    expectSame([sample([6, 32]), sample([32], 1), sample([32], 2)], .float32) {
      layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-5)
    } as: {
      let centered = $0[0] - $0[0].mean(-1, keep: true)
      let scale = (centered.squared().mean(-1, keep: true) + 1e-5).rsqrt()
      return centered * scale * $0[1] + $0[2]
    }
  }

  @Test(arguments: kernelTypes, [8, 6])
  func `a rotation equals its definition, whole or partial`(dtype: DType, half: Int) {
    let angles = sample([9, half], 3)
    expectSame([sample([9, 4, 16])], dtype) {
      rotated($0[0], cosine: angles.cos(), sine: angles.sin())
    } as: { x in
      let (c, s) = (
        angles.to(.float64).cos().unsqueezed(1), angles.to(.float64).sin().unsqueezed(1)
      )
      let parts = x[0].split([half, half, 16 - 2 * half], dimension: 2)
      return .concatenated(
        [parts[0] * c - parts[1] * s, parts[1] * c + parts[0] * s, parts[2]], dimension: 2)
    }
  }

  @Test(arguments: kernelTypes, [8, 6])
  func `a rotation in place equals the one beside, gradients included`(dtype: DType, half: Int) {
    let angles = sample([9, half], 3)
    expectSame([sample([9, 64])], dtype) {
      // A fresh result, as of a linear map; its own gradient does not need it.
      rotatedInPlace($0[0] * 2, width: 16, cosine: angles.cos(), sine: angles.sin())
    } as: {
      rotated(
        ($0[0] * 2).view(9, 4, 16), cosine: angles.to(.float64).cos(),
        sine: angles.to(.float64).sin()
      ).view(9, 64)
    }
  }

  @Test func `a rotation in place writes over a fresh result and leaves leaves and views alone`() {
    let angles = sample([5, 4], 3)
    let turn: (Tensor) -> Tensor = {
      rotatedInPlace($0, width: 8, cosine: angles.cos(), sine: angles.sin())
    }
    let fresh = sample([5, 16])
    let expected = rotated(fresh.view(5, 2, 8), cosine: angles.cos(), sine: angles.sin()).floats()
    let kept = fresh.floats()
    let leaf = fresh.copied().requiringGradient()
    #expect(turn(leaf).floats() == expected)
    #expect(leaf.floats() == kept)
    let view = fresh.copied().view(5, 16)
    #expect(turn(view).floats() == expected)
    #expect(view.floats() == kept)
    #expect(turn(fresh).floats() == expected)
    #expect(fresh.floats() == expected)
  }

  @Test func `a rotation of a slice of a wider tensor is the slice's`() {
    let angles = sample([5, 4], 3)
    let wide = sample([5, 6, 8])
    let slice = rotated(wide.narrow(1, 2, 2), cosine: angles.cos(), sine: angles.sin())
    let all = rotated(wide, cosine: angles.cos(), sine: angles.sin())
    #expect(slice.floats() == all.narrow(1, 2, 2).floats())
  }

  @Test(arguments: kernelTypes)
  func `gated activations equal their definitions`(dtype: DType) {
    let inputs = [sample([13, 257], deviation: 3), sample([13, 257], 1)]
    expectSame(inputs, dtype) {
      swiGLU($0[0], $0[1])
    } as: {
      $0[0].silu() * $0[1]
    }
    expectSame(inputs, dtype) {
      geGLU($0[0], $0[1])
    } as: {
      $0[0].gelu(tanhApproximation: true) * $0[1]
    }
  }

  @Test func `gated activations stay finite at the ends of the range`() {
    let gate = Tensor([-1e30, -500, -90, 0, 90, 500, 1e30] as [Float])
    let expected = Tensor([0, 0, 0, 0, 90, 500, 1e30] as [Float])
    #expect((swiGLU(gate, .ones([7])) - expected).abs().max().item() < 1e-6)
    let middle = [gate, expected].map { $0.narrow(0, 1, 5) }
    #expect((geGLU(middle[0], .ones([5])) - middle[1]).abs().max().item() < 1e-6)
  }

  @Test(arguments: kernelTypes, [false, true])
  func `a low-rank linear equals its parts`(dtype: DType, masked: Bool) {
    let mask = dropoutMask(
      count: .arange(12), positions: .arange(12), width: 48, probability: 0.25, seed: 1, step: 1,
      site: 1, dtype: dtype)
    let inputs = [
      sample([12, 48]), sample([40, 48], 1, deviation: 0.15), sample([40], 2),
      sample([4, 48], 3, deviation: 0.15), sample([40, 4], 4, deviation: 0.5),
      sample([8, 48], 5, deviation: 0.15), sample([40, 8], 6, deviation: 0.5),
    ]
    expectSame(inputs, dtype) {
      lowRankLinear(
        .values($0[0]), weight: $0[1], bias: $0[2],
        updates: [
          .init(a: $0[3], b: $0[4], scale: 2, dropoutMask: masked ? mask : nil),
          .init(a: $0[5], b: $0[6], scale: 0.5),
        ])
    } as: {
      let x = masked ? $0[0] * mask.to(.float64) : $0[0]
      let first = Tensor.linear(Tensor.linear(x, $0[3]), $0[4]) * 2
      let second = Tensor.linear(Tensor.linear($0[0], $0[5]), $0[6]) * 0.5
      return Tensor.linear($0[0], $0[1], $0[2]) + first + second
    }
  }

  @Test(arguments: kernelTypes, [false, true])
  func `a low-rank linear equals its parts in the order for high ranks too`(
    dtype: DType, masked: Bool
  ) {
    // 200 rows through a rank of 40 cost more than the matrix [40, 48] of the update.
    let mask = dropoutMask(
      count: .arange(200), positions: .arange(200), width: 48, probability: 0.25, seed: 1, step: 1,
      site: 1, dtype: dtype)
    let inputs = [
      sample([200, 48]), sample([40, 48], 1, deviation: 0.15),
      sample([40, 48], 3, deviation: 0.15), sample([40, 40], 4, deviation: 0.15),
    ]
    expectSame(inputs, dtype) {
      lowRankLinear(
        .values($0[0]), weight: $0[1], bias: nil,
        updates: [.init(a: $0[2], b: $0[3], scale: 2, dropoutMask: masked ? mask : nil)])
    } as: {
      let x = masked ? $0[0] * mask.to(.float64) : $0[0]
      return Tensor.linear($0[0], $0[1]) + Tensor.linear(Tensor.linear(x, $0[2]), $0[3]) * 2
    }
  }

  @Test(arguments: kernelTypes, [false, true])
  func `a linear that makes its input again equals one that keeps it`(
    dtype: DType, trainsWeight: Bool
  ) {
    let inputs = [
      sample([12, 48]), sample([12, 48], 1), sample([4, 48], 3, deviation: 0.15),
      sample([40, 4], 4, deviation: 0.5), sample([40, 48], 2, deviation: 0.15),
    ]
    let weight = inputs[4].to(dtype)
    expectSame(trainsWeight ? inputs : Array(inputs.dropLast()), dtype) {
      lowRankLinear(
        .swiGLU(gate: $0[0], up: $0[1]), weight: trainsWeight ? $0[4] : weight, bias: nil,
        updates: [.init(a: $0[2], b: $0[3], scale: 2)])
    } as: {
      let x = $0[0].silu() * $0[1]
      return Tensor.linear(x, trainsWeight ? $0[4] : weight.to(.float64))
        + Tensor.linear(Tensor.linear(x, $0[2]), $0[3]) * 2
    }
  }

  @Test func `a frozen weight gets no gradient, and float32 leaves get float32 gradients`() {
    let x = sample([5, 8]).to(.bfloat16)
    let weight = sample([6, 8], 1).to(.bfloat16)
    let a = sample([2, 8], 2).requiringGradient()
    let b = Tensor.zeros([6, 2]).requiringGradient()
    let y = lowRankLinear(
      .values(x), weight: weight, bias: nil, updates: [.init(a: a, b: b, scale: 1)])
    #expect(y.dtype == .bfloat16)
    #expect(y.floats() == Tensor.linear(x, weight).floats())
    let found = Tensor.gradients(of: [y], seeds: [.ones([5, 6], .bfloat16)], for: [a, b])
    #expect(found.map { $0?.dtype } == [.float32, .float32])
    #expect(found[0]?.abs().max().item() == 0)
    #expect((found[1]?.abs().max().item() ?? 0) > 0)
    #expect(!weight.requiresGradient)
  }

  @Test func `AdamW follows its recurrence`() {
    let p = sample([300])
    let (m, v) = (Tensor.zeros([300]), Tensor.zeros([300]))
    var (q, n, w) = (p.to(.float64), m.to(.float64), v.to(.float64))
    for step in 1...4 {
      let g = sample([300], UInt64(step))
      let move = AdamWStep(
        learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, step: step,
        gradientScale: 0.5)
      move(parameters: [p], gradients: [g], firstMoments: [m], secondMoments: [v])
      let h = g.to(.float64) * 0.5
      n = n * 0.9 + h * 0.1
      w = w * 0.99 + h.squared() * 0.01
      let (c, d) = (
        1 - [1, 0.9, 0.81, 0.729, 0.6561][step], 1 - [1, 0.99, 0.9801, 0.970299, 0.96059601][step]
      )
      q = q * (1 - 0.001) - (n / c) / ((w / d).sqrt() + 1e-8) * 0.01
    }
    #expect(distance(p, q) < 1e-6)
    #expect(distance(m, n) < 1e-6)
    #expect(distance(v, w) < 1e-6)
  }

  @Test func `AdamW refuses tensors that do not fit and changes nothing`() {
    let (p, m, v) = (Tensor.ones([4]), Tensor.zeros([4]), Tensor.zeros([4]))
    #expect(throws: TorchError.self) {
      try Torch.checked {
        AdamWStep(learningRate: 1, step: 1)(
          parameters: [p, p], gradients: [.ones([4]), .ones([3])], firstMoments: [m, m],
          secondMoments: [v, v])
      }
    }
    #expect(p.floats() == [1, 1, 1, 1])
  }
}
