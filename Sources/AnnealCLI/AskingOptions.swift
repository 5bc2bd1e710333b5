import AnnealText
import ArgumentParser

/// What asking a server costs, and how much of it at once.
struct AskingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What a million tokens read and a million written cost there: IN,OUT.", valueName: "prices"))
  var price: TokenPrices?

  @Option(help: "Requests to a server that may be on their way at once.")
  var together = 4

  func validate() throws {
    guard (1...1000).contains(together) else {
      throw ValidationError("--together is \(together); expected 1 to 1000.")
    }
  }
}
