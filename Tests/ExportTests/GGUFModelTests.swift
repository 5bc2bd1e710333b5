import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealExport

@Suite struct GGUFModelTests {
  private func values(_ name: String, in path: String) throws -> [Float] {
    let file = try GGUFFile(path: path)
    let entry = try #require(try file.tensors().first { $0.name == name })
    return [Float](unsafeUninitializedCapacity: entry.rows * entry.width) { values, count in
      entry.format.decode(
        file.bytes(of: entry).bindMemory(to: UInt8.self), width: entry.width, into: values)
      count = values.count
    }
  }

  @Test(arguments: [
    ("llama", "llama"), ("mistral", "llama"), ("qwen2", "qwen2"), ("qwen3", "qwen3"),
  ])
  func `a model of every family is written and is itself when read back`(
    type: String, architecture: String
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    let model = try TinyExport(type: type).model()
    let (bytes, parity) = try model.write(to: path)
    let file = try GGUFFile(path: path)
    #expect(bytes == Folder.fileBytes(path))
    #expect(parity.tensors == file.tensorCount && parity.largestError == 0)
    #expect(parity.texts > 100 && parity.conversations > 10)
    #expect(file.string("general.architecture") == architecture)
    #expect(file.integer("\(architecture).attention.head_count_kv") == 2)
    #expect(file.integer("\(architecture).attention.key_length") == 32)
    #expect(file.number("\(architecture).rope.freq_base") == 10_000)
    #expect(file.string("tokenizer.ggml.pre") == "starcoder")
    #expect(file.strings("tokenizer.ggml.tokens")?.count == model.tensors[0].rows)
    let names = try file.tensors().map(\.name)
    #expect(names.contains("blk.1.attn_q.bias") == (type == "qwen2"))
    #expect(names.contains("blk.1.attn_k_norm.weight") == (type == "qwen3"))
  }

  @Test(arguments: [("llama", true), ("qwen3", false)])
  func `rows of queries and keys are in the order in which readers rotate them`(
    type: String, isPaired: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    let tiny = TinyExport(type: type)
    try tiny.model().write(to: path)
    let rows = try tiny.text().tokenizer.vocabularySize + 3
    let name = "model.layers.1.self_attn.q_proj.weight"
    let own = try tiny.weights(rows: rows).values(of: name, rows: 0..<256, width: 256)
    let written = try values("blk.1.attn_q.weight", in: path)
    // Transformers' conversion: (head, half, place) becomes (head, place, half).
    var expected = own
    if isPaired {
      for head in 0..<8 {
        for half in 0..<2 {
          for place in 0..<16 {
            let (from, to) = (head * 32 + half * 16 + place, head * 32 + place * 2 + half)
            for column in 0..<256 { expected[to * 256 + column] = own[from * 256 + column] }
          }
        }
      }
    }
    let areSame = written == expected
    #expect(areSame)
    let untouched = try tiny.weights(rows: rows).values(
      of: "model.layers.1.self_attn.v_proj.weight", rows: 0..<64, width: 256)
    let isUntouched = try values("blk.1.attn_v.weight", in: path) == untouched
    #expect(isUntouched)
  }

  @Test(arguments: ["F16", "BF16", "Q8_0", "Q4_0", "Q4_K_M", "Q2_K", "Q5_1"])
  func `every kind of mix passes its own bound`(_ mix: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    let (_, parity) = try TinyExport().model(mix).write(to: path)
    #expect(parity.largestError > 0)
    #expect(parity.largestErrorTensor.hasSuffix(".weight"))
  }

  @Test func `a mix gives more bits where it says so, and whole numbers of blocks everywhere`()
    throws
  {
    func formats(_ mix: String, _ tiny: TinyExport = TinyExport(layers: 16)) throws -> [String:
      String]
    {
      Dictionary(
        try tiny.model(mix).formats.map { ($0.tensor, $0.format) }, uniquingKeysWith: { $1 })
    }
    let medium = try formats("Q4_K_M")
    #expect(medium["output.weight"] == "Q6_K" && medium["token_embd.weight"] == "Q4_K")
    #expect(medium["output_norm.weight"] == "F32" && medium["blk.3.attn_norm.weight"] == "F32")
    // The first two and the last two of sixteen layers, and every third between.
    let raised = (0..<16).filter { medium["blk.\($0).ffn_down.weight"] == "Q6_K" }
    #expect(raised == [0, 1, 4, 7, 10, 13, 14, 15])
    #expect(raised == (0..<16).filter { medium["blk.\($0).attn_v.weight"] == "Q6_K" })
    #expect(medium["blk.0.attn_q.weight"] == "Q4_K" && medium["blk.0.ffn_up.weight"] == "Q4_K")
    let small = try formats("Q4_K_S")
    #expect((0..<16).filter { small["blk.\($0).ffn_down.weight"] == "Q5_K" } == [0, 1])
    #expect((0..<16).filter { small["blk.\($0).attn_v.weight"] == "Q5_K" } == [0, 1, 2, 3])
    let three = try formats("q3_k_m")
    #expect(three["blk.0.attn_output.weight"] == "Q4_K" && three["blk.1.attn_v.weight"] == "Q5_K")
    let two = try formats("Q2_K")
    #expect(two["blk.0.attn_v.weight"] == "Q4_K" && two["blk.5.ffn_down.weight"] == "Q3_K")
    let tied = try formats("Q4_0", TinyExport(others: ["tie_word_embeddings": true]))
    #expect(tied["output.weight"] == nil && tied["token_embd.weight"] == "Q6_K")
    // Rows of 96 values are blocks of 32, rows of 40 none.
    let narrow = try formats("Q4_K_M", TinyExport(width: 96))
    #expect(narrow["blk.0.attn_q.weight"] == "Q5_0" && narrow["output.weight"] == "Q8_0")
    let odd = try formats("Q4_K_M", TinyExport(width: 40))
    #expect(odd["blk.0.attn_q.weight"] == "F16")
    #expect(throws: AnnealError.self) { try QuantizationMix.named("q4km") }
  }

  @Test func `rotary scaling is written as its family's readers expect it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    let scaled: JSON = [
      "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
      "original_max_position_embeddings": 8192,
    ]
    try TinyExport(others: ["rope_scaling": scaled, "rope_theta": 500_000.0]).model()
      .write(to: path)
    let factors = try values("rope_freqs.weight", in: path)
    // By transformers 5.19's rule for a head of 32 values, in double precision.
    #expect(factors.count == 16 && factors[0] == 1 && factors[6] == 1 && factors[15] == 8)
    #expect(factors.allSatisfy { (1...8).contains($0) } && factors == factors.sorted())
    try TinyExport(others: ["rope_scaling": ["type": "linear", "factor": 4.0]]).model()
      .write(to: path)
    #expect(try GGUFFile(path: path).number("llama.rope.scaling.factor") == 4)
    let error = failure {
      _ = try TinyExport(others: ["rope_scaling": ["type": "yarn"]]).model()
    }
    #expect(error?.place?.field == "rope_scaling")
  }

  @Test func `what cannot be written is refused with its name`() throws {
    let faults: [(TinyExport, String)] = [
      (TinyExport(type: "gpt2"), "model_type"),
      (TinyExport(others: ["hidden_size": 128]), "[1027, 256]; [1027, 128] are expected"),
      (TinyExport(others: ["num_hidden_layers": 3]), "model.layers.2.input_layernorm.weight"),
      (TinyExport(others: ["num_hidden_layers": 1]), "does not have"),
      (TinyExport(type: "mistral", others: ["sliding_window": 64]), "sliding window of 64"),
    ]
    for (tiny, words) in faults {
      let error = try #require(failure { _ = try tiny.model() })
      #expect("\(error)".contains(words), "\(error)")
    }
  }

  @Test func `values that no block can hold are refused before there is a file`() throws {
    struct Spoilt: TensorSource {
      let weights: DrawnWeights
      let value: Float
      var names: [String] { weights.names }
      func shape(of name: String) -> [Int]? { weights.shape(of: name) }
      func read(
        _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
      ) throws {
        try weights.read(name, rows: rows, into: values)
        if name.hasSuffix("1.mlp.up_proj.weight") { values[5 * 256 + 7] = value }
      }
    }
    let folder = try TemporaryFolder()
    let tiny = TinyExport()
    let text = try tiny.text()
    let rows = text.tokenizer.vocabularySize
    for (value, words) in [(Float.nan, "nan"), (.infinity, "inf"), (70_000, "70000")] {
      let weights = Spoilt(weights: tiny.weights(rows: rows), value: value)
      let model = try GGUFModel(
        tiny.configuration(rows: rows), weights: weights, text: text, mix: .named("Q4_K_M"))
      let error = try #require(failure { try model.write(to: folder.path + "/model.gguf") })
      #expect(error.message.contains("row 5 of model.layers.1.mlp.up_proj.weight"), "\(error)")
      #expect(error.message.contains(words), "\(error)")
      #expect(Folder.names(in: folder.path).isEmpty)
    }
  }

  @Test func `work that is stopped leaves nothing behind`() throws {
    let folder = try TemporaryFolder()
    let error = failure {
      try TinyExport().model().write(to: folder.path + "/model.gguf") { done, all in
        if 2 * done > all { throw AnnealError(.interrupted, "stopped") }
      }
    }
    #expect(error?.code == .interrupted)
    #expect(Folder.names(in: folder.path).isEmpty)
  }
}
