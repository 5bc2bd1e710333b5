internal import AnnealDatasets
public import AnnealFiles

/// A recipe for cleaning: which stages run, in their order, and with what settings.
///
///     stages:
///       - encoding
///       - near-duplicates:
///           threshold: 0.9
///       - languages: {languages: [en, de]}
public struct CleaningRecipe: Sendable {
  /// The stages' names.
  public private(set) var stages: [String] = []
  /// Settings by `stage.key`.
  public private(set) var settings: [String: JSON] = [:]

  /// The recipe in the YAML file at `path`.
  ///
  /// - Throws: `AnnealError` of kind `recipe` with file and line.
  public init(file path: String) throws {
    let text = String(decoding: try TextContents.bytes(of: path), as: UTF8.self)
    let root = try RecipeNode(yaml: text, file: path)
    guard case .map(let members) = root.content else {
      throw root.mismatch("stages", expected: "a mapping with the key stages")
    }
    for (key, value) in members {
      guard key == "stages" else {
        throw AnnealError(
          .recipe, "the key '\(key)' is not known in a recipe for cleaning", at: value.place(key),
          remedy: "It has one key, stages: a list.")
      }
      guard case .list(let items) = value.content else {
        throw value.mismatch("stages", expected: "a list of stages")
      }
      for item in items { try add(item) }
    }
    guard !stages.isEmpty else { throw root.mismatch("stages", expected: "a list of stages") }
    do {
      _ = try CleaningStages.builtin.effective(named: stages, settings: settings)
    } catch var error as AnnealError {
      error.place = error.place ?? .init(file: path)
      throw error
    }
  }

  private mutating func add(_ item: RecipeNode) throws {
    if let name = item.text { return stages.append(name) }
    guard case .map(let members) = item.content, members.count == 1, let stage = members.first
    else { throw item.mismatch("stages", expected: "a stage's name, or its name: with settings") }
    stages.append(stage.key)
    guard !stage.value.isNull else { return }
    guard case .map(let values) = stage.value.content else {
      throw stage.value.mismatch(stage.key, expected: "settings, such as threshold: 0.9")
    }
    for (key, value) in values { settings["\(stage.key).\(key)"] = try Self.value(value, key) }
  }

  private static func value(_ node: RecipeNode, _ key: String) throws -> JSON {
    switch node.content {
    case .scalar(let text, _): .string(text)
    case .list(let items):
      .array(
        try items.map { item in
          guard let text = item.text else { throw item.mismatch(key, expected: "a text") }
          return .string(text)
        })
    case .map: throw node.mismatch(key, expected: "a value or a list of texts")
    }
  }
}
