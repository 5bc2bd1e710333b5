import AnnealFiles
import AnnealModels
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

/// Every family against transformers, on tiny random models made by `make_models.py`.
///
/// float32 sums in another order differ by a few units in the last place of values near 10: 1e-4
/// absolute leaves two digits of room.
@Suite struct ModelFamilyTests {
  static let names = [
    "llama", "llama3-scaled", "llama-linear", "mistral", "qwen2", "qwen3", "sharded",
    "llama-nf4", "llama-fp4", "llama-int8",
  ]

  @Test(arguments: names)
  func `logits equal those of transformers`(name: String) throws {
    let model = try TinyModel(name)
    let logits = model.logits()
    #expect(largestDifference(row(model.ids.count - 1, of: logits), model.lastLogits) <= 1e-4)
    #expect(largestDifference(row(7, of: logits), model.middleLogits) <= 1e-4)
  }

  @Test(arguments: names)
  func `the chunked loss equals that of transformers`(name: String) throws {
    let model = try TinyModel(name)
    let hidden = model.network.hiddenStates(Tensor(model.ids), in: .document(model.ids.count))
    let count = model.ids.count - 1
    let loss = model.network.head.crossEntropy(
      hidden.narrow(0, 0, count), targets: Tensor(Array(model.ids.dropFirst())))
    #expect(abs(loss.lossSum.item() / Double(count) - model.meanNLL) <= 1e-4)
  }

  @Test(arguments: names)
  func `a cache changes nothing`(name: String) throws {
    let model = try TinyModel(name)
    let whole = model.logits()
    let cache = KVCache(layers: model.network.blocks.count, capacity: 4)
    // A prompt of ten, a chunk of three, then token by token.
    var start = 0
    for length in [10, 3] + Array(repeating: 1, count: model.ids.count - 13) {
      let ids = Array(model.ids[start..<start + length])
      var pass = Pass.document(length, from: start)
      pass.caches = [cache]
      let hidden = withoutGradient { model.network.hiddenStates(Tensor(ids), in: pass) }
      let last = row(length - 1, of: model.network.head.logits(hidden))
      #expect(largestDifference(last, row(start + length - 1, of: whole)) <= 1e-4)
      start += length
    }
  }

  @Test(arguments: names)
  func `documents side by side do not see each other`(name: String) throws {
    let model = try TinyModel(name)
    let alone = model.logits()
    let other = [3, 9, 27, 17, 51]
    let count = model.ids.count
    let pass = Pass(
      positions: Tensor(Array(0..<other.count) + Array(0..<count)),
      bounds: [0, other.count, other.count + count])
    let hidden = model.network.hiddenStates(Tensor(other + model.ids), in: pass)
    let packed = model.network.head.logits(hidden)
    #expect(
      largestDifference(
        row(other.count + count - 1, of: packed), row(count - 1, of: alone)) <= 1e-5)
  }

  @Test func `an unknown family names the supported ones`() throws {
    let file = ConfigurationFile(["model_type": "mamba"], path: "config.json")
    #expect {
      _ = try ModelRegistry.builtin.family(of: file)
    } throws: { error in
      "\(error)".contains("mamba") && "\(error)".contains("llama, mistral, qwen2, qwen3")
    }
  }

  @Test func `a missing key of config json is named`() throws {
    let file = ConfigurationFile(["model_type": "llama", "hidden_size": 16], path: "config.json")
    #expect {
      _ = try Llama.configuration(file)
    } throws: { "\($0)".contains("'num_attention_heads' is missing") }
  }

  @Test func `a tensor of another size is named with both extents`() throws {
    let path = Fixture.path("models/llama/config.json")
    let changed = try JSON(contentsOf: path).setting("intermediate_size", to: 32)
    let file = ConfigurationFile(changed, path: path)
    #expect {
      let weights = Weights(
        try CheckpointWeights(folder: Fixture.path("models/llama")), as: nil, on: .cpu)
      _ = try ModelRegistry.builtin.model(file, weights)
    } throws: { error in
      let text = "\(error)"
      return text.contains("model.layers.0.mlp.gate_proj.weight") && text.contains("[24, 16]")
        && text.contains("[32, 16]")
    }
  }

  @Test func `fresh weights are a function of the seed and the path alone`() throws {
    let a = RandomWeights(seed: 5, deviation: 0.02)
    let first = try a.tensor("model.x.weight", shape: [40, 50], start: .normal).floats()
    let again = try a.tensor("model.x.weight", shape: [40, 50], start: .normal).floats()
    let other = try a.tensor("model.y.weight", shape: [40, 50], start: .normal).floats()
    #expect(first == again)
    #expect(first != other)
    let deviation = (first.reduce(0) { $0 + $1 * $1 } / 2000).squareRoot()
    #expect(abs(deviation - 0.02) < 0.002)
  }
}
