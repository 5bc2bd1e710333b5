import AnnealFiles
import AnnealText

/// Which chat template a verb uses, and what a user should know of the choice.
enum TemplateChoice {
  /// The built-in template called `nameOrPath`, or the one in the file at that path.
  static func named(_ nameOrPath: String, _ console: Console) throws -> ChatTemplate {
    let path = InputPath.resolved(nameOrPath)
    let isBuiltIn = ChatTemplate.builtInNames.contains(path)
    guard !isBuiltIn, Folder.holdsFile(path) else { return try ChatTemplate.named(path) }
    return try ChatTemplate(source: TextFile.read(path, telling: console), name: path)
  }

  /// The encoder of a model's folder, with its own template or another.
  ///
  /// That the model has none, and that the template writes control tokens which the model does not
  /// have, is told.
  static func encoder(
    _ model: String, _ template: ChatTemplate?, option: String = "--template", _ console: Console
  ) throws -> ConversationEncoder {
    let encoder = try ConversationEncoder.load(
      modelFolder: model, tokenizer: Tokenizer(path: model), using: template)
    try tell(of: encoder, model, template, option: option, console)
    return encoder
  }

  /// Notes that the model has no template, and that the template writes control tokens which the model
  /// does not have.
  static func tell(
    of encoder: ConversationEncoder, _ model: String, _ template: ChatTemplate?, option: String,
    _ console: Console
  ) throws {
    if template == nil, try ChatTemplate.load(modelFolder: model) == nil {
      console.note(
        """
        note: \(model) has no chat template; ChatML stands in for it. Give another with \
        \(option), or put a chat_template.jinja into the folder.
        """)
    }
    tellMissing(in: encoder, console)
  }

  /// A note about tokens that a template without a model asks for in vain.
  static func tellUnset(
    in template: ChatTemplate, _ variables: [String: JSON], _ console: Console
  ) {
    for name in ["bos_token", "eos_token"]
    where variables[name] == nil && template.source.contains(name) {
      console.note(
        """
        note: the template writes \(name), which is not set, so nothing stands in its place; give \
        --model, or --set '\(name)="<s>"' with the model's own
        """)
    }
  }

  /// A note about control tokens that are no tokens of the vocabulary.
  private static func tellMissing(in encoder: ConversationEncoder, _ console: Console) {
    let probes = [
      Conversation([.user("QUESTION"), .assistant("ANSWER")]), Conversation([.user("QUESTION")]),
    ]
    var missing: [String] = []
    for probe in probes {
      let text = try? encoder.template.render(
        probe, addGenerationPrompt: probe.messages.count == 1, variables: encoder.variables
      ).text
      for token in controlTokens(of: text ?? "")
      where encoder.tokenizer.id(of: token) == nil && !missing.contains(token) {
        missing.append(token)
      }
    }
    guard !missing.isEmpty else { return }
    let which = missing.count == 1 ? "a token" : "tokens"
    console.note(
      """
      note: the chat template writes \(missing.joined(separator: ", ")), which the vocabulary does \
      not have as \(which); it is read as ordinary text
      """)
  }

  /// What stands between `<|` and `|>` in a text that a template wrote, each once.
  private static func controlTokens(of text: String) -> [String] {
    var tokens: [String] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "<|") {
      rest = rest[start.lowerBound...]
      guard let end = rest.firstRange(of: "|>") else { break }
      let token = String(rest[..<end.upperBound])
      if !token.contains(where: \.isWhitespace), !tokens.contains(token) { tokens.append(token) }
      rest = rest[end.upperBound...]
    }
    return tokens
  }
}
