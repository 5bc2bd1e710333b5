public import AnnealFiles
public import AnnealNeural

/// The families that can be loaded: an immutable list, to which a program may add its own.
public struct ModelRegistry {
  private let families: [any ModelFamily.Type]

  /// A registry of `families`.
  public init(_ families: [any ModelFamily.Type]) { self.families = families }

  /// The families that come with Anneal.
  public static var builtin: ModelRegistry {
    ModelRegistry([
      Llama.self,
      Mistral.self,
      Qwen2.self,
      Qwen3.self,
    ])
  }

  /// This registry and one family more.
  public func adding(_ family: any ModelFamily.Type) -> ModelRegistry {
    ModelRegistry(families + [family])
  }

  /// The names of the families, as in `model_type`.
  public var names: [String] { families.map { $0.name } }

  /// The family that `file` asks for.
  public func family(of file: ConfigurationFile) throws -> any ModelFamily.Type {
    let name = try file.modelType
    guard let family = families.first(where: { $0.name == name }) else {
      throw file.error(
        "model_type", "the architecture '\(name)' is not supported",
        remedy: "Supported: \(names.joined(separator: ", ")).")
    }
    return family
  }

  /// The model that `file` describes, with the given weights.
  public func model(_ file: ConfigurationFile, _ weights: Weights) throws -> any CausalModel {
    let family = try family(of: file)
    return try family.model(try family.configuration(file), weights)
  }
}
