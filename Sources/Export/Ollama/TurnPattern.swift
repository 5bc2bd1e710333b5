internal import AnnealFiles
internal import AnnealText

/// How a chat template writes conversations, found by writing marked ones.
///
/// A conversation that a reader answers begins with the user, perhaps after a system message, and ends
/// with the user. Whatever its template does, its text is then an opening, the contents, and what
/// stands between them.
struct TurnPattern: Hashable {
  /// Before the first message of the user, when there is no system message.
  var opening = ""
  /// Before the system message; nil when the template refuses one.
  var beforeSystem: String?
  /// Between the system message and the first of the user.
  var afterSystem = ""
  /// Between what the user and what the assistant says.
  var toAssistant = ""
  /// Between what the assistant and what the user says.
  var toUser = ""
  /// Behind the last message of the user, where the answer begins.
  var toAnswer = ""
  /// The roles whose texts lose the spaces around them, which a Go template cannot do.
  var trimmed: Set<String> = []

  /// The pattern of `template`.
  ///
  /// - Throws: `AnnealError` of code `model` when the contents of messages are not to be found in what
  ///   it writes.
  init(_ template: ChatTemplate, variables: [String: JSON]) throws {
    let render = { (messages: [Message]) in
      try template.render(
        Conversation(messages), addGenerationPrompt: true, variables: variables
      ).text
    }
    let (first, answer, second, system) = ("QZFIRSTZQ", "QZANSWERZQ", "QZSECONDZQ", "QZSYSTEMZQ")
    let single = try Self.cut(render([.user(first)]), [first], template)
    opening = single[0]
    toAnswer = single[1]
    let several = try Self.cut(
      render([.user(first), .assistant(answer), .user(second)]), [first, answer, second], template)
    toAssistant = several[1]
    toUser = several[2]
    if let text = try? render([.system(system), .user(first)]),
      let parts = try? Self.cut(text, [system, first], template)
    {
      beforeSystem = parts[0]
      afterSystem = parts[1]
    }
    for (role, messages) in [
      ("user", [Message.user(" \n" + first + "\n ")]),
      ("assistant", [.user(first), .assistant(" \n" + answer + "\n "), .user(second)]),
      ("system", [.system(" \n" + system + "\n "), .user(first)]),
    ] {
      guard let text = try? render(messages) else { continue }
      let whole = messages.first { $0.role == role }?.text ?? ""
      if PlainText.firstRange(of: whole, in: text) == nil { trimmed.insert(role) }
    }
  }

  /// What stands before, between and behind the marks in `text`, each of which must stand there once.
  private static func cut(
    _ text: String, _ marks: [String], _ template: ChatTemplate
  ) throws -> [String] {
    var parts: [String] = []
    var rest = text
    for mark in marks {
      guard let range = PlainText.firstRange(of: mark, in: rest),
        PlainText.firstRange(of: mark, in: String(rest[range.upperBound...])) == nil
      else {
        throw AnnealError(
          .model, "the chat template does not write each message once, in their order",
          at: .init(file: template.name),
          remedy: "Write a Modelfile by hand: the template cannot be said in Go's.")
      }
      parts.append(String(rest[..<range.lowerBound]))
      rest = String(rest[range.upperBound...])
    }
    return parts + [rest]
  }

  /// The pattern as a template for Ollama.
  ///
  /// - Parameter beginning: what the reader itself puts before every text, which the template must
  ///   then leave out.
  func goTemplate(without beginning: String) -> GoTemplate {
    func start(_ text: String) -> [GoTemplate.Node] {
      let rest = text.hasPrefix(beginning) ? String(text.dropFirst(beginning.count)) : text
      return rest.isEmpty ? [] : [.text(rest)]
    }
    let text = { (text: String) in text.isEmpty ? [] : [GoTemplate.Node.text(text)] }
    let head: [GoTemplate.Node] =
      if let beforeSystem {
        [.choice(.hasSystem, start(beforeSystem) + [.system] + text(afterSystem), start(opening))]
      } else {
        start(opening)
      }
    let user: [GoTemplate.Node] = [.content, .choice(.isLast, text(toAnswer), [])]
    // An answer that was begun is left open.
    let assistant = text(toAssistant) + [.content, .choice(.isLast, [], text(toUser))]
    return GoTemplate(
      nodes: head + [
        .messages([
          .choice(.isRole("user"), user, [.choice(.isRole("assistant"), assistant, [])])
        ])
      ])
  }
}

/// Finding a text by its bytes.
enum PlainText {
  /// The first place of `part`, scalar by scalar.
  static func firstRange(of part: String, in text: String) -> Range<String.Index>? {
    let (part, whole) = (Array(part.utf8), text.utf8)
    guard !part.isEmpty else { return text.startIndex..<text.startIndex }
    var start = whole.startIndex
    while start < whole.endIndex {
      if whole[start...].starts(with: part) {
        return start..<whole.index(start, offsetBy: part.count)
      }
      start = whole.index(after: start)
    }
    return nil
  }
}
