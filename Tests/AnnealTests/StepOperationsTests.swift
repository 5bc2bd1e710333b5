import AnnealDatasets
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

@testable import Anneal

/// Counts by hand for the tiny models: 2 blocks of width 16 with 4 query and 2 key heads of width 4
/// and a feed-forward of 24, so that a block's maps hold 256 + 128 + 128 + 256 + 3 · 384 = 1920 values,
/// 512 of them in query, key and value; 64 · 16 = 1024 in the head.
@Suite struct StepOperationsTests {
  private static let maps = [
    ("self_attn.q_proj", 16, 16), ("self_attn.k_proj", 16, 8), ("self_attn.v_proj", 16, 8),
    ("self_attn.o_proj", 16, 16), ("mlp.gate_proj", 16, 24), ("mlp.up_proj", 16, 24),
    ("mlp.down_proj", 24, 16),
  ]

  /// Two documents of 5 and 3 tokens: 8 tokens, 6 with a loss, 25 + 9 = 34 squares.
  private let batch = PackedBatch(
    [5, 3].map { count in
      Example(
        ids: Array(repeating: 1, count: count), lossMask: Array(repeating: true, count: count),
        row: 0, source: .init(file: "rows.jsonl", line: 1))
    })

  private func factors(_ layer: Int, _ map: (String, Int, Int)) -> [(name: String, shape: [Int])] {
    let path = "model.layers.\(layer).\(map.0)"
    return [("\(path).lora_A.weight", [2, map.1]), ("\(path).lora_B.weight", [map.2, 2])]
  }

  private func count(
    _ name: String, _ trained: [(name: String, shape: [Int])]
  ) throws -> Double {
    StepOperations(model: try TinyModel(name).network, trained: trained).count(batch)
  }

  @Test func `LoRA everywhere: the first block's input needs no gradient`() throws {
    let trained = (0..<2).flatMap { layer in Self.maps.flatMap { factors(layer, $0) } }
    let forward = 2 * 2 * 1920 * 8
    let inputs = 2 * (1920 - 512 + 1920) * 8
    // Rank 2 beside all maps: 464 values a block; three A of 32 pass nothing on.
    let lora = (6 * 2 * 464 - 2 * 96) * 8
    let attention = 2 * 6 * 16 * 34
    let head = 2 * 2 * 1024 * 6
    #expect(try count("llama", trained) == Double(forward + inputs + lora + attention + head))
  }

  @Test func `what lies before the first trained map is counted forward alone`() throws {
    let trained = factors(1, Self.maps[0])
    let forward = 2 * 2 * 1920 * 8
    let inputs = 2 * (1920 - 512) * 8
    let lora = (4 * 32 + 6 * 32) * 8
    let attention = (2 + 6) * 16 * 34
    let head = 2 * 2 * 1024 * 6
    #expect(try count("llama", trained) == Double(forward + inputs + lora + attention + head))
  }

  @Test func `a head of its own alone needs its weight's gradient and no other`() throws {
    let trained = [(name: "lm_head.weight", shape: [64, 16])]
    let blocks = 2 * 2 * 1920 * 8 + 2 * 2 * 16 * 34
    #expect(try count("llama", trained) == Double(blocks + 2 * 2 * 1024 * 6))
  }

  @Test func `an embedding that is trained multiplies nothing, but all blocks go back`() throws {
    let trained = [(name: "model.embed_tokens.weight", shape: [64, 16])]
    let blocks = 2 * 2 * 2 * 1920 * 8 + 2 * 6 * 16 * 34
    #expect(try count("llama", trained) == Double(blocks + 2 * 2 * 1024 * 6))
  }

  @Test func `training in full has three products a map, the tied head too`() throws {
    let trained = try TinyModel("qwen2").network.inventory.weights.map {
      (name: $0.path, shape: $0.shape)
    }
    let blocks = 3 * 2 * 2 * 1920 * 8 + 2 * 6 * 16 * 34
    #expect(try count("qwen2", trained) == Double(blocks + 3 * 2 * 1024 * 6))
  }
}
