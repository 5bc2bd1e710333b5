import AnnealFiles
import AnnealTorch
import Foundation
import Testing

struct TensorFileTests {
  @Test func `tensors come back from a file as they were, without a copy`() throws {
    let path = NSTemporaryDirectory() + "anneal-tensors-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let written: [(String, Tensor)] = [
      ("a", sample([3, 5])), ("b", sample([7]).to(.bfloat16)), ("c", Tensor([1, -2, 3])),
      ("t", sample([4, 2]).transposed(0, 1)), ("e", .zeros([0, 3])), ("s", Tensor(4.5)),
    ]
    try TensorFile.write(written, to: path, metadata: ["format": "pt"])

    let before = Torch.Memory.currentBytes
    let read = Dictionary(uniqueKeysWithValues: try TensorFile.read(path))
    #expect(Torch.Memory.currentBytes - before < 100 << 20)
    #expect(read.count == written.count)
    for (name, tensor) in written {
      let found = try #require(read[name])
      #expect(found.dtype == tensor.dtype)
      #expect(found.shape == tensor.shape)
      #expect(found.to(.float64).floats() == tensor.to(.float64).floats())
    }
  }
}
