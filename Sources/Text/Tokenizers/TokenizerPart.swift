internal import AnnealFiles

/// One step of a `tokenizer.json`, such as its normalizer, on its way to be read.
///
/// It knows where it stands in the file, so that a refusal can say so.
struct TokenizerPart {
  let json: JSON
  let file: String
  let field: String

  /// The member `type`.
  func type() throws -> String {
    guard let type = json["type"]?.string else { throw mismatch("type", "a string") }
    return type
  }

  func string(_ key: String) throws -> String {
    guard let value = json[key]?.string else { throw mismatch(key, "a string") }
    return value
  }

  func flag(_ key: String, default value: Bool) -> Bool { json[key]?.bool ?? value }

  func count(_ key: String) throws -> Int {
    guard let value = json[key]?.integer, value >= 0 else {
      throw mismatch(key, "a whole number that is not negative")
    }
    return value
  }

  /// The elements of the list `key`.
  func parts(_ key: String) throws -> [TokenizerPart] {
    guard let list = json[key]?.array else { throw mismatch(key, "a list") }
    return list.enumerated().map { index, element in
      TokenizerPart(json: element, file: file, field: "\(field).\(key)[\(index)]")
    }
  }

  /// What `all` builds for the part's type.
  func read<Product>(
    _ kind: String, from all: [String: @Sendable (TokenizerPart) throws -> Product]
  ) throws -> Product {
    let type = try type()
    guard let read = all[type] else {
      throw error(
        "a \(kind) of type '\(type)' is not supported",
        remedy: "Supported: \(all.keys.sorted().joined(separator: ", ")).")
    }
    return try read(self)
  }

  func error(_ message: String, remedy: String? = nil) -> AnnealError {
    AnnealError(
      .model, message, at: .init(file: file, field: field),
      remedy: remedy ?? TokenizerSource.remedy)
  }

  private func mismatch(_ key: String, _ expected: String) -> AnnealError {
    let found = json[key].map { $0.number == nil ? $0.kind : $0.text() } ?? "missing"
    return error("'\(key)' is \(found); expected \(expected)")
  }
}
