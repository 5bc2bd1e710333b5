public import AnnealFiles

/// A metric's settings by key, as an entry of a task's `metric_list` has them.
public struct MetricSettings: Sendable, Hashable {
  /// Whose habits hold where a setting is not given.
  public enum Habits: Sendable, Hashable {
    /// For rows of one's own: white space around a reply does not count.
    case rows
    /// Those of lm-evaluation-harness: every character counts.
    case harness
  }

  /// The settings, an object.
  public var values: JSON
  /// Where they stand, for messages.
  public var place: AnnealError.Place?
  /// Whose habits hold where a setting is not given.
  public var habits: Habits
  /// Whether a metric may run programs that a model wrote.
  public var allowsCode = false

  /// Settings; none by default.
  public init(
    _ values: JSON = [:], at place: AnnealError.Place? = nil, habits: Habits = .rows
  ) {
    self.values = values
    self.place = place
    self.habits = habits
  }

  /// The boolean under `key`.
  public func flag(_ key: String, default fallback: Bool = false) throws -> Bool {
    try read(key, "true or false") { $0.bool } ?? fallback
  }

  /// The string under `key`; nil when it is absent or null.
  public func text(_ key: String) throws -> String? { try read(key, "a string") { $0.string } }

  /// The strings under `key`; none when it is absent or null.
  public func texts(_ key: String) throws -> [String] {
    try read(key, "a list of strings") { value in
      guard let elements = value.array else { return nil }
      let texts = elements.compactMap(\.string)
      return texts.count == elements.count ? texts : nil
    } ?? []
  }

  /// The whole number under `key`; nil when it is absent or null.
  public func count(_ key: String) throws -> Int? {
    try read(key, "a whole number from 0") { $0.integer.flatMap { $0 >= 0 ? $0 : nil } }
  }

  /// The number under `key`; nil when it is absent or null.
  public func number(_ key: String) throws -> Double? { try read(key, "a number") { $0.number } }

  /// The value under `key` as it is; nil when it is absent or null.
  public func value(_ key: String) -> JSON? {
    // A ternary would take `nil` for JSON's null.
    guard let value = values[key], !value.isNull else { return nil }
    return value
  }

  /// A failure about `key`.
  public func error(_ key: String, _ message: String, remedy: String? = nil) -> AnnealError {
    let field = [place?.field, key].compactMap { $0 }.joined(separator: ".")
    var place = place
    place?.field = field
    return AnnealError(.recipe, message, at: place, remedy: remedy)
  }

  /// Refuses keys that are none of `known`.
  func check(known: [String], what: String = "metric", name: String) throws {
    for (key, _) in values.members where !known.contains(key) {
      let guess = nearest(to: key, among: known).map { "Did you mean \($0)?" }
      throw error(
        key, "the \(what) '\(name)' has no setting '\(key)'",
        remedy: guess
          ?? (known.isEmpty
            ? "It has no settings." : "It has: \(known.joined(separator: ", "))."))
    }
  }

  private func read<Value>(
    _ key: String, _ expected: String, _ body: (JSON) -> Value?
  ) throws -> Value? {
    guard let found = value(key) else { return nil }
    guard let value = body(found) else {
      throw error(key, "'\(key)' is \(found.text(.spaced)); expected \(expected)")
    }
    return value
  }
}
