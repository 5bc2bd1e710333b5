internal import AnnealFiles

/// The keys of a task's file, read with errors that name file, line and key.
struct TaskFields {
  let json: JSON
  let file: String
  let lines: [String: Int]

  /// The value under `key`; nil when it is absent or null.
  func value(_ key: String) -> JSON? {
    // A ternary would take `nil` for JSON's null.
    guard let value = json[key], !value.isNull else { return nil }
    return value
  }

  func text(_ key: String) throws -> String? { try read(key, "text") { $0.string } }

  func flag(_ key: String) throws -> Bool? { try read(key, "true or false") { $0.bool } }

  /// A whole number from `least`, at most a million.
  func count(_ key: String, from least: Int = 0) throws -> Int? {
    try read(key, "a whole number from \(least)") { value in
      value.integer.flatMap { (least...1_000_000).contains($0) ? $0 : nil }
    }
  }

  func number(_ key: String) throws -> Double? {
    try read(key, "a number from 0") { value in
      value.number.flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
    }
  }

  /// One text or a list of them.
  func texts(_ key: String) throws -> [String]? {
    try read(key, "text, or a list of texts") { value in
      if let text = value.string { return [text] }
      guard let elements = value.array else { return nil }
      let texts = elements.compactMap(\.string)
      return texts.count == elements.count ? texts : nil
    }
  }

  /// Lines of `key: value` under `key`.
  func fields(_ key: String) throws -> TaskFields? {
    let object = try read(key, "lines of `key: value`") { value -> JSON? in
      guard value.object != nil else { return nil }
      return value
    }
    guard let value = object else { return nil }
    return TaskFields(json: value, file: file, lines: lines)
  }

  /// A list of lines of `key: value` under `key`.
  func list(_ key: String) throws -> [TaskFields]? {
    let values = try read(key, "a list of lines of `key: value`") { value -> [JSON]? in
      guard let elements = value.array else { return nil }
      return elements.allSatisfy { $0.object != nil } ? elements : nil
    }
    return values?.map { TaskFields(json: $0, file: file, lines: lines) }
  }

  func place(_ key: String) -> AnnealError.Place {
    AnnealError.Place(file: file, line: lines[key], field: key)
  }

  func error(_ key: String, _ message: String, remedy: String? = nil) -> AnnealError {
    AnnealError(.recipe, message, at: place(key), remedy: remedy)
  }

  /// Refuses keys that are none of `known`.
  func check(known: [String], refused: [String: String] = [:]) throws {
    for (key, _) in json.members where !known.contains(key) {
      if let reason = refused[key] {
        throw error(key, "the key '\(key)' is not supported", remedy: reason)
      }
      let guess = nearest(to: key, among: known).map { "Did you mean \($0)?" }
      throw error(
        key, "unknown key '\(key)'",
        remedy: guess ?? "docs/guide/benchmarks.md lists every key of a task.")
    }
  }

  private func read<Value>(
    _ key: String, _ expected: String, _ body: (JSON) -> Value?
  ) throws -> Value? {
    guard let found = value(key) else { return nil }
    guard let value = body(found) else {
      throw error(key, "'\(key)' is \(found.text(.spaced).prefix(80)); expected \(expected)")
    }
    return value
  }
}
