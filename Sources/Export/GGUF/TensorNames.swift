/// The names of a decoder's tensors: Hugging Face's, and those of GGUF files.
struct TensorNames {
  /// A tensor of the decoder.
  struct Entry {
    /// Hugging Face's name.
    var source: String
    /// The name in a GGUF file.
    var name: String
    /// Its layer; nil for those outside the layers.
    var layer: Int?
    /// Whether a model may lack it.
    var isOptional: Bool
  }

  private static let block: [(source: String, name: String)] = [
    ("input_layernorm", "attn_norm"), ("self_attn.q_proj", "attn_q"),
    ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
    ("self_attn.o_proj", "attn_output"), ("self_attn.q_norm", "attn_q_norm"),
    ("self_attn.k_norm", "attn_k_norm"), ("post_attention_layernorm", "ffn_norm"),
    ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
  ]

  /// The tensors of a decoder of `layers` layers, in the order of a file.
  static func all(layers: Int, tiesEmbedding: Bool) -> [Entry] {
    var entries = [entry("model.embed_tokens.weight", "token_embd.weight")]
    for layer in 0..<layers {
      for (source, name) in block {
        for kind in ["weight", "bias"] {
          let isOptional = kind == "bias" || name.hasSuffix("q_norm") || name.hasSuffix("k_norm")
          entries.append(
            Entry(
              source: "model.layers.\(layer).\(source).\(kind)",
              name: "blk.\(layer).\(name).\(kind)",
              layer: layer, isOptional: isOptional))
        }
      }
    }
    entries.append(entry("model.norm.weight", "output_norm.weight"))
    if !tiesEmbedding { entries.append(entry("lm_head.weight", "output.weight")) }
    return entries
  }

  /// The name in a GGUF file of the linear map at Hugging Face's path `model.layers.N.…`, without
  /// `.weight`; nil when a layer has no such map.
  static func map(at path: String) -> String? {
    let words = path.split(separator: ".", maxSplits: 3)
    guard words.count == 4, words[0] == "model", words[1] == "layers", let layer = Int(words[2]),
      let found = block.first(where: { $0.source == words[3] })
    else {
      return ["lm_head": "output", "model.embed_tokens": "token_embd"][path]
    }
    return "blk.\(layer).\(found.name)"
  }

  private static func entry(_ source: String, _ name: String) -> Entry {
    Entry(source: source, name: name, layer: nil, isOptional: false)
  }
}
