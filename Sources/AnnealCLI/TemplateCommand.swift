import Anneal
import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal template`: chat templates.
struct TemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Chat templates.", subcommands: [TemplateRender.self])
}

/// `anneal template render`.
struct TemplateRender: Verb {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Applies a chat template to a conversation.",
    discussion: """
      The text is printed with one line end more than it has; --json gives it exactly. With --model \
      and --template, the template is used with the model's own special tokens.
      """)

  @Option(help: ArgumentHelp("A model's folder.", valueName: "folder"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A template file, or a built-in's name: chatml, llama2, llama3, qwen2.", valueName: "file"))
  var template: String?

  @Option(help: ArgumentHelp("A JSON file with messages; - is standard input.", valueName: "file"))
  var messages: String

  @Option(help: ArgumentHelp("A JSON file with a list of tools.", valueName: "file"))
  var tools: String?

  @Flag(help: "End with the beginning of the assistant's turn.")
  var addGenerationPrompt = false

  @Option(
    help: ArgumentHelp(
      "A variable of the template; may be given several times.", valueName: "name=json"))
  var set: [String] = []

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard model != nil || template != nil else {
      throw ValidationError("Give --model, or --template, or both.")
    }
    _ = try InputPath.resolved([messages, tools ?? "", template ?? ""])
  }

  func perform(_ console: Console) async throws {
    let variables = try variables()
    var conversation = try MessagesFile.conversation(messages, telling: console)
    if let tools { conversation.tools = try MessagesFile.tools(tools, telling: console) }
    let template = try template.map { try TemplateChoice.named($0, console) }
    guard let model else {
      guard let template else { return }
      TemplateChoice.tellUnset(in: template, variables, console)
      let text = try template.render(
        conversation, addGenerationPrompt: addGenerationPrompt, variables: variables
      ).text
      return console.result(["text": .string(text)], text)
    }
    conversation.variables.merge(variables) { $1 }
    let encoder = try TemplateChoice.encoder(model, template, console)
    let chosen =
      conversation.tools == nil ? encoder.template : encoder.toolTemplate ?? encoder.template
    let text = try chosen.render(
      conversation, addGenerationPrompt: addGenerationPrompt, variables: encoder.variables
    ).text
    let encoded = try encoded(conversation, encoder, console)
    console.result(
      [
        "text": .string(text), "ids": .array(encoded.ids.map { .integer($0) }),
        "loss_mask": .array(encoded.lossMask.map { .integer($0 ? 1 : 0) }),
      ], text)
  }

  /// The ids of the text, and what of it is learned: nothing where the template writes turns differently
  /// once others follow.
  private func encoded(
    _ conversation: Conversation, _ encoder: ConversationEncoder, _ console: Console
  ) throws -> EncodedConversation {
    guard !addGenerationPrompt else {
      return try encoder.encode(conversation, addGenerationPrompt: true)
    }
    let examples = try encoder.examples(of: conversation, training: .assistant)
    if !examples.isTurnByTurn, let whole = examples.examples.first { return whole }
    console.note(
      """
      note: the template writes earlier turns differently once others follow; training learns such a \
      conversation turn by turn, in \(examples.examples.count) examples, and this text is none of them
      """)
    return try encoder.encode(conversation, training: .roles([]))
  }

  /// The names that the rendering itself gives values to, and what gives them.
  private static let given = [
    "messages": "--messages", "tools": "--tools",
    "add_generation_prompt": "--add-generation-prompt",
  ]

  private func variables() throws -> [String: JSON] {
    var variables: [String: JSON] = [:]
    for setting in set {
      guard let sign = setting.firstIndex(of: "=") else {
        throw AnnealError(.usage, "--set \(setting) has no '='", remedy: "Write --set name=json.")
      }
      let name = String(setting[..<sign])
      guard Self.isName(name) else {
        throw AnnealError(
          .usage, "--set \(setting): '\(name)' is no name",
          remedy: "A name is of letters, digits and _, and begins with no digit.")
      }
      if let option = Self.given[name] {
        throw AnnealError(
          .usage, "--set \(setting): '\(name)' is set by the rendering itself",
          remedy: "Give it with \(option).")
      }
      variables[name] = try value(of: name, String(setting[setting.index(after: sign)...]))
    }
    return variables
  }

  private func value(of name: String, _ text: String) throws -> JSON {
    do {
      return try JSON(parsing: text, file: "--set \(name)")
    } catch let error as AnnealError {
      throw AnnealError(
        .usage, "--set \(name)=\(text): the value is \(error.message)",
        remedy: "For a text, write --set '\(name)=\(JSON.string(text).text())'.")
    }
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return !(Unicode.Scalar("0")...Unicode.Scalar("9")).contains(first)
      && text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || $0.isDigit }
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
