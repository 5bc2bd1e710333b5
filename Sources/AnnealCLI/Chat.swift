import Anneal
import AnnealFiles
import AnnealText
import ArgumentParser
import Foundation

/// `anneal chat`: a conversation in the terminal.
struct Chat: Verb {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "A conversation in the terminal.",
    discussion: "/reset begins anew, /exit or Ctrl-D ends; Ctrl-C stops a reply.")

  @OptionGroup var model: ModelOptions

  @Option(help: "What the model is told before the conversation.")
  var system: String?

  @OptionGroup var sampling: SamplingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !output.json else {
      throw ValidationError(
        "A chat has no JSON; `anneal generate --messages FILE --json` answers one conversation.")
    }
  }

  func perform(_ console: Console) async throws {
    let model = try model.load(console)
    if let note = model.templateNote { console.note("note: \(note)") }
    let opening = system.map { [Message.system($0)] } ?? []
    var messages = opening
    console.note("Chatting with \(model.folder). /reset begins anew, /exit ends.")
    while let line = ask() {
      switch line.trimmingCharacters(in: .whitespaces) {
      case "": continue
      case "/exit", "/quit": return
      case "/reset": messages = opening
      default:
        messages.append(.user(line))
        do {
          messages.append(.assistant(try reply(to: messages, model)))
        } catch let error as AnnealError where error.code == .data {
          // A conversation that has become too long is not the end of the chat.
          messages.removeLast()
          console.failure("\(error)")
        }
      }
    }
  }

  private func ask() -> String? {
    Console.standardOutput(Console.hasColors ? "\u{1B}[1;34m›\u{1B}[0m " : "> ")
    return readLine()
  }

  private func reply(to messages: [Message], _ model: LanguageModel) throws -> String {
    Interruption.listen()
    defer { Interruption.ignore() }
    let reply = try model.reply(
      to: Conversation(messages), sampling: sampling.settings,
      maxNewTokens: sampling.maxNewTokens
    ) { piece in
      Console.stream(piece)
      return !Interruption.isRequested
    }
    Console.standardOutput("\n")
    // Ctrl-C ends a reply; SIGTERM ends the chat.
    if Interruption.wasTerminated { try Interruption.check() }
    return reply.text
  }
}
