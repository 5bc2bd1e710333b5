import AnnealFiles
import AnnealTorch
import Foundation
import TestSupport
import Testing

@Suite struct StreamedLinearTests {
  /// Two weights in a file of their own.
  private func weights(_ folder: TemporaryFolder, _ dtype: DType) throws -> [MappedTensor] {
    let path = folder.path + "/weights.safetensors"
    try TensorFile.write(
      [
        ("first", sample([512, 1024], 1).to(dtype)), ("second", sample([512, 1024], 2).to(dtype)),
      ],
      to: path)
    let file = try SafetensorsFile(path: path)
    return try ["first", "second"].compactMap { name in
      try MappedTensor(reading: #require(file.entry(name)), of: file)
    }
  }

  /// Bytes of the file that are mapped into this process and present, nil where nobody says.
  private func residentBytes(_ folder: TemporaryFolder) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/smaps", encoding: .utf8) else {
      return nil
    }
    let lines = text.split(separator: "\n")
    guard let start = lines.firstIndex(where: { $0.contains(folder.path) }),
      let line = lines[start...].first(where: { $0.hasPrefix("Rss:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  @Test(arguments: [DType.float32, .bfloat16], [DType.float32, .bfloat16])
  func `a product with a weight in its file is that with the weight in memory, and the pages go`(
    stored: DType, computed: DType
  ) throws {
    let folder = try TemporaryFolder()
    let mapped = try weights(folder, stored)
    try #require(mapped.count == 2)
    let inputs = [sample([5, 1024], 3), sample([4, 1024], 4), sample([512, 4], 5)]
    let bias = sample([512], 6).to(computed)

    func outcome(_ product: (Tensor, [LowRankUpdate]) -> Tensor) throws -> [[Float]] {
      try Torch.checked {
        let leaves = inputs.enumerated().map { index, input in
          (index == 0 ? input.to(computed) : input).copied().requiringGradient()
        }
        let update = LowRankUpdate(a: leaves[1], b: leaves[2], scale: 0.5)
        let y = product(leaves[0], [update])
        let gradients = Tensor.gradients(
          of: [y], seeds: [sample(y.shape, 7).to(computed)], for: leaves)
        return ([y] + gradients.compactMap { $0 }).map { $0.detached().floats() }
      }
    }
    let expected = try outcome { x, updates in
      lowRankLinear(
        .values(x), weight: mapped[0].tensor.to(computed).copied(), bias: bias, updates: updates)
    }
    let found = try outcome { x, updates in
      lowRankLinear(
        .values(x), weight: mapped[0], next: mapped[1], previous: nil, bias: bias, updates: updates)
    }
    #expect(found.count == 4)
    let isSame = found == expected
    #expect(isSame)
    mapped[1].letGo()
    // What is left are pages that tensors share with each other or with the header.
    if let left = residentBytes(folder) { #expect(left <= 4 * 16_384) }
  }

  @Test func `a weight in its file is not trained, and a wrong shape is an error`() throws {
    let folder = try TemporaryFolder()
    let mapped = try weights(folder, .float32)[0]
    #expect(throws: TorchError.self) {
      try Torch.checked {
        lowRankLinear(
          .values(.ones([2, 3])), weight: mapped, next: nil, previous: nil, bias: nil, updates: [])
      }
    }
    mapped.tensor.requiringGradient()
    #expect(throws: TorchError.self) {
      try Torch.checked {
        lowRankLinear(
          .values(.ones([2, 1024])), weight: mapped, next: nil, previous: nil, bias: nil,
          updates: [])
      }
    }
  }
}
