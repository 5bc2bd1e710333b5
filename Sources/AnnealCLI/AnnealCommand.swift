import AnnealFiles
import ArgumentParser

/// The command line's root.
@main
struct AnnealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anneal",
    abstract: "Fine-tunes local language models: from a file of examples to a better model in use.",
    discussion: """
      New here? `anneal quickstart` runs the whole job on a small model that comes along.
      With your own model and data: `anneal train --model DIR --data FILE --output DIR`.
      """,
    version: Version.text,
    subcommands: [
      Quickstart.self, Train.self, Evaluate.self, Compare.self, Votes.self, Score.self,
      Generate.self, Chat.self, Merge.self, Extract.self, Export.self, Initialize.self,
      DataCommand.self, TokenizerCommand.self, TemplateCommand.self, Pull.self, Push.self,
      Hosted.self, Bench.self, Doctor.self,
    ])

  static var _errorPrefix: String { "error: " }

  /// A mistyped verb is named, not the option behind it.
  private static func checkVerb(_ word: String?) throws {
    let verbs = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard let word, !word.hasPrefix("-"), !verbs.contains(word) else { return }
    let guess = nearest(to: word, among: verbs).map { " Did you mean \($0)?" } ?? ""
    throw ValidationError(
      "There is no verb '\(word)'.\(guess) Verbs: \(verbs.joined(separator: ", ")).")
  }

  /// Parses and runs, with the exit statuses of the command line's contract.
  static func main() async {
    do {
      try checkVerb(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      if var verb = command as? any AsyncParsableCommand {
        try await verb.run()
      } else {
        try command.run()
      }
    } catch let status as ExitStatus {
      exit(withError: ExitCode(status.rawValue))
    } catch {
      // The parser's own status for a wrong command line is 64; the contract says 2.
      let status = exitCode(for: error)
      guard status == .validationFailure else { exit(withError: error) }
      let text = fullMessage(for: error)
      let arguments = Array(CommandLine.arguments.dropFirst())
      Console.standardError((Misuse(arguments).explanation(of: text) ?? text) + "\n")
      exit(withError: ExitCode(ExitStatus.wrongUsage.rawValue))
    }
  }
}
