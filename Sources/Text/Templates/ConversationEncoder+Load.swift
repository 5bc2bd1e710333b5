internal import AnnealFiles

extension ConversationEncoder {
  /// The encoder of a model folder.
  ///
  /// A base model without a chat template gets ChatML; when its vocabulary lacks `<|im_end|>`,
  /// turns end with its own end token, so that it need learn no new one.
  ///
  /// - Parameters:
  ///   - template: a built-in template's name or a file, instead of the model's own.
  ///   - endTokens: more ids that end an answer.
  /// - Throws: `AnnealError` when the tokenizer or template is missing or broken.
  public static func load(
    modelFolder: String, template nameOrPath: String? = nil, endTokens: Set<Int> = []
  ) throws -> ConversationEncoder {
    try load(
      modelFolder: modelFolder, tokenizer: Tokenizer(path: modelFolder), template: nameOrPath,
      endTokens: endTokens)
  }

  /// The encoder of a model folder, with a tokenizer that has been read already.
  ///
  /// - Throws: `AnnealError` when a template is missing or broken.
  public static func load(
    modelFolder: String, tokenizer: Tokenizer, template nameOrPath: String? = nil,
    endTokens: Set<Int> = []
  ) throws -> ConversationEncoder {
    try load(
      modelFolder: modelFolder, tokenizer: tokenizer, using: nameOrPath.map(ChatTemplate.named),
      endTokens: endTokens)
  }

  /// The encoder of a model folder, with a tokenizer and perhaps a template that have been read
  /// already.
  ///
  /// - Throws: `AnnealError` when the model's own template is missing or broken.
  public static func load(
    modelFolder: String, tokenizer: Tokenizer, using template: ChatTemplate?,
    endTokens: Set<Int> = []
  ) throws -> ConversationEncoder {
    let variables = try variables(modelFolder, tokenizer)
    var chosen: ChatTemplate
    var toolTemplate: ChatTemplate?
    if let template {
      chosen = template
    } else if let own = try ChatTemplate.load(modelFolder: modelFolder) {
      chosen = own
      toolTemplate = try ChatTemplate.load(modelFolder: modelFolder, named: "tool_use")
    } else {
      chosen = .chatML
    }
    if chosen.name == ChatTemplate.chatML.name, tokenizer.id(of: "<|im_end|>") == nil,
      let end = variables["eos_token"]?.string
    {
      chosen = .chatML(endOfTurn: end)
    }
    return ConversationEncoder(
      tokenizer: tokenizer, template: chosen, toolTemplate: toolTemplate, variables: variables,
      endTokens: endTokens.union(try Self.endTokens(modelFolder)))
  }

  private static func variables(
    _ folder: String, _ tokenizer: Tokenizer
  ) throws -> [String: JSON] {
    let path = "\(folder)/tokenizer_config.json"
    var variables: [String: JSON] = [:]
    if let text = try TextFile.contents(path) {
      variables = TemplateVariables.specialTokens(of: try JSON(parsing: text, file: path))
    }
    let known = ["bos_token": tokenizer.beginningOfText, "eos_token": tokenizer.endOfText]
    for (name, id) in known where variables[name] == nil {
      variables[name] = id.flatMap { tokenizer.token(of: $0) }.map(JSON.string)
    }
    return variables
  }

  /// The end tokens of `generation_config.json` and `config.json`: a number or a list of them.
  private static func endTokens(_ folder: String) throws -> Set<Int> {
    var ids: Set<Int> = []
    for name in ["generation_config.json", "config.json"] {
      let path = "\(folder)/\(name)"
      guard let text = try TextFile.contents(path) else { continue }
      let found = try JSON(parsing: text, file: path)["eos_token_id"] ?? .null
      ids.formUnion((found.array ?? [found]).compactMap(\.integer))
    }
    return ids
  }

  /// The special token that the template writes after an answer; nil when it writes none.
  public var closingToken: Int? { Self.closingToken(tokenizer, template, variables) }

  /// The special token that the template writes after an answer.
  static func closingToken(
    _ tokenizer: Tokenizer, _ template: ChatTemplate, _ variables: [String: JSON]
  ) -> Int? {
    let answer = "ANSWER"
    let probe = Conversation([.user("QUESTION"), .assistant(answer)])
    guard let text = try? template.render(probe, variables: variables).text,
      let range = PythonText.firstRange(of: answer, in: text)
    else { return nil }
    return tokenizer.encode(String(text[range.upperBound...]), addSpecialTokens: false)
      .first { tokenizer.isSpecial($0) }
  }

  /// What the tokenizer's post-processor puts before a text.
  static func opening(of tokenizer: Tokenizer) -> [Int] {
    let plain = tokenizer.encode("a", addSpecialTokens: false)
    let whole = tokenizer.encode("a", addSpecialTokens: true)
    guard !plain.isEmpty, whole.count > plain.count else { return [] }
    for start in 0...(whole.count - plain.count)
    where whole[start..<start + plain.count].elementsEqual(plain) {
      return Array(whole[..<start])
    }
    return []
  }
}
