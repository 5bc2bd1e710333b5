/// A template in the language of Go's `text/template`, as far as conversations need it: what is
/// written here is what Ollama runs.
struct GoTemplate: Hashable {
  /// A part of a template.
  indirect enum Node: Hashable {
    /// Text as it stands.
    case text(String)
    /// `{{ .System }}`.
    case system
    /// `{{ .Content }}` of the message at hand.
    case content
    /// `{{ if … }}…{{ else }}…{{ end }}`.
    case choice(Condition, [Node], [Node])
    /// `{{ range $i, $_ := .Messages }}…{{ end }}`.
    case messages([Node])
  }

  /// What a choice depends on.
  enum Condition: Hashable {
    /// Whether there is a system message.
    case hasSystem
    /// Whether the message at hand is of a role.
    case isRole(String)
    /// Whether the message at hand is the last one.
    case isLast
  }

  var nodes: [Node]

  /// The template's text.
  var source: String { Self.source(nodes) }

  private static func source(_ nodes: [Node]) -> String {
    nodes.map { node in
      switch node {
      case .text(let text): quoted(text)
      case .system: "{{ .System }}"
      case .content: "{{ .Content }}"
      case .choice(let condition, let yes, let no):
        "{{ if \(source(condition)) }}" + source(yes)
          + (no.isEmpty ? "" : "{{ else }}" + source(no)) + "{{ end }}"
      case .messages(let body): "{{ range $i, $_ := .Messages }}" + source(body) + "{{ end }}"
      }
    }.joined()
  }

  private static func source(_ condition: Condition) -> String {
    switch condition {
    case .hasSystem: ".System"
    case .isRole(let role): "eq .Role \"\(role)\""
    case .isLast: "eq (len (slice $.Messages $i)) 1"
    }
  }

  /// Two braces would begin an action, so they are written by one.
  private static func quoted(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      rest = rest[brace...]
      let run = rest.prefix { $0 == "{" }
      result += run.count == 1 ? "{" : "{{ \"\(run)\" }}"
      rest = rest.dropFirst(run.count)
    }
    return result + rest
  }

  /// A message as Ollama gives it to a template.
  struct Message {
    var role: String
    var content: String
  }

  /// What the template writes.
  ///
  /// - Parameters:
  ///   - system: the system messages, put together.
  ///   - messages: all messages, those of the system among them.
  func rendered(system: String, messages: [Message]) -> String {
    func write(_ nodes: [Node], _ index: Int?) -> String {
      nodes.map { node -> String in
        switch node {
        case .text(let text): return text
        case .system: return system
        case .content: return index.map { messages[$0].content } ?? ""
        case .messages(let body): return messages.indices.map { write(body, $0) }.joined()
        case .choice(let condition, let yes, let no):
          let holds =
            switch condition {
            case .hasSystem: !system.isEmpty
            case .isRole(let role): index.map { messages[$0].role == role } ?? false
            case .isLast: index == messages.count - 1
            }
          return write(holds ? yes : no, index)
        }
      }.joined()
    }
    return write(nodes, nil)
  }
}
