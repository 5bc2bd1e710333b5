public import AnnealFiles
public import AnnealNeural

/// Qwen 2 and 2.5: query, key and value have biases (arXiv 2407.10671).
public enum Qwen2: ModelFamily {
  /// `model_type`.
  public static let name = "qwen2"
  /// `architectures`.
  public static let architecture = "Qwen2ForCausalLM"

  /// The common decoder with biases on query, key and value.
  public static func configuration(_ file: ConfigurationFile) throws -> DecoderConfiguration {
    let usesWindow = try file.flag("use_sliding_window", default: false)
    try file.refuseSlidingWindow(unless: !usesWindow)
    var c = try file.decoder()
    c.hasAttentionBias = true
    return c
  }
}
