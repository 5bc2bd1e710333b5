import AnnealTorch
import TestSupport
import Testing

/// Codes, scales and values against bitsandbytes, by `make_quantized.py`.
@Suite struct QuantizedWeightTests {
  static let cases = ["plain", "large", "short", "zeros", "outlier"]

  private func tensor(_ name: String) throws -> Tensor {
    let stored = try TensorFile.read(Fixture.path("quantized/weights.safetensors"))
    return try #require(stored.first { $0.0 == name }?.1)
  }

  private func firstDifference(_ found: Tensor, _ expected: Tensor) -> String? {
    let (a, b) = (found.floats(), expected.floats())
    if a.count != b.count { return "\(a.count) values, expected \(b.count)" }
    let places = a.indices.filter { a[$0] != b[$0] }
    return places.first.map {
      "\(places.count) of \(a.count), first \($0): \(a[$0]), expected \(b[$0])"
    }
  }

  @Test(arguments: cases, QuantizedWeight.Kind.allCases)
  func `codes, scales and values equal those of bitsandbytes bit for bit`(
    name: String, kind: QuantizedWeight.Kind
  ) throws {
    let weight = try tensor("\(name).weight")
    let found = QuantizedWeight(weight, as: kind)
    let key = "\(name).\(kind.rawValue)"
    #expect(firstDifference(found.codes, try tensor("\(key).codes")) == nil)
    #expect(firstDifference(found.scales, try tensor("\(key).scales")) == nil)
    guard name != "large" else { return }
    let values = try tensor("\(key).values")
    #expect(firstDifference(found.dequantized(as: values.dtype), values) == nil)
  }

  @Test(arguments: cases, [QuantizedWeight.Kind.nf4, .fp4])
  func `scales in codes equal those of bitsandbytes bit for bit`(
    name: String, kind: QuantizedWeight.Kind
  ) throws {
    let weight = try tensor("\(name).weight")
    let found = QuantizedWeight(weight, as: kind, doubleQuantization: true)
    let key = "\(name).\(kind.rawValue).nested"
    let nested = try #require(found.nested)
    #expect(firstDifference(found.scales, try tensor("\(key).codes")) == nil)
    #expect(firstDifference(nested.scales, try tensor("\(key).scales")) == nil)
    #expect(Float(nested.offset) == (try tensor("\(key).offset")).floats()[0])
    guard name != "large" else { return }
    let values = try tensor("\(key).values")
    #expect(firstDifference(found.dequantized(as: values.dtype), values) == nil)
  }

  @Test(arguments: QuantizedWeight.Kind.allCases, kernelTypes)
  func `a product with codes is that with their values, and so are its gradients`(
    kind: QuantizedWeight.Kind, dtype: DType
  ) {
    let coded = QuantizedWeight(sample([40, 48], 1), as: kind, doubleQuantization: true)
    let dense = coded.dequantized(as: dtype)
    let inputs = [
      sample([21, 48]), sample([40], 2), sample([4, 48], 3, deviation: 0.15),
      sample([40, 4], 4, deviation: 0.5),
    ]
    expectSame(inputs, dtype) {
      lowRankLinear(
        .values($0[0]), weight: coded, bias: $0[1], updates: [.init(a: $0[2], b: $0[3], scale: 2)])
    } as: {
      let update = Tensor.linear(Tensor.linear($0[0], $0[2]), $0[3]) * 2
      return Tensor.linear($0[0], dense.to(.float64), $0[1]) + update
    }
  }

  @Test(arguments: QuantizedWeight.Kind.allCases, kernelTypes)
  func `a few rows without a gradient are multiplied as many are`(
    kind: QuantizedWeight.Kind, dtype: DType
  ) {
    let bias = sample([40], 2).to(dtype)
    for columns in [128, 80] {
      let coded = QuantizedWeight(sample([40, columns], 1), as: kind, doubleQuantization: true)
      let dense = coded.dequantized(as: .float32)
      for rows in 1...5 {
        let x = sample([rows, columns]).to(dtype)
        let expected = Tensor.linear(x.to(.float32), dense, bias.to(.float32))
        let found = withoutGradient {
          lowRankLinear(.values(x), weight: coded, bias: bias, updates: [], generates: true)
        }
        // bfloat16 rounds the result to 9 bits, and beyond four rows each weight too.
        let tolerance = expected.abs().max().item() * (dtype == .bfloat16 ? 1.0 / 64 : 1e-5)
        #expect(found.dtype == dtype)
        #expect((found.to(.float32) - expected).abs().max().item() < tolerance)
        let half = dense.to(dtype)
        let plain = withoutGradient {
          lowRankLinear(.values(x), weight: half, bias: bias, updates: [], generates: true)
        }
        #expect((plain.to(.float32) - expected).abs().max().item() < tolerance)
      }
    }
  }

  @Test(arguments: QuantizedWeight.Kind.allCases, [DType.float32, .bfloat16])
  func `a few rows that are not generated have the same bytes with a gradient and without`(
    kind: QuantizedWeight.Kind, dtype: DType
  ) {
    let coded = QuantizedWeight(sample([40, 128], 1), as: kind)
    for rows in 1...5 {
      let x = sample([rows, 128]).to(dtype).requiringGradient()
      let product = { lowRankLinear(.values(x), weight: coded, bias: nil, updates: []) }
      let isSame = product().floats() == withoutGradient(product).floats()
      #expect(isSame, "\(rows) rows")
    }
  }

  @Test func `a block that begins within a byte is refused`() {
    let coded = QuantizedWeight(sample([9, 14], 1), as: .nf4, blockSize: 14)
    let odd = QuantizedWeight(
      kind: .nf4, shape: [9, 14], blockSize: 63, codes: coded.codes, scales: .ones([2]),
      nested: nil)
    #expect {
      _ = try Torch.checked { odd.dequantized(as: .float32) }
    } throws: { "\($0)".contains("a block of 63 values; expected an even number") }
  }

  @Test func `4 bits take about an eighth of float32, scales included`() {
    let weight = sample([256, 512])
    let plain = QuantizedWeight(weight, as: .nf4).byteCount
    let double = QuantizedWeight(weight, as: .nf4, doubleQuantization: true).byteCount
    #expect(plain == 256 * 512 / 2 + 2048 * 4)
    #expect(double == 256 * 512 / 2 + 2048 + 8 * 4)
  }

  @Test func `codes that do not fit their shape are refused`() {
    let coded = QuantizedWeight(sample([8, 64]), as: .nf4)
    let wrong = QuantizedWeight(
      kind: .nf4, shape: [9, 64], blockSize: 64, codes: coded.codes, scales: coded.scales,
      nested: nil)
    #expect(throws: TorchError.self) {
      try Torch.checked { wrong.dequantized(as: .float32) }
    }
    #expect(throws: TorchError.self) {
      try Torch.checked { QuantizedWeight(Tensor.full([4, 64], .nan), as: .nf4) }
    }
  }
}
