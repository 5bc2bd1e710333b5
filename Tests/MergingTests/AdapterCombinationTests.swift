import AnnealFiles
import AnnealMerging
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

/// A mask that both the fixtures' script and the tests can draw: a function of the place alone.
let knownMask = RandomMask { shape, density, _ in
  let count = shape.reduce(1, *)
  let bound = Double(Float(density))
  let draws = (0..<count).map { (UInt64($0) &* 2_654_435_761 &+ 12345) & 0xFFFF_FFFF }
  return Tensor(draws.map { Double($0) / 4_294_967_296 < bound }, shape: shape)
}

/// PEFT's `add_weighted_adapter`, by `make_merges.py`.
@Suite struct AdapterCombinationTests {
  private let folder = Fixture.path("merging")

  /// An adapter of the fixtures at one map; nil where it has nothing there.
  private func update(_ adapter: String, _ site: String) throws -> LowRank? {
    let configuration = try JSON(contentsOf: "\(folder)/\(adapter)/adapter_config.json")
    let file = try SafetensorsFile(path: "\(folder)/\(adapter)/adapter_model.safetensors")
    let key = "base_model.model.\(site)"
    guard let a = file.entry(key + ".lora_A.weight"), let b = file.entry(key + ".lora_B.weight")
    else { return nil }
    let rank = try #require(configuration["r"]?.number)
    let alpha = try #require(configuration["lora_alpha"]?.number)
    let isStabilized = configuration["use_rslora"]?.bool ?? false
    return LowRank(
      a: try Tensor(reading: a, of: file), b: try Tensor(reading: b, of: file),
      scale: alpha / (isStabilized ? rank.squareRoot() : rank), dropout: 0)
  }

  @Test func `every combination gives the update of PEFT`() throws {
    let goldens = try SafetensorsFile(path: folder + "/adapters.safetensors")
    let combinations = try JSON(contentsOf: folder + "/combinations.json")
    var compared = 0
    for (name, options) in combinations.members {
      let method = try AdapterCombinations.named(options["combination_type"]?.string ?? "")
      let adapters = options["adapters"]?.array?.compactMap(\.string) ?? []
      let weights = options["weights"]?.array?.compactMap(\.number) ?? []
      let ranks = try adapters.compactMap {
        try update($0, "model.layers.0.self_attn.q_proj")?.a.size(0)
      }
      let settings = CombinationSettings(
        rank: try method.rank(of: ranks, wanted: nil),
        density: options["density"]?.number ?? 1,
        signs: options["majority_sign_method"]?.string.flatMap(SignMajority.init) ?? .total,
        mask: knownMask)
      for site in ["model.layers.0.self_attn.q_proj", "model.layers.2.mlp.down_proj"] {
        guard let golden = goldens.entry("\(name).\(site)") else { continue }
        let updates = try zip(adapters, weights).compactMap { adapter, weight in
          try update(adapter, site).map {
            WeightedUpdate($0, weight: weight, key: RandomKey(seed: 1, name: site))
          }
        }
        let found = method.combined(updates, settings: settings)
        #expect(found.a.size(0) == settings.rank && found.scale == 1)
        let expected = try Tensor(reading: golden, of: goldens)
        let difference = (found.b.matmul(found.a) - expected).abs().max().item()
        // float32, over values near 1; decompositions round in another order.
        #expect(difference <= (name.contains("svd") ? 2e-6 : 1e-6), "\(name) \(site) \(difference)")
        compared += 1
      }
    }
    #expect(compared == 30)
  }

  @Test func `ranks that a method cannot combine are refused with what to do`() throws {
    let linear = try AdapterCombinations.named("linear")
    #expect { _ = try linear.rank(of: [4, 8], wanted: nil) } throws: { "\($0)".contains("svd") }
    #expect { _ = try linear.rank(of: [4, 4], wanted: 8) } throws: { "\($0)".contains("--rank") }
    #expect(try AdapterCombinations.named("cat").rank(of: [4, 8], wanted: nil) == 12)
    #expect(try AdapterCombinations.named("ties_svd").rank(of: [4, 8], wanted: 6) == 6)
    #expect { _ = try AdapterCombinations.named("tie") } throws: { "\($0)".contains("ties") }
  }
}
