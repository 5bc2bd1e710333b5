internal import AnnealFiles

/// A family of models as GGUF files know it: what its metadata are called and how its tensors are
/// laid out.
protocol Architecture: SendableMetatype {
  /// `model_type` in `config.json`.
  static var modelType: String { get }
  /// `general.architecture` of a file.
  static var name: String { get }
  /// Whether the rows of query and key go from halves side by side to pairs, since the family's
  /// readers rotate neighbours.
  static var pairsRotatedRows: Bool { get }
  /// Metadata of this family alone, without the name of the architecture in front.
  static func metadata(_ file: ConfigurationFile) throws -> [(name: String, value: GGUFValue)]
  /// Refuses what a `config.json` asks for and the file could not say.
  static func check(_ file: ConfigurationFile) throws
}

extension Architecture {
  static func metadata(_ file: ConfigurationFile) throws -> [(name: String, value: GGUFValue)] {
    []
  }

  static func check(_ file: ConfigurationFile) throws {}
}

/// The families that can be written, one line each.
enum Architectures {
  static let all: [any Architecture.Type] = [
    LlamaArchitecture.self,
    MistralArchitecture.self,
    Qwen2Architecture.self,
    Qwen3Architecture.self,
  ]

  /// The family that `file` asks for.
  static func architecture(of file: ConfigurationFile) throws -> any Architecture.Type {
    let type = try file.modelType
    guard let found = all.first(where: { $0.modelType == type }) else {
      throw file.error(
        "model_type", "the architecture '\(type)' cannot be written to a GGUF file",
        remedy: "Supported: \(all.map { $0.modelType }.joined(separator: ", ")).")
    }
    try found.check(file)
    return found
  }
}

extension ConfigurationFile {
  /// Refuses attention over a window, which these files have no word for.
  func refuseWindow() throws {
    guard let window = json["sliding_window"]?.integer,
      window < (try count("max_position_embeddings", default: 2048))
    else { return }
    throw error(
      "sliding_window", "attention over a sliding window of \(window) tokens cannot be written")
  }
}
