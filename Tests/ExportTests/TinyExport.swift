import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealExport

/// Weights that are a function of their place, without a file.
struct DrawnWeights: TensorSource {
  let shapes: [(name: String, shape: [Int])]

  var names: [String] { shapes.map(\.name) }

  func shape(of name: String) -> [Int]? { shapes.first { $0.name == name }?.shape }

  func read(
    _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    let width = try #require(shape(of: name)?.last)
    let place = shapes.firstIndex { $0.name == name } ?? 0
    for row in rows {
      var draw = SplitMix64(seed: UInt64(place * 1_000_003 + row))
      for column in 0..<width {
        values[(row - rows.lowerBound) * width + column] = Float(draw.unit() + draw.unit() - 1) / 8
      }
    }
  }
}

/// A small model whose parts can be changed.
struct TinyExport {
  var type = "llama"
  var width = 256
  var layers = 2
  var template: String? = ChatTemplate.chatML.source
  var others: [String: JSON] = [:]

  var settings: [String: JSON] {
    [
      "model_type": .string(type), "hidden_size": .integer(width), "intermediate_size": 512,
      "num_hidden_layers": .integer(layers), "num_attention_heads": 8, "num_key_value_heads": 2,
      "head_dim": 32, "rms_norm_eps": 1e-5, "max_position_embeddings": 512,
      "tie_word_embeddings": false,
    ].merging(others) { $1 }
  }

  func text() throws -> ModelText {
    // The embedded model's, cutting words in a way that llama.cpp has a name for.
    let path = Checkout.path("Resources/base/tokenizer.json")
    let words: JSON = [
      "type": "Sequence",
      "pretokenizers": [
        ["type": "Digits", "individual_digits": true],
        ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      ],
    ]
    let json = try JSON(contentsOf: path, code: .model).setting("pre_tokenizer", to: words)
    let configuration: JSON = ["eos_token": "<|endoftext|>"]
    let own = try Tokenizer(json: json, configuration: configuration, file: path)
    let source = template ?? ChatTemplate.chatML.source
    let encoder = ConversationEncoder(
      tokenizer: own, template: try ChatTemplate(source: source, name: "the template"),
      variables: ["eos_token": "<|endoftext|>"])
    return ModelText(encoder, hasTemplate: template != nil, file: path)
  }

  func configuration(rows: Int) -> ConfigurationFile {
    let members = settings.merging(["vocab_size": .integer(rows)]) { $1 }
    return ConfigurationFile(
      JSON(members: members.sorted { $0.key < $1.key }), path: "config.json")
  }

  func weights(rows: Int) -> DrawnWeights {
    var shapes: [(name: String, shape: [Int])] = [("model.embed_tokens.weight", [rows, width])]
    for layer in 0..<layers {
      let parts: [(String, [Int])] = [
        ("input_layernorm.weight", [width]), ("self_attn.q_proj.weight", [256, width]),
        ("self_attn.k_proj.weight", [64, width]), ("self_attn.v_proj.weight", [64, width]),
        ("self_attn.o_proj.weight", [width, 256]), ("post_attention_layernorm.weight", [width]),
        ("mlp.gate_proj.weight", [512, width]), ("mlp.up_proj.weight", [512, width]),
        ("mlp.down_proj.weight", [width, 512]),
      ]
      let biases: [(String, [Int])] = [
        ("self_attn.q_proj.bias", [256]), ("self_attn.k_proj.bias", [64]),
        ("self_attn.v_proj.bias", [64]),
      ]
      let norms: [(String, [Int])] = [
        ("self_attn.q_norm.weight", [32]), ("self_attn.k_norm.weight", [32]),
      ]
      let all = parts + (type == "qwen2" ? biases : []) + (type == "qwen3" ? norms : [])
      shapes += all.map { ("model.layers.\(layer).\($0.0)", $0.1) }
    }
    shapes.append(("model.norm.weight", [width]))
    if settings["tie_word_embeddings"] == false {
      shapes.append(("lm_head.weight", [rows, width]))
    }
    return DrawnWeights(shapes: shapes)
  }

  func model(_ mix: String = "F32", importance: ImportanceMatrix? = nil) throws -> GGUFModel {
    let text = try text()
    let rows = text.tokenizer.vocabularySize + 3
    return try GGUFModel(
      configuration(rows: rows), weights: weights(rows: rows), text: text,
      mix: .named(mix), importance: importance, name: "tiny")
  }
}
