import ArgumentParser

/// `anneal bench`: how fast the machine does a part of the work.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures speed against this machine's own limits.",
    subcommands: [BenchTrain.self, BenchGenerate.self, BenchTokenize.self])
}
