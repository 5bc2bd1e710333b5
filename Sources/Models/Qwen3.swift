public import AnnealFiles
public import AnnealNeural

/// Qwen 3, dense: queries and keys are normalised a head at a time (arXiv 2505.09388).
public enum Qwen3: ModelFamily {
  /// `model_type`.
  public static let name = "qwen3"
  /// `architectures`.
  public static let architecture = "Qwen3ForCausalLM"

  /// The common decoder with query and key norms.
  public static func configuration(_ file: ConfigurationFile) throws -> DecoderConfiguration {
    let usesWindow = try file.flag("use_sliding_window", default: false)
    try file.refuseSlidingWindow(unless: !usesWindow)
    var c = try file.decoder()
    c.headWidth = try file.count("head_dim", default: 128)
    c.rotary.headWidth = c.headWidth
    c.hasAttentionBias = try file.flag("attention_bias", default: false)
    c.hasAttentionOutputBias = c.hasAttentionBias
    c.hasQueryKeyNorm = true
    return c
  }
}
