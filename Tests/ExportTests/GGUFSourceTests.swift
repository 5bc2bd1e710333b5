import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealExport

@Suite struct GGUFSourceTests {
  @Test(arguments: ["llama", "qwen2", "qwen3"])
  func `a file is read as the model that it was written from`(_ type: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    let tiny = TinyExport(
      type: type,
      others: [
        "rope_theta": 500_000.0,
        "rope_scaling": [
          "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 8192,
        ],
      ])
    try tiny.model().write(to: path)
    let source = try GGUFSource(path: path)
    let rows = try tiny.text().tokenizer.vocabularySize + 3
    let weights = tiny.weights(rows: rows)
    #expect(Set(source.names) == Set(weights.names))
    for name in weights.names {
      let shape = try #require(weights.shape(of: name))
      #expect(source.shape(of: name) == shape)
      let (count, width) = (shape.dropLast().reduce(1, *), shape.last ?? 1)
      let areSame =
        try source.values(of: name, rows: 0..<count, width: width)
        == weights.values(of: name, rows: 0..<count, width: width)
      #expect(areSame, "\(name)")
    }
    for (key, value) in tiny.configuration(rows: rows).json.members where key != "rope_scaling" {
      let found = source.configuration.json[key]
      #expect(found == value || found?.number == value.number, "\(key)")
    }
    let scaling = source.configuration.json["rope_scaling"]
    #expect(scaling?["factor"]?.number == 32 && scaling?["rope_type"] == "llama3")
    // And so it can be written again.
    let again = folder.path + "/again.gguf"
    try GGUFModel(
      source.configuration, weights: source, text: tiny.text(), mix: .named("F32"), name: "tiny"
    ).write(to: again)
    let isSame = try fileBytes(again) == fileBytes(path)
    #expect(isSame)
  }

  @Test func `files of other architectures and with strange tensors are refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    let model = try TinyExport().model()
    func error(_ change: (inout [(name: String, value: GGUFValue)]) -> Void) throws -> AnnealError?
    {
      var metadata = model.metadata
      change(&metadata)
      try GGUFWriter.write(
        to: path, metadata: metadata,
        tensors: model.tensors.map { $0.encoded(from: model.weights) { _ in } })
      return failure { _ = try GGUFSource(path: path) }
    }
    #expect(try error { $0[0].value = .string("gpt2") }?.place?.field == "general.architecture")
    let layers = try error { metadata in
      guard let place = metadata.firstIndex(where: { $0.name == "llama.block_count" }) else {
        return
      }
      metadata[place].value = .uint32(1)
    }
    #expect(layers?.message.contains("blk.1.attn_norm.weight") == true)
    let missing = try error { $0.removeAll { $0.name == "llama.embedding_length" } }
    #expect(missing?.place?.field == "llama.embedding_length")
  }
}
