/// A model's `config.json`, read key by key with errors that name the key.
public struct ConfigurationFile: Sendable {
  /// The path, for messages.
  public let path: String
  /// What the file holds.
  public let json: JSON

  /// Values read from `path`.
  public init(_ json: JSON, path: String) {
    self.json = json
    self.path = path
  }

  /// The family's name, such as `llama`.
  public var modelType: String {
    get throws { try required("model_type", "a string") { $0.string } }
  }

  private static let countWords = "a positive whole number below 2^31"

  // Products of two such numbers fit, so that no extent can overflow.
  private static func count(_ value: JSON) -> Int? {
    value.integer.flatMap { $0 > 0 && $0 < 1 << 31 ? $0 : nil }
  }

  /// The whole number under `key`, which must be there and positive.
  public func count(_ key: String) throws -> Int {
    try required(key, Self.countWords, Self.count)
  }

  /// The whole number under `key`, or `fallback` when it is absent or null.
  public func count(_ key: String, default fallback: Int) throws -> Int {
    try optional(key, Self.countWords, Self.count) ?? fallback
  }

  /// How many layers `key` says there are: a model has thousands at most.
  public func layers(_ key: String) throws -> Int {
    try required(key, "a positive whole number up to 10000") {
      $0.integer.flatMap { (1...10_000).contains($0) ? $0 : nil }
    }
  }

  /// The number under `key`, or `fallback` when it is absent or null.
  public func number(_ key: String, default fallback: Double) throws -> Double {
    try optional(key, "a number") { $0.number } ?? fallback
  }

  /// The boolean under `key`, or `fallback` when it is absent or null.
  public func flag(_ key: String, default fallback: Bool) throws -> Bool {
    try optional(key, "true or false") { $0.bool } ?? fallback
  }

  /// The member `key` as a file of its own, nil when it is absent or null.
  public func member(_ key: String) -> ConfigurationFile? {
    guard let value = json[key], !value.isNull else { return nil }
    return ConfigurationFile(value, path: path)
  }

  /// The string under `key`, nil when it is absent or null.
  public func string(_ key: String) throws -> String? {
    try optional(key, "a string") { $0.string }
  }

  /// An error about `key`.
  public func error(_ key: String, _ message: String, remedy: String? = nil) -> AnnealError {
    AnnealError(.model, message, at: .init(file: path, field: key), remedy: remedy)
  }

  private func required<Value>(
    _ key: String, _ expected: String, _ read: (JSON) -> Value?
  ) throws -> Value {
    guard let value = try optional(key, expected, read) else {
      throw error(key, "the key '\(key)' is missing; expected \(expected)")
    }
    return value
  }

  private func optional<Value>(
    _ key: String, _ expected: String, _ read: (JSON) -> Value?
  ) throws -> Value? {
    guard let found = json[key], !found.isNull else { return nil }
    guard let value = read(found) else {
      throw error(key, "'\(key)' is \(found.text(.spaced)); expected \(expected)")
    }
    return value
  }
}
