public import AnnealFiles
public import AnnealNeural

/// Mistral 7B and kin, as far as they attend to every earlier token (arXiv 2310.06825).
public enum Mistral: ModelFamily {
  /// `model_type`.
  public static let name = "mistral"
  /// `architectures`.
  public static let architecture = "MistralForCausalLM"

  /// The common decoder without biases.
  public static func configuration(_ file: ConfigurationFile) throws -> DecoderConfiguration {
    try file.refuseSlidingWindow()
    return try file.decoder()
  }
}
