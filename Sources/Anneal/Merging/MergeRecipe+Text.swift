internal import AnnealFiles
internal import AnnealMerging

extension MergeRecipe {
  /// What the recipe's file says, without its comments, with every model called as `name` calls its
  /// folder.
  ///
  /// Written from what was read: a path may be part of another, or of a number.
  func text(naming name: (String) -> String) throws -> String {
    let text = String(decoding: try TextContents.bytes(of: file), as: UTF8.self)
    let node = try RecipeNode(yaml: text, file: file)
    return node.naming(name).lines.map { $0 + "\n" }.joined()
  }
}

extension RecipeNode {
  /// The keys of a recipe of a merge whose values are models.
  private static let modelKeys = ["model", "base_model", "tokenizer_source"]

  /// The same with other names for the models in it.
  fileprivate func naming(_ name: (String) -> String) -> RecipeNode {
    var node = self
    switch content {
    case .scalar: break
    case .list(let items): node.content = .list(items.map { $0.naming(name) })
    case .map(let members):
      node.content = .map(
        members.map { key, value -> (key: String, value: RecipeNode) in
          guard Self.modelKeys.contains(key), let folder = value.text else {
            return (key, value.naming(name))
          }
          // A word that stands for a model, and not a folder.
          let isWord = key == "tokenizer_source" && folder == "base"
          return (key, isWord ? value : .literal(name(folder), file: file))
        })
    }
    return node
  }

  /// The value in YAML, a key or an item a line.
  fileprivate var lines: [String] {
    switch content {
    case .scalar: return [scalarText]
    case .list(let items):
      if items.isEmpty { return ["[]"] }
      return items.flatMap { item -> [String] in
        item.lines.enumerated().map { index, line in (index == 0 ? "- " : "  ") + line }
      }
    case .map(let members):
      if members.isEmpty { return ["{}"] }
      return members.flatMap { key, value -> [String] in
        let key = RecipeText.scalar(key) + ":"
        if value.isInline { return value.lines.map { key + " " + $0 } }
        return [key] + value.lines.map { "  " + $0 }
      }
    }
  }

  /// Whether it stands on the line of its key.
  private var isInline: Bool {
    switch content {
    case .scalar: true
    case .list(let items): items.isEmpty
    case .map(let members): members.isEmpty
    }
  }

  /// One value on a line; what had no quotes may be a number or a switch, which need none.
  private var scalarText: String {
    guard case .scalar(let text, let isQuoted) = content else { return "" }
    if isNull { return "null" }
    let isNumber = Double(text) != nil || ["true", "false"].contains(text.lowercased())
    return isNumber && !isQuoted ? text : RecipeText.scalar(text)
  }
}
