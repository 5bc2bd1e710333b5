internal import AnnealFiles

/// The extents of a decoder, as `config.json` has them.
struct DecoderShape {
  let vocabulary: Int
  let width: Int
  let hidden: Int
  let layers: Int
  let heads: Int
  let kvHeads: Int
  let headWidth: Int
  let positions: Int
  let normEpsilon: Double
  let tiesEmbedding: Bool

  init(_ file: ConfigurationFile) throws {
    vocabulary = try file.count("vocab_size")
    width = try file.count("hidden_size")
    hidden = try file.count("intermediate_size")
    layers = try file.layers("num_hidden_layers")
    heads = try file.count("num_attention_heads")
    kvHeads = try file.count("num_key_value_heads", default: heads)
    // Qwen 3's own default; of all others the heads share the width.
    let own = try file.modelType == "qwen3" ? 128 : max(1, width / heads)
    headWidth = try file.count("head_dim", default: own)
    positions = try file.count("max_position_embeddings", default: 2048)
    normEpsilon = try file.number("rms_norm_eps", default: 1e-6)
    tiesEmbedding = try file.flag("tie_word_embeddings", default: false)
    guard heads % kvHeads == 0, headWidth % 2 == 0 else {
      throw file.error(
        "num_key_value_heads",
        "\(heads) query heads of \(headWidth) values cannot share \(kvHeads) key/value heads")
    }
  }

  /// The metadata that every architecture has, without its name in front.
  var metadata: [(name: String, value: GGUFValue)] {
    func count(_ value: Int) -> GGUFValue { .uint32(UInt32(clamping: value)) }
    return [
      ("block_count", count(layers)), ("context_length", count(positions)),
      ("embedding_length", count(width)), ("feed_forward_length", count(hidden)),
      ("attention.head_count", count(heads)), ("attention.head_count_kv", count(kvHeads)),
      ("attention.layer_norm_rms_epsilon", .float32(Float(normEpsilon))),
      ("attention.key_length", count(headWidth)), ("attention.value_length", count(headWidth)),
    ]
  }
}
