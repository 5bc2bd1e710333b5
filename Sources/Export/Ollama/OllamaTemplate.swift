internal import AnnealFiles
internal import AnnealText

/// A model's chat template as a Go template, checked against the original.
public struct OllamaTemplate: Sendable {
  /// The template's text.
  public let source: String
  /// The texts that end an answer.
  public let stops: [String]
  /// Roles whose texts the original takes spaces from, which Ollama does not.
  public let trimmedRoles: [String]
  /// Whether the original writes today's date, which stays that of the export.
  public let isDated: Bool
  /// Whether the original has a place for a system message.
  public let takesSystem: Bool
  /// Conversations that both write alike.
  public let conversations: Int
  /// Whether a reader is to put the token that begins a text in front.
  let addsBeginning: Bool

  /// The template of a model.
  ///
  /// - Throws: `AnnealError` of code `model` without a template or when its pattern cannot be found,
  ///   of code `gate` when the two differ on a conversation, which is named.
  public init(_ text: ModelText) throws {
    guard let template = text.template else {
      throw AnnealError(
        .model, "the model has no chat template", at: .init(file: text.file),
        remedy: "Give one with --chat-template, or train the model on conversations.")
    }
    let variables = text.encoder.variables
    let pattern = try TurnPattern(template, variables: variables)
    let beginning = variables["bos_token"]?.string ?? ""
    // What the template writes is all that the model has seen, so a reader may only add what is left
    // out here.
    let writesBeginning =
      !beginning.isEmpty && pattern.opening.hasPrefix(beginning)
      && (pattern.beforeSystem ?? beginning).hasPrefix(beginning)
    addsBeginning = writesBeginning
    source = pattern.goTemplate(without: writesBeginning ? beginning : "").source
    takesSystem = pattern.beforeSystem != nil
    trimmedRoles = pattern.trimmed.sorted()
    isDated = template.source.contains("strftime_now")
    stops = Self.stops(text, pattern)
    conversations = try Self.check(
      GoTemplateReader.read(source), template, variables, pattern,
      beginning: writesBeginning ? beginning : "")
  }

  /// The model's end tokens, and the special tokens between an answer and the next question.
  private static func stops(_ text: ModelText, _ pattern: TurnPattern) -> [String] {
    let tokenizer = text.tokenizer
    let between = tokenizer.encode(pattern.toUser, addSpecialTokens: false)
      .filter(tokenizer.isSpecial)
    var stops: [String] = []
    for id in between + text.encoder.endOfTurn.sorted() {
      guard let token = tokenizer.token(of: id), !stops.contains(token),
        id != tokenizer.beginningOfText
      else { continue }
      stops.append(token)
    }
    return stops
  }

  /// Writes conversations with both templates.
  private static func check(
    _ written: GoTemplate, _ template: ChatTemplate, _ variables: [String: JSON],
    _ pattern: TurnPattern, beginning: String
  ) throws -> Int {
    var count = 0
    for conversation in ProbeConversations.all {
      let messages = conversation.messages.map { message in
        pattern.trimmed.contains(message.role)
          ? Message(role: message.role, text: PythonSpaces.trimmed(message.text)) : message
      }
      // An empty system message is none to Ollama.
      let system = messages.first { $0.role == "system" }?.text ?? ""
      let hasSystem = messages.contains { $0.role == "system" }
      if hasSystem, pattern.beforeSystem == nil || system.isEmpty { continue }
      let expected = try template.render(
        Conversation(messages), addGenerationPrompt: true, variables: variables
      ).text
      let found =
        beginning
        + written.rendered(
          system: system, messages: messages.map { .init(role: $0.role, content: $0.text) })
      guard found.utf8.elementsEqual(expected.utf8) else {
        throw AnnealError(
          .gate,
          """
          the Go template does not write what the chat template writes for \
          \(JSON.array(messages.map(\.json)).text()): \(String(reflecting: found)) instead of \
          \(String(reflecting: expected))
          """, at: .init(file: template.name),
          remedy: "Export gguf instead, whose readers run the chat template itself.")
      }
      count += 1
    }
    return count
  }
}

/// Spaces as templates take them from the ends of a text.
enum PythonSpaces {
  /// `text` without spaces and line ends around it.
  static func trimmed(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(String.UnicodeScalarView(scalars[first...last]))
  }
}
