public import AnnealFiles

/// The methods that can be attached: an immutable list, to which a program may add its own.
public struct AdapterRegistry: Sendable {
  private let methods: [any Adapter.Type]

  /// A registry of `methods`.
  public init(_ methods: [any Adapter.Type]) { self.methods = methods }

  /// The methods that come with Anneal.
  public static let builtin = AdapterRegistry([
    LoRA.self
  ])

  /// This registry and one method more.
  public func adding(_ method: any Adapter.Type) -> AdapterRegistry {
    AdapterRegistry(methods + [method])
  }

  /// The methods' names, as in `peft_type`.
  public var names: [String] { methods.map { $0.name } }

  /// The settings that an `adapter_config.json` holds.
  public func adapter(configuration: JSON, file: String) throws -> any Adapter {
    let name = configuration["peft_type"]?.string ?? ""
    guard let method = methods.first(where: { $0.name == name }) else {
      throw AnnealError(
        .model, "the adapter's method '\(name)' is not supported",
        at: .init(file: file, field: "peft_type"),
        remedy: "Supported: \(names.joined(separator: ", ")).")
    }
    return try method.init(configuration: configuration, file: file)
  }
}
