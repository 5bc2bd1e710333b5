#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import AnnealFiles
public import AnnealMerging
internal import AnnealTorch

extension MergeRecipe {
  /// The recipe in the YAML file at `path`, in mergekit's form.
  ///
  /// - Throws: `AnnealError` of kind `recipe` that names file, line and key.
  public init(file path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      let isThere = Folder.holdsAnything(path)
      throw AnnealError(
        .recipe, isThere ? "the recipe cannot be read" : "there is no such recipe",
        at: .init(file: path), remedy: "Check the path; a recipe is a YAML file.")
    }
    try self.init(yaml: String(decoding: data, as: UTF8.self), file: path)
  }

  /// The recipe that YAML `text` holds.
  public init(yaml text: String, file: String) throws {
    let keys = try MergeKeys(try RecipeNode(yaml: text, file: file), "", known: MergeKeys.top)
    try keys.refuse()
    let method = try MergeMethods.named(
      try keys.required("merge_method").text ?? "", at: keys.place("merge_method"))
    let base = try keys.text("base_model").map { try MergeKeys.folder($0, keys, "base_model") }
    let lists = ["models", "slices"].filter { keys[$0] != nil }
    guard lists.count == 1 else {
      throw AnnealError(
        .recipe,
        lists.isEmpty ? "there is nothing to merge" : "models and slices stand beside each other",
        at: keys.place(nil), remedy: "Give models, or slices with their sources; one of the two.")
    }
    let slices = try keys["models"].map { models in
      [
        Slice(
          sources: try MergeKeys.items(models, "models").map(MergeKeys.source),
          place: models.place("models"))
      ]
    }
    self.init(
      method: method,
      slices: try slices
        ?? MergeKeys.items(try keys.required("slices"), "slices").map(MergeKeys.slice),
      base: base, settings: try keys.settings(), dtype: try keys.dtype("dtype"),
      outputType: try keys.dtype("out_dtype"), tokenizer: try keys.tokenizer(), file: file)
    if slices != nil { self = includingBase() }
  }
}

/// The keys of one level of a recipe of a merge.
private struct MergeKeys {
  static let top = [
    "merge_method", "models", "slices", "base_model", "parameters", "dtype", "out_dtype",
    "tokenizer_source",
  ]
  /// Keys that mergekit knows, and why they are not here.
  private static let others = [
    "modules": "Models of several parts are not supported; name models or slices.",
    "tokenizer": "Write tokenizer_source: base, or a model's folder.",
    "chat_template": "The template comes with the tokenizer; change it in the new folder.",
    "residual_weight": "Scale tensors by parameters: scale with passthrough.",
  ]

  private let members: [(key: String, value: RecipeNode)]
  private let node: RecipeNode
  private let path: String

  init(_ node: RecipeNode, _ path: String, known: [String]) throws {
    guard case .map(let members) = node.content else {
      throw node.mismatch(path, expected: "keys: \(known.joined(separator: ", "))")
    }
    self.node = node
    self.path = path
    self.members = members
    for (key, value) in members where !known.contains(key) {
      let guess = nearest(to: key, among: known).map { "Did you mean \($0)? " } ?? ""
      throw AnnealError(
        .recipe, "the key '\(key)' is not known here", at: value.place(name(key)),
        remedy: Self.others[key] ?? guess + "Keys: \(known.joined(separator: ", ")).")
    }
  }

  /// A recipe of training has other keys.
  func refuse() throws {
    guard self["merge_method"] == nil else { return }
    throw AnnealError(
      .recipe, "the key merge_method is missing", at: place(nil),
      remedy: "Methods: \(MergeMethods.all.map(\.name).joined(separator: ", ")).")
  }

  subscript(key: String) -> RecipeNode? {
    members.first { $0.key == key }.map(\.value).flatMap { $0.isNull ? nil : $0 }
  }

  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func place(_ key: String?) -> AnnealError.Place {
    key.flatMap { self[$0] }.map { $0.place(key.map(name)) } ?? node.place(key.map(name))
  }

  func required(_ key: String) throws -> RecipeNode {
    guard let value = self[key] else {
      throw AnnealError(.recipe, "the key \(name(key)) is missing", at: place(nil))
    }
    return value
  }

  func text(_ key: String) throws -> String? {
    guard let value = self[key] else { return nil }
    guard let text = value.text else {
      throw value.mismatch(name(key), expected: "a word")
    }
    return text
  }

  func dtype(_ key: String) throws -> DType? {
    guard let text = try text(key) else { return nil }
    guard let type = DType(rawValue: text), type.isFloating, type.bytes > 1 else {
      throw AnnealError(
        .recipe, "'\(text)' is not a type for weights", at: place(key),
        remedy: "Types: float32, bfloat16, float16.")
    }
    return type
  }

  func tokenizer() throws -> MergeRecipe.TokenizerSource {
    switch try text("tokenizer_source") {
    case nil, "base": return .base
    case "union":
      throw AnnealError(
        .recipe, "a union of vocabularies is not made", at: place("tokenizer_source"),
        remedy: "Merge models of one tokenizer, with tokenizer_source: base or a model's folder.")
    case let folder?: return .model(try Self.folder(folder, self, "tokenizer_source"))
    }
  }

  /// A model's folder.
  static func folder(_ path: String, _ keys: MergeKeys, _ key: String) throws -> String {
    if !Folder.exists(path), path.contains("+") {
      throw AnnealError(
        .recipe, "'\(path)' is not a model's folder", at: keys.place(key),
        remedy: "Merge an adapter into its base first: anneal merge --model … --adapter ….")
    }
    var folder = path
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    return folder
  }

  static func items(_ node: RecipeNode, _ name: String) throws -> [RecipeNode] {
    guard case .list(let items) = node.content, !items.isEmpty else {
      throw node.mismatch(name, expected: "a list")
    }
    return items
  }

  static func slice(_ node: RecipeNode) throws -> MergeRecipe.Slice {
    let keys = try MergeKeys(node, "slices", known: ["sources", "parameters"])
    let sources = try items(try keys.required("sources"), "slices.sources").map(source)
    if let open = sources.first(where: { $0.layers == nil }) {
      throw AnnealError(
        .recipe, "the key layer_range is missing", at: open.place,
        remedy: "Say which layers, such as layer_range: [0, 16].")
    }
    return .init(sources: sources, settings: try keys.settings(), place: node.place("slices"))
  }

  static func source(_ node: RecipeNode) throws -> MergeRecipe.Source {
    let keys = try MergeKeys(node, "model", known: ["model", "layer_range", "parameters"])
    let node = try keys.required("model")
    guard let model = node.text else { throw node.mismatch("model", expected: "a folder") }
    return .init(
      model: try folder(model, keys, "model"), layers: try keys.layers(),
      settings: try keys.settings(), place: keys.place("model"))
  }

  private func layers() throws -> Range<Int>? {
    guard let node = self["layer_range"] else { return nil }
    let expected = "two whole numbers, the first layer and the one after the last"
    guard case .list(let items) = node.content, items.count == 2,
      let first = items[0].text.flatMap({ Int($0) }), let end = items[1].text.flatMap({ Int($0) }),
      first >= 0, end > first
    else { throw node.mismatch(name("layer_range"), expected: expected) }
    return first..<end
  }
}

// Parameters: numbers, gradients and filters.
extension MergeKeys {
  func settings() throws -> MergeRecipe.Settings {
    guard let node = self["parameters"] else { return [:] }
    let known = Set(
      MergeMethods.all.flatMap { $0.parameters + $0.sourceParameters }.map(\.name)
    ).sorted()
    let keys = try MergeKeys(node, name("parameters"), known: known)
    return try Dictionary(
      keys.members.map { ($0.key, try Self.setting($0.value, keys.name($0.key))) },
      uniquingKeysWith: { $1 })
  }

  private static func setting(_ node: RecipeNode, _ name: String) throws -> MergeSetting {
    switch node.content {
    case .scalar: return .number(try number(node, name))
    case .map: return .filtered([try choice(node, name)])
    case .list(let items):
      if items.allSatisfy({ if case .scalar = $0.content { true } else { false } }), !items.isEmpty
      {
        let numbers = try items.map { try number($0, name) }
        return items.contains { isSwitch($0) } ? .steps(numbers) : .gradient(numbers)
      }
      return .filtered(try items.map { try choice($0, name) })
    }
  }

  private static func choice(
    _ node: RecipeNode, _ name: String
  ) throws -> (word: String?, setting: MergeSetting) {
    let keys = try MergeKeys(node, name, known: ["filter", "value"])
    let word = try keys.text("filter")
    return (
      word == "*" ? nil : word, try setting(try keys.required("value"), name + ".value")
    )
  }

  private static func isSwitch(_ node: RecipeNode) -> Bool {
    ["true", "false"].contains(node.text?.lowercased())
  }

  private static func number(_ node: RecipeNode, _ name: String) throws -> Double {
    let text = node.text ?? ""
    if isSwitch(node) { return text.lowercased() == "true" ? 1 : 0 }
    guard let number = Double(text), number.isFinite else {
      throw node.mismatch(name, expected: "a number, true or false")
    }
    return number
  }
}
