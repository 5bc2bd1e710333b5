import Anneal
import AnnealFiles
import ArgumentParser

/// `anneal votes`: what people said of a blind test.
struct Votes: Verb {
  static let configuration = CommandConfiguration(
    commandName: "votes",
    abstract: "Counts the votes of a blind test that `anneal compare --blind` wrote.")

  @Argument(help: ArgumentHelp("The files that the page saved.", valueName: "votes.json"))
  var files: [String]

  @Option(
    help: ArgumentHelp("The key that was written beside the page.", valueName: "key.json"))
  var key: String

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let votes = try BlindVotes(files, key: key)
    console.result(votes.json, votes.sentence)
  }
}
