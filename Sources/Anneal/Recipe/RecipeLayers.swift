internal import AnnealFiles

/// One source of keys: the recipe's file, the `--set` options, or the command line's flags.
struct RecipeLayer {
  /// Values by the key's own name, each with the word that spelt it.
  ///
  /// A null takes back what an earlier layer says.
  private(set) var entries: [String: (word: String, node: RecipeNode)] = [:]

  /// The layer that `members` make; an alias and its key, or two aliases, must not both stand in it.
  init(_ members: [(key: String, value: RecipeNode)], laterWins: Bool = false) throws {
    var refusals: [AnnealError] = []
    for (word, node) in members {
      if word == "bf16" {
        try addPrecision(node)
      } else if let key = RecipeKey.named(word) {
        if !node.isNull {
          try add(word, node, for: key, laterWins: laterWins)
        } else if laterWins || entries[key.name] == nil {
          entries[key.name] = (word, node)
        }
      } else {
        if let refusal = Self.refusal(of: word, node) { refusals.append(refusal) }
      }
    }
    try Self.tell(refusals)
  }

  /// Throws what is wrong with keys, all at once.
  private static func tell(_ refusals: [AnnealError]) throws {
    guard let first = refusals.first else { return }
    guard refusals.count > 1 else { throw first }
    let lines = refusals.map { "  \($0)" }.joined(separator: "\n")
    throw AnnealError(
      .recipe, "\(refusals.count) keys cannot be used:\n\(lines)",
      at: first.place.map { .init(file: $0.file) },
      remedy: "docs/guide/recipe-reference.md lists every key.")
  }

  private mutating func add(
    _ word: String, _ node: RecipeNode, for key: RecipeKey, laterWins: Bool
  ) throws {
    if let earlier = entries[key.name], !earlier.node.isNull, !(laterWins && earlier.word == word) {
      if key.name == "dtype", earlier.word == "bf16" || word == "bf16" {
        return try reconcile(earlier, (word, node))
      }
      let where_ = earlier.node.line.map { " (line \($0))" } ?? ""
      throw AnnealError(
        .recipe, "\(word) and \(earlier.word)\(where_) are the same setting, given twice",
        at: node.place(word), remedy: "Keep one of them; its name is \(key.name).")
    }
    entries[key.name] = (word, node)
  }

  /// `bf16: true` is another way to write `dtype: bfloat16`; false means float32.
  private mutating func addPrecision(_ node: RecipeNode) throws {
    guard let key = RecipeKey.named("dtype"), !node.isNull else { return }
    var dtype = node
    if node.text?.lowercased() == "auto" {
      dtype.content = .scalar("auto", isQuoted: false)
    } else {
      let isOn = try Bool.read(node, "bf16")
      dtype.content = .scalar(isOn ? "bfloat16" : "float32", isQuoted: false)
    }
    try add("bf16", dtype, for: key, laterWins: true)
  }

  private mutating func reconcile(
    _ a: (word: String, node: RecipeNode), _ b: (word: String, node: RecipeNode)
  ) throws {
    let first = try Recipe.Precision.read(a.node, a.word)
    let second = try Recipe.Precision.read(b.node, b.word)
    guard first == second else {
      throw AnnealError(
        .recipe,
        "\(a.word) asks for \(first.rawValue) and \(b.word) for \(second.rawValue)",
        at: b.node.place(b.word), remedy: "Keep one of them; `bf16: true` is `dtype: bfloat16`.")
    }
  }

  /// What is wrong with a word that is no key; nil when it only switches off what is not there, or
  /// asks for what is always done.
  private static func refusal(of word: String, _ node: RecipeNode) -> AnnealError? {
    if RecipeLater.alwaysDone.contains(word), !node.isOff { return nil }
    if let reason = RecipeLater.keys[word] {
      if node.isOff { return nil }
      return AnnealError(
        .recipe, "this version does not support the key \(word)", at: node.place(word),
        remedy: reason)
    }
    let words = RecipeKey.all.flatMap { [$0.name] + $0.aliases } + ["bf16"]
    let guess = nearest(to: word, among: words).map { near in
      let name = RecipeKey.named(near)?.name ?? near
      return name == near ? "Did you mean \(name)?" : "Did you mean \(near) (that is, \(name))?"
    }
    return AnnealError(
      .recipe, "unknown key", at: node.place(word),
      remedy: guess ?? "docs/guide/recipe-reference.md lists every key.")
  }
}

extension RecipeLayer {
  /// The layer of a recipe's file.
  init(yaml text: String, file: String) throws {
    let node = try RecipeNode(yaml: text, file: file)
    if node.isNull {
      try self.init([])
    } else if case .map(let members) = node.content {
      try self.init(members)
    } else {
      throw AnnealError(
        .recipe, "found \(node.found), expected lines of `key: value`", at: node.place(nil))
    }
  }

  /// The layer of `--set key=value` options; of a key given twice the last counts.
  init(settings: [String]) throws {
    var members: [(String, RecipeNode)] = []
    for setting in settings {
      guard let sign = setting.firstIndex(of: "="), sign > setting.startIndex else {
        throw AnnealError(
          .usage, "--set \(setting) lacks a value", remedy: "Write --set key=value.")
      }
      let key = String(setting[..<sign]).filter { $0 != " " }
      var node = try RecipeNode(yaml: String(setting[setting.index(after: sign)...]), file: "--set")
      node.line = nil
      if case .map(let inner) = node.content, inner.isEmpty {
        node.content = .scalar("", isQuoted: false)
      }
      members.append((key, node))
    }
    try self.init(members, laterWins: true)
  }

  /// The layer of flags: literal text, not YAML; several values make a list.
  init(flags: KeyValuePairs<String, [String]>) throws {
    try self.init(
      flags.filter { !$0.value.isEmpty }.map { key, values in
        let nodes = values.map { RecipeNode.literal($0, file: "the command line") }
        return (
          key,
          nodes.count == 1
            ? nodes[0] : RecipeNode(content: .list(nodes), file: "the command line")
        )
      })
  }
}
