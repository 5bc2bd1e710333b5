internal import AnnealFiles
internal import Yams

/// A value of a recipe before its type is known, with the place it came from.
///
/// Scalars stay text until the key's own type reads them. YAML 1.1 would turn `save_strategy: no`
/// into a boolean and `2e-4` into a string; asking the key what it expects avoids both surprises.
struct RecipeNode: Sendable {
  enum Content: Sendable {
    case scalar(String, isQuoted: Bool)
    case list([RecipeNode])
    case map([(key: String, value: RecipeNode)])
  }

  var content: Content
  var file: String
  var line: Int?

  /// A piece of text that is not YAML, such as the value of a flag.
  static func literal(_ text: String, file: String) -> RecipeNode {
    RecipeNode(content: .scalar(text, isQuoted: true), file: file)
  }

  /// The text, when this is one value and not null.
  var text: String? {
    if case .scalar(let text, _) = content, !isNull { text } else { nil }
  }

  /// Whether this is YAML's null: nothing, `~` or `null`, unquoted.
  var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// Whether this switches something off: null, `false`, `no`, `none` or zero.
  var isOff: Bool {
    if isNull { return true }
    return ["false", "no", "off", "none", "0", "0.0"].contains(text?.lowercased())
  }

  func place(_ field: String?) -> AnnealError.Place {
    AnnealError.Place(file: file, line: line, field: field)
  }

  func mismatch(_ field: String, expected: String, remedy: String? = nil) -> AnnealError {
    AnnealError(
      .recipe, "found \(found), expected \(expected)", at: place(field), remedy: remedy)
  }

  /// What stands here, in the words of an error message.
  var found: String {
    switch content {
    case .scalar(let text, let isQuoted): isNull ? "nothing" : isQuoted ? "\"\(text)\"" : text
    case .list(let items): "a list of \(items.count)"
    case .map(let members): "a mapping with the keys \(members.map(\.key).joined(separator: ", "))"
    }
  }
}

extension RecipeNode {
  /// The value that YAML `text` holds.
  ///
  /// - Throws: `AnnealError` of kind `recipe` with file and line.
  init(yaml text: String, file: String) throws {
    let node = try YAMLText.node(
      text, file: file,
      remedy: "A recipe is lines of `key: value`; indent with spaces, never with tabs.")
    self =
      try node.map { try RecipeNode($0, file: file) }
      ?? RecipeNode(content: .map([]), file: file, line: 1)
  }

  private init(_ node: Yams.Node, file: String) throws {
    self.file = file
    line = node.mark?.line
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string, isQuoted: scalar.style != .plain && scalar.style != .any)
    case .sequence(let nodes):
      content = .list(try nodes.map { try RecipeNode($0, file: file) })
    case .mapping(let pairs):
      content = .map(
        try pairs.map { key, value in
          guard let name = key.scalar?.string else {
            throw AnnealError(
              .recipe, "a key must be plain text",
              at: .init(file: file, line: key.mark?.line))
          }
          return (name, try RecipeNode(value, file: file))
        })
    case .alias: throw YAMLText.alias(node, file: file)
    }
  }
}

extension YamlError {
  /// The same fault as a place in `file` and a sentence.
  func inFile(_ file: String, remedy: String) -> AnnealError {
    let mark: Mark?
    let problem: String
    switch self {
    case .scanner(_, let text, let place, _), .parser(_, let text, let place, _),
      .composer(_, let text, let place, _):
      (mark, problem) = (place, text)
    case .duplicatedKeysInMapping(let duplicates, let context):
      mark = context.mark
      let names = duplicates
      problem = "the key \(Set(names).sorted().joined(separator: ", ")) stands here twice"
    default:
      (mark, problem) = (nil, "\(self)")
    }
    return AnnealError(
      .recipe, "not valid YAML: \(problem)",
      at: .init(file: file, line: mark?.line, column: mark?.column), remedy: remedy)
  }
}
