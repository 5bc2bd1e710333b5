public import AnnealFiles
internal import OrderedCollections

/// A template, in the language of Hugging Face's chat templates, that writes a conversation as the
/// one text a model reads.
///
/// The language is Jinja as transformers sets it up: blocks take their line's space and newline
/// with them, lists and dictionaries cannot be changed, and `raise_exception`, `strftime_now`,
/// `tojson` and `{% generation %}` are there. A template comes with a model and is not trusted:
/// what it writes and how long and deep it works are bounded.
public struct ChatTemplate: Sendable {
  /// What a template wrote.
  public struct Rendering: Sendable, Hashable {
    /// The text for the model.
    public var text: String
    /// What lies in `{% generation %}` blocks, as UTF-8 offsets into the text.
    public var generated: [Range<Int>]
  }

  /// What errors call the template.
  public let name: String
  /// The template's text.
  public let source: String
  private let parsed: Result<Program, any Error>
  var clock = Clock.system

  /// The template that `source` holds.
  ///
  /// - Throws: `AnnealError` with line and column when `source` is not a template.
  public init(source: String, name: String) throws {
    self.init(unchecked: source, name: name)
    _ = try parsed.get()
  }

  /// A template for which time stands still, in seconds since 1970.
  init(source: String, name: String, fixedTime: Int) throws {
    try self.init(source: source, name: name)
    clock = Clock(fixed: fixedTime)
  }

  /// A template whose faults show when it is used.
  ///
  /// For the templates that are part of the program.
  init(unchecked source: String, name: String) {
    self.name = name
    self.source = source
    parsed = Result { try Program(source: source, name: name) }
  }

  /// Whether the template marks what the assistant says.
  var marksGeneration: Bool { (try? parsed.get().marksGeneration) ?? false }

  /// The text of `conversation`.
  ///
  /// - Parameters:
  ///   - addGenerationPrompt: whether to end where the assistant's answer begins.
  ///   - variables: what else the template sees, such as `bos_token`; the conversation's own
  ///     variables go before these.
  /// - Throws: `AnnealError` with the template's name, line and column: `.data` when the template
  ///   refuses the conversation, `.model` when it does not work.
  public func render(
    _ conversation: Conversation, addGenerationPrompt: Bool = false,
    variables: [String: JSON] = [:]
  ) throws -> Rendering {
    try render(
      RenderingContext(conversation, variables: variables),
      addGenerationPrompt: addGenerationPrompt)
  }

  /// The text of the first `count` messages, or of all.
  func render(
    _ context: RenderingContext, first count: Int? = nil, addGenerationPrompt: Bool
  ) throws -> Rendering {
    let renderer = Renderer(try parsed.get(), clock: clock)
    do {
      let text = try renderer.render(
        context.values(first: count, addGenerationPrompt: addGenerationPrompt))
      return Rendering(text: text, generated: renderer.generated)
    } catch let fault as Fault {
      throw fault.located(Position(line: 1, column: 1), in: name)
    }
  }
}

/// A conversation as a template sees it, made once for all renderings of its beginnings.
struct RenderingContext {
  private let messages: [Value]
  private let others: [String: Value]

  init(_ conversation: Conversation, variables: [String: JSON]) {
    messages = conversation.messages.map { Value(.object(Self.aliased($0.fields))) }
    var others: [String: Value] = ["documents": .none]
    for (name, value) in variables { others[name] = Value(value) }
    for (name, value) in conversation.variables { others[name] = Value(value) }
    others["tools"] = conversation.tools.map(Value.init) ?? Value.none
    self.others = others
  }

  func values(first count: Int?, addGenerationPrompt: Bool) -> [String: Value] {
    var values = others
    values["messages"] = .list(Array(messages.prefix(count ?? messages.count)))
    values["add_generation_prompt"] = .bool(addGenerationPrompt)
    return values
  }

  /// The reasoning of a message goes by three names in the wild; as in transformers, templates see
  /// it under `reasoning_content`, and under `thinking` for those that read that.
  private static func aliased(
    _ fields: OrderedDictionary<String, JSON>
  ) -> OrderedDictionary<String, JSON> {
    let names = ["reasoning_content", "thinking", "reasoning"]
    guard let reasoning = names.lazy.compactMap({ fields[$0] }).first(where: { !$0.isNull })
    else { return fields }
    var result: OrderedDictionary<String, JSON> = ["thinking": reasoning]
    for (name, value) in fields { result[name] = value }
    result["reasoning_content"] = reasoning
    return result
  }
}
