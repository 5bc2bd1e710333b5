public import AnnealFiles
public import AnnealText

/// A prompt by name, what it is for, and the placeholders it may use.
public struct PromptDescription: Sendable {
  /// The name; the file is called so, with `.txt` behind.
  public let name: String
  /// What it is for.
  public let use: String
  /// The names in double braces, each with what stands there.
  public let placeholders: [(name: String, meaning: String)]
}

/// A prompt that people can edit: a file with the parts `[system]` and `[user]`, each a template.
///
/// What stands before the first part is a remark. Templates are written in Jinja.
public struct Prompt: Sendable {
  private let system: TextTemplate?
  private let user: TextTemplate

  /// The prompt that `source` holds.
  ///
  /// - Throws: `AnnealError` with line and column when a part is no template, or speaks of a
  ///   placeholder that `description` does not have.
  public init(source: String, path: String, _ description: PromptDescription) throws {
    let parts = Self.parts(of: source)
    guard let user = parts["user"] else {
      throw AnnealError(
        .recipe, "the prompt has no part [user]", at: .init(file: path),
        remedy: "Write [user] on a line of its own before what the teacher is asked.")
    }
    let names = description.placeholders.map(\.name)
    self.user = try Self.template(user, path, names)
    system = try parts["system"].map { try Self.template($0, path, names) }
  }

  /// The messages that the prompt makes of `values`.
  public func conversation(_ values: JSON) throws -> Conversation {
    Conversation(
      system: try system.map { Self.trimmed(try $0.render(values)) },
      user: Self.trimmed(try user.render(values)))
  }

  private static func template(
    _ source: String, _ path: String, _ names: [String]
  ) throws -> TextTemplate {
    let template = try TextTemplate(source: source, name: path)
    try template.check(names: names, kind: "placeholder")
    return template
  }

  /// The parts by name, each behind as many empty lines as stand before it, so that faults are told
  /// with the line of the file.
  private static func parts(of source: String) -> [String: String] {
    var parts: [String: String] = [:]
    var name: String?
    for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if ["[system]", "[user]"].contains(trimmed(String(line))) {
        let found = trimmed(String(line)).dropFirst().dropLast()
        name = String(found)
        parts[String(found)] = String(repeating: "\n", count: index + 1)
      } else if let name {
        parts[name, default: ""] += line + "\n"
      }
    }
    return parts
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...].drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
