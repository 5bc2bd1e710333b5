public import AnnealFiles
public import AnnealNeural

/// A family of models: how its `config.json` is read and how its network is built.
///
/// A family whose structure is the common decoder's only says how its values are read.
public protocol ModelFamily {
  /// `model_type` in `config.json`.
  static var name: String { get }
  /// `architectures` in `config.json`.
  static var architecture: String { get }
  /// The values of a model of this family.
  static func configuration(_ file: ConfigurationFile) throws -> DecoderConfiguration
  /// The network, with the given weights.
  static func model(_ c: DecoderConfiguration, _ weights: Weights) throws -> any CausalModel
}

extension ModelFamily {
  /// The common decoder.
  public static func model(
    _ c: DecoderConfiguration, _ weights: Weights
  ) throws -> any CausalModel { try Decoder(c, weights) }
}

extension ConfigurationFile {
  /// What every family of the common decoder has under the same keys.
  func decoder() throws -> DecoderConfiguration {
    let width = try count("hidden_size")
    let heads = try count("num_attention_heads")
    let kvHeads = try count("num_key_value_heads", default: heads)
    guard heads % kvHeads == 0 else {
      throw error(
        "num_key_value_heads", "\(heads) query heads cannot share \(kvHeads) key/value heads")
    }
    let headWidth = try count("head_dim", default: width / heads)
    if let activation = try string("hidden_act"), activation != "silu" {
      throw error("hidden_act", "the activation '\(activation)' is not supported; expected 'silu'")
    }
    let maximumPositions = try count("max_position_embeddings", default: 2048)
    return DecoderConfiguration(
      vocabularySize: try count("vocab_size"), width: width,
      hidden: try count("intermediate_size"), layers: try layers("num_hidden_layers"),
      heads: heads, kvHeads: kvHeads, headWidth: headWidth,
      normEpsilon: try number("rms_norm_eps", default: 1e-6),
      rotary: try rotary(headWidth: headWidth, maximumPositions: maximumPositions),
      tiesEmbedding: try flag("tie_word_embeddings", default: false),
      maximumPositions: maximumPositions,
      initializerRange: try number("initializer_range", default: 0.02))
  }

  /// `rope_theta` and `rope_scaling`, or `rope_parameters` of newer files, which holds both.
  private func rotary(headWidth: Int, maximumPositions: Int) throws -> Rotary {
    let parameters = member("rope_parameters") ?? member("rope_scaling")
    let base = try number(
      "rope_theta", default: try parameters?.number("rope_theta", default: 10_000) ?? 10_000)
    var rotary = Rotary(base: base, headWidth: headWidth)
    guard let parameters else { return rotary }
    let kind = try parameters.string("rope_type") ?? parameters.string("type") ?? "default"
    switch kind {
    case "default": break
    case "linear": rotary.scaling = .linear(factor: try parameters.number("factor", default: 1))
    case "llama3":
      rotary.scaling = .llama3(
        factor: try parameters.number("factor", default: 8),
        low: try parameters.number("low_freq_factor", default: 1),
        high: try parameters.number("high_freq_factor", default: 4),
        original: try parameters.number(
          "original_max_position_embeddings", default: Double(maximumPositions)))
    default:
      throw error(
        "rope_scaling",
        "the rotary scaling '\(kind)' is not supported; expected default, linear or llama3")
    }
    return rotary
  }

  /// Refuses attention that does not see every earlier token, unless the window covers all positions.
  func refuseSlidingWindow(unless isOff: Bool = false) throws {
    guard !isOff, let window = json["sliding_window"]?.integer else { return }
    let positions = try count("max_position_embeddings", default: 2048)
    guard window < positions else { return }
    throw error(
      "sliding_window",
      "attention over a sliding window of \(window) of \(positions) tokens is not supported")
  }
}
