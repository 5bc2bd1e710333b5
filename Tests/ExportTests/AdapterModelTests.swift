import AnnealFiles
import TestSupport
import Testing

@testable import AnnealExport

@Suite struct AdapterModelTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/lora.gguf"
  }

  /// The adapter of the fixtures with other settings.
  private func model(_ changes: [String: JSON] = [:], type: String = "F32") throws -> AdapterModel {
    let source = Fixture.path("models/llama-lora")
    let adapter = folder.path + "/adapter"
    try Folder.create(adapter)
    try AtomicFile.copy(
      source + "/adapter_model.safetensors", to: adapter + "/adapter_model.safetensors")
    let json = try JSON(contentsOf: source + "/adapter_config.json")
    let changed = changes.reduce(json) { $0.setting($1.key, to: $1.value) }
    try AtomicFile.write(changed.text(), to: adapter + "/adapter_config.json")
    let base = Fixture.path("models/llama/config.json")
    return try AdapterModel(
      folder: adapter, base: ConfigurationFile(JSON(contentsOf: base), path: base),
      type: .named(type))
  }

  /// The second factor of a layer's value map as readers take it: times alpha over the rank, and as
  /// it is where alpha is 0.
  private func factor(_ layer: Int) throws -> [Double] {
    let file = try GGUFFile(path: path)
    let name = "blk.\(layer).attn_v.weight.lora_b"
    let entry = try #require(try file.tensors().first { $0.name == name })
    let values = [Float](unsafeUninitializedCapacity: entry.rows * entry.width) { values, count in
      entry.format.decode(
        file.bytes(of: entry).bindMemory(to: UInt8.self), width: entry.width, into: values)
      count = values.count
    }
    let alpha = try #require(file.number("adapter.lora.alpha"))
    let scale = alpha == 0 ? 1 : alpha / Double(entry.width)
    return values.map { Double($0) * scale }
  }

  @Test(arguments: ["hidden_size", "intermediate_size", "num_hidden_layers"])
  func `an adapter of another base is refused`(key: String) throws {
    let base = Fixture.path("models/llama/config.json")
    let json = try JSON(contentsOf: base)
    let count = try #require(json[key]?.integer)
    let other = json.setting(key, to: .integer(key == "num_hidden_layers" ? 1 : 2 * count))
    #expect {
      try AdapterModel(
        folder: Fixture.path("models/llama-lora"), base: ConfigurationFile(other, path: base),
        type: .named("F32"))
    } throws: {
      "\($0)".contains("trained on another base")
    }
  }

  @Test func `an alpha of 0 is no update, though readers take it for a scale of 1`() throws {
    try model().write(to: path)
    #expect(try factor(0).contains { $0 != 0 })
    try model(["lora_alpha": 0]).write(to: path)
    for layer in 0...1 {
      let isNone = try factor(layer).allSatisfy { $0 == 0 }
      #expect(isNone)
    }
    // A map of its own may have an effect all the same.
    try model(["lora_alpha": 0, "alpha_pattern": ["layers.1.self_attn.v_proj": 8]])
      .write(to: path)
    #expect(try factor(0).allSatisfy { $0 == 0 })
    #expect(try factor(1).contains { $0 != 0 })
  }

  @Test func `maps with an alpha of their own get it, by the first name that fits`() throws {
    try model().write(to: path)
    let plain = [try factor(0), try factor(1)]
    let cases: [(JSON, [Double])] = [
      (["layers.1.self_attn.v_proj": 80], [1, 10]),
      (["v_proj": 16, "layers.1.self_attn.v_proj": 80], [2, 2]),
      // Not the end of a path behind a dot.
      (["proj": 16, "attn.v_proj": 16], [1, 1]),
    ]
    for (pattern, times) in cases {
      try model(["alpha_pattern": pattern]).write(to: path)
      for layer in 0...1 {
        let expected = plain[layer].map { $0 * times[layer] }
        let difference = largestDifference(try factor(layer), expected)
        // float32, over values up to 20.
        #expect(difference <= 1e-5, "\(pattern.text()) \(layer) \(difference)")
      }
    }
  }

  @Test func `what a file cannot say is refused with its key`() throws {
    let faults: [(String, JSON)] = [
      ("alpha_pattern", [#".*layers\.0\.self_attn\.q_proj"#: 80]),
      ("alpha_pattern", ["q_proj": "80"]), ("alpha_pattern", ["q_proj|v_proj": 80]),
      ("lora_alpha", 1e-60), ("init_lora_weights", "pissa"), ("fan_in_fan_out", true),
      ("use_dora", true), ("modules_to_save", ["lm_head"]), ("peft_type", "IA3"),
    ]
    for (key, value) in faults {
      let error = failure { _ = try model([key: value]) }
      #expect(error?.code == .model && error?.place?.field == key, "\(key) \(value.text())")
    }
  }

  @Test(arguments: ["F32", "F16", "BF16"])
  func `a file whose scale or factors are not the adapter's is found`(type: String) throws {
    let model = try model(type: type)
    func verdict(
      _ change: (inout [(name: String, value: GGUFValue)], inout [GGUFTensor]) -> Void
    ) throws -> AnnealError? {
      var (metadata, tensors) = (model.metadata, model.tensors)
      change(&metadata, &tensors)
      try GGUFWriter.write(to: path, metadata: metadata, tensors: tensors)
      return failure { try AdapterGate(model).check(path) }
    }
    let good = try verdict({ _, _ in })
    #expect(good == nil, "\(String(describing: good))")
    for alpha in [Float(0), 16, -8] {
      let error = try verdict({ metadata, _ in
        for place in metadata.indices where metadata[place].name == "adapter.lora.alpha" {
          metadata[place].value = .float32(alpha)
        }
      })
      #expect(error?.code == .gate && error?.place?.field?.hasSuffix("lora_b") == true)
    }
    let exchanged = try verdict({ _, tensors in
      let places = tensors.indices.filter { tensors[$0].name.hasSuffix("attn_v.weight.lora_a") }
      let bytes = tensors[places[0]].withBytes
      tensors[places[0]].withBytes = tensors[places[1]].withBytes
      tensors[places[1]].withBytes = bytes
    })
    #expect(exchanged?.code == .gate)
    #expect(exchanged?.place?.field?.hasSuffix("attn_v.weight.lora_a") == true)
    let other = try verdict({ metadata, _ in
      for place in metadata.indices where metadata[place].name == "general.architecture" {
        metadata[place].value = .string("qwen2")
      }
    })
    #expect(other?.place?.field == "general.architecture")
  }
}
