import AnnealFiles
import AnnealModels
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

/// Checkpoints in codes that cannot be read rightly, and must not be read wrongly.
@Suite struct CodedCheckpointTests {
  /// Loads the fixture `name` with the tensor `key` in another's place.
  private func load(_ name: String, with key: String, as bytes: [Int]) throws {
    let folder = try TemporaryFolder()
    let source = Fixture.path("models/\(name)")
    let path = source + "/config.json"
    var tensors = try TensorFile.read(source + "/model.safetensors")
    let place = try #require(tensors.firstIndex { $0.0 == key })
    let shape = tensors[place].1.shape
    let tensor = Tensor(bytes).to(.uint8)
    tensors[place].1 = shape.isEmpty ? tensor.select(0, 0) : tensor
    try TensorFile.write(tensors, to: folder.path + "/model.safetensors")
    let weights = Weights(
      try CheckpointWeights(folder: folder.path), as: .float32, on: .cpu)
    let file = ConfigurationFile(try JSON(contentsOf: path), path: path)
    _ = try ModelRegistry.builtin.model(file, weights)
  }

  @Test func `int8 weights in a GPU's order are refused by key`() throws {
    let key = "model.layers.1.mlp.up_proj.weight_format"
    try load("llama-int8", with: key, as: [0])
    #expect {
      try load("llama-int8", with: key, as: [2])
    } throws: { "\($0)".contains(key) && "\($0)".contains("it is 2; only values in row order") }
  }

  @Test(arguments: [63, 96, 1, 8192])
  func `a block size that codes do not come in is refused by key`(size: Int) {
    let key = "model.layers.0.mlp.down_proj.weight.quant_state.bitsandbytes__nf4"
    let state = #"{"quant_type": "nf4", "blocksize": \#(size), "shape": [16, 24]}"#
    #expect {
      try load("llama-nf4", with: key, as: state.utf8.map(Int.init))
    } throws: { "\($0)".contains(key) && "\($0)".contains("its blocksize is \(size)") }
  }
}
