public import AnnealFiles
public import AnnealNeural

/// Llama 2, 3 and 3.x, TinyLlama, SmolLM2 and others of `model_type` llama (arXiv 2302.13971).
public enum Llama: ModelFamily {
  /// `model_type`.
  public static let name = "llama"
  /// `architectures`.
  public static let architecture = "LlamaForCausalLM"

  /// The common decoder; biases where the file asks for them.
  public static func configuration(_ file: ConfigurationFile) throws -> DecoderConfiguration {
    var c = try file.decoder()
    c.hasAttentionBias = try file.flag("attention_bias", default: false)
    c.hasAttentionOutputBias = c.hasAttentionBias
    c.hasFeedForwardBias = try file.flag("mlp_bias", default: false)
    return c
  }
}
