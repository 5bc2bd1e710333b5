import AnnealTorch
import TestSupport
import Testing

/// Maps, moments and values against bitsandbytes, by `make_optimizers.py`.
@Suite struct AdamW8bitTests {
  private let stored: [String: Tensor]

  init() throws {
    stored = Dictionary(
      uniqueKeysWithValues: try TensorFile.read(Fixture.path("optimizers/adamw_8bit.safetensors")))
  }

  private func tensor(_ name: String) throws -> Tensor { try #require(stored[name]) }

  private func moment(_ name: String, _ step: Int) throws -> CodedMoment {
    CodedMoment(
      codes: try tensor("\(name).codes.\(step)"), scales: try tensor("\(name).scales.\(step)"))
  }

  /// Codes that differ, and by how much at most.
  private func differences(_ found: Tensor, _ expected: Tensor) -> (count: Int, most: Int) {
    let apart = zip(found.ints(), expected.ints()).map { abs($0 - $1) }
    return (apart.count { $0 > 0 }, apart.max() ?? 0)
  }

  @Test(arguments: [true, false])
  func `the maps are those of bitsandbytes, bit for bit`(isSigned: Bool) throws {
    let expected = try tensor(isSigned ? "map.signed" : "map.unsigned").floats()
    let found = CodedMoment.map(isSigned: isSigned).floats()
    #expect(zip(found, expected).count { $0.0 != $0.1 } == 0 && found.count == 256)
  }

  /// A transposed value takes the way of other devices: library operations.
  @Test(arguments: [true, false])
  func `three steps end where those of bitsandbytes do`(isDirect: Bool) throws {
    var value = try tensor("value.0").copied()
    if !isDirect { value = value.transposed(0, 1).contiguous().transposed(0, 1) }
    let blocks = (value.count + CodedMoment.block - 1) / CodedMoment.block
    let (first, second) = (
      CodedMoment(codes: .zeros(value.shape, .uint8), scales: .zeros([blocks])),
      CodedMoment(codes: .zeros(value.shape, .uint8), scales: .zeros([blocks]))
    )
    for step in 1...3 {
      AdamWStep(learningRate: 1e-3, beta2: 0.99, weightDecay: 0.1, step: step)(
        parameters: [value], gradients: [try tensor("gradient.\(step)")], firstMoments: [first],
        secondMoments: [second])
      guard step != 2 else { continue }
      // A moment is a sum of two products, which is rounded otherwise when it is fused: it differs in
      // its last bit, and where it lies between two values of the map, by one code.
      for (found, name) in [(first, "first"), (second, "second")] {
        let expected = try moment(name, step)
        let (count, most) = differences(found.codes, expected.codes)
        #expect(count <= value.count / 1000 && most <= 1, "\(name) moment, step \(step)")
        #expect(distance(found.scales, expected.scales) < 1e-6)
      }
      // One code is up to a fiftieth of the largest moments, and so of a step of 1e-3; all values
      // but those few agree to a few roundings of numbers near 0.1.
      let expected = try tensor("value.\(step)")
      let apart = (value - expected).abs()
      #expect(apart.max().item() < 2e-5)
      #expect((apart .> 2e-8).to(.float32).sum().item() <= Double(value.count) / 1000)
    }
  }

  @Test func `gradients may be bfloat16 and threads change nothing`() throws {
    let threads = Torch.threads
    defer { Torch.threads = threads }
    let start = sample([80, 1000])
    let gradient = sample([80, 1000], 1).to(.bfloat16)
    let results = [(1, gradient), (2, gradient.to(.float32))].map { threads, gradient in
      Torch.threads = threads
      let value = start.copied()
      let moments = (0..<2).map { _ in
        CodedMoment(codes: .zeros([80, 1000], .uint8), scales: .zeros([313]))
      }
      AdamWStep(learningRate: 1e-2, step: 1)(
        parameters: [value], gradients: [gradient], firstMoments: [moments[0]],
        secondMoments: [moments[1]])
      return value.floats()
    }
    #expect(zip(results[0], results[1]).count { $0.0 != $0.1 } == 0)
  }

  @Test func `moments that do not fit are refused and nothing changes`() {
    let value = Tensor.ones([300])
    let moment = CodedMoment(codes: .zeros([300], .uint8), scales: .zeros([1]))
    #expect(throws: TorchError.self) {
      try Torch.checked {
        AdamWStep(learningRate: 1, step: 1)(
          parameters: [value], gradients: [.ones([300])], firstMoments: [moment],
          secondMoments: [moment])
      }
    }
    #expect(value.sum().item() == 300)
  }
}
