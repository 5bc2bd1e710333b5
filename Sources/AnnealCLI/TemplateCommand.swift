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
    commandName: "render", abstract: "Applies a chat template to a conversation.")

  @Option(help: ArgumentHelp("A model's folder.", valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("A template file, or a built-in's name.", valueName: "file"))
  var template: String?

  @Option(help: ArgumentHelp("A JSON file with messages.", valueName: "file"))
  var messages: String

  @Option(help: ArgumentHelp("A JSON file with tools.", valueName: "file"))
  var tools: String?

  @Flag(help: "End with the beginning of the assistant's turn.")
  var addGenerationPrompt = false

  @Option(
    help: ArgumentHelp(
      "A variable of the template; may be given several times.", valueName: "name=json"))
  var set: [String] = []

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (model == nil) != (template == nil) else {
      throw ValidationError("Give either --model or --template.")
    }
  }

  func perform(_ console: Console) async throws {
    var conversation = try MessagesFile.conversation(messages)
    if let tools { conversation.tools = try JSON(contentsOf: tools) }
    let variables = try variables()
    guard let model else {
      let text = try ChatTemplate.named(template ?? "").render(
        conversation, addGenerationPrompt: addGenerationPrompt, variables: variables
      ).text
      return console.result(["text": .string(text)], text)
    }
    conversation.variables.merge(variables) { $1 }
    let encoder = try ConversationEncoder.load(modelFolder: model)
    let text = try encoder.template.render(
      conversation, addGenerationPrompt: addGenerationPrompt, variables: encoder.variables
    ).text
    let encoded = try encoder.encode(conversation, addGenerationPrompt: addGenerationPrompt)
    console.result(
      [
        "text": .string(text), "ids": .array(encoded.ids.map { .integer($0) }),
        "loss_mask": .array(encoded.lossMask.map { .integer($0 ? 1 : 0) }),
      ], text)
  }

  private func variables() throws -> [String: JSON] {
    var variables: [String: JSON] = [:]
    for setting in set {
      guard let sign = setting.firstIndex(of: "=") else {
        throw AnnealError(.usage, "'\(setting)' has no '='", remedy: "Write --set name=json.")
      }
      let value = setting[setting.index(after: sign)...]
      variables[String(setting[..<sign])] = try JSON(parsing: value, file: "--set \(setting)")
    }
    return variables
  }
}
