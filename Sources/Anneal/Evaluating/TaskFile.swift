internal import AnnealEvaluation
internal import AnnealFiles
internal import Yams

/// A task's file: YAML as lm-evaluation-harness reads it, with the line of every key.
///
/// Scalars become booleans and numbers by YAML 1.1, as they do there: `no` without quotes is false.
struct TaskFile {
  let path: String
  private(set) var json: JSON
  private(set) var lines: [String: Int]

  /// Reads the file at `path`, and what it includes.
  init(path: String) throws { try self.init(path: path, depth: 0) }

  private init(path: String, depth: Int) throws {
    self.path = path
    let text = String(decoding: try TextContents.bytes(of: path), as: UTF8.self)
    let node = try YAMLText.node(
      text, file: path, remedy: "A task is lines of `key: value`; indent with spaces.")
    guard case .mapping(let pairs)? = node else {
      throw AnnealError(
        .recipe, "the file holds no lines of `key: value`", at: .init(file: path))
    }
    lines = [:]
    for (key, _) in pairs {
      if let name = key.scalar?.string { lines[name] = key.mark?.line }
    }
    json = try Self.json(.mapping(pairs), path)
    try takeIn(depth)
  }

  /// Puts what the key `include` names under the file's own keys.
  private mutating func takeIn(_ depth: Int) throws {
    guard let included = json["include"] else { return }
    let place = AnnealError.Place(file: path, line: lines["include"], field: "include")
    guard let name = included.string, depth < 8 else {
      throw AnnealError(
        .recipe, "include is \(included.text(.spaced)); expected the name of another task's file",
        at: place)
    }
    let other = name.hasPrefix("/") ? name : (Folder.parent(of: path) ?? ".") + "/" + name
    guard Folder.holdsFile(other) else {
      throw AnnealError(.recipe, "there is no file \(other) to include", at: place)
    }
    let base = try TaskFile(path: other, depth: depth + 1)
    let own = json.setting("include", to: nil)
    json = own.members.reduce(base.json) { $0.setting($1.key, to: $1.value) }
  }

  private static func json(_ node: Node, _ path: String) throws -> JSON {
    let place = AnnealError.Place(file: path, line: node.mark?.line)
    switch node {
    case .scalar(let scalar): return try json(scalar, node.tag.rawValue, place)
    case .sequence(let nodes): return .array(try nodes.map { try json($0, path) })
    case .mapping(let pairs):
      return JSON(
        members: try pairs.map { key, value in
          guard let name = key.scalar?.string else {
            throw AnnealError(.recipe, "a key must be plain text", at: place)
          }
          return (name, try json(value, path))
        })
    case .alias: throw YAMLText.alias(node, file: path)
    }
  }

  private static func json(
    _ scalar: Node.Scalar, _ tag: String, _ place: AnnealError.Place
  ) throws -> JSON {
    let text = scalar.string
    switch tag {
    case Tag.Name.null.rawValue: return .null
    case Tag.Name.bool.rawValue:
      return .bool(["true", "yes", "on"].contains(text.lowercased()))
    case Tag.Name.int.rawValue:
      return Int(text.filter { $0 != "_" && $0 != "+" }).map(JSON.integer) ?? .string(text)
    case Tag.Name.float.rawValue:
      return Double(text.filter { $0 != "_" }).map(JSON.number) ?? .string(text)
    case "!function":
      throw AnnealError(
        .recipe, "'!function \(text)' names a function in Python, which is not run", at: place,
        remedy: "Write what it does as a template in Jinja.")
    default: return .string(text)
    }
  }
}

extension TaskDefinition {
  /// The task in the file at `path`.
  ///
  /// - Throws: `AnnealError` of kind `recipe` that names file, line and key.
  init(file path: String) throws {
    let file = try TaskFile(path: path)
    try self.init(file.json, file: path, lines: file.lines)
  }
}
