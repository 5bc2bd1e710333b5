import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal bench tokenize`.
struct BenchTokenize: Verb {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "How fast texts become ids, line by line, in megabytes (10^6 bytes) a second.")

  @OptionGroup var tokenizer: TokenizerOptions

  @Option(help: ArgumentHelp("Numbers of threads, with commas between.", valueName: "list"))
  var threads = "1"

  @Option(help: "Rounds; the fastest counts. In one of them every word is new.")
  var rounds = 3

  @Argument(help: "Text files.")
  var files: [String]

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds is \(rounds); expected 1 or more.") }
    let counts = threads.split(separator: ",").map { Int($0) ?? 0 }
    guard !counts.isEmpty, counts.allSatisfy({ (1...1024).contains($0) }) else {
      throw ValidationError("--threads is \(threads); expected whole numbers such as 1,2,4.")
    }
  }

  func perform(_ console: Console) async throws {
    let counts = threads.split(separator: ",").compactMap { Int($0) }
    var rows: [JSON] = []
    var words: [String] = []
    for file in files {
      let lines = try TextFile.read(file).split(separator: "\n").map(String.init)
      let bytes = lines.reduce(0) { $0 + $1.utf8.count }
      for count in counts {
        // A tokenizer of its own, so that the first round meets an empty cache of words.
        let tokenizer = try tokenizer.load()
        var best = (seconds: Double.infinity, tokens: 0)
        var first = 0.0
        for round in 0..<rounds {
          let clock = ContinuousClock()
          let start = clock.now
          let tokens = await Self.tokens(of: lines, tokenizer, threads: count)
          let seconds = (clock.now - start) / .seconds(1)
          if round == 0 { first = seconds }
          if seconds < best.seconds { best = (seconds, tokens) }
        }
        let rate = { Double(bytes) / 1e6 / max($0, 1e-9) }
        rows.append([
          "file": .string(file), "threads": .integer(count), "bytes": .integer(bytes),
          "tokens": .integer(best.tokens), "seconds": .number(best.seconds),
          "megabytes_per_second": .number(rate(best.seconds)),
          "first_round_megabytes_per_second": .number(rate(first)),
          "tokens_per_second": .number(Double(best.tokens) / max(best.seconds, 1e-9)),
        ])
        let speeds = [best.seconds, first].map { (rate($0) * 10).rounded() / 10 }
        words.append(
          "\(file): \(speeds[0]) MB/s with \(count) threads (\(speeds[1]) with cold caches)")
      }
    }
    console.result(["runs": .array(rows)], words.joined(separator: "\n"))
  }

  /// Encodes every line and gives the number of ids; each thread takes neighbouring lines.
  private static func tokens(
    of lines: [String], _ tokenizer: Tokenizer, threads: Int
  ) async -> Int {
    await withTaskGroup(of: Int.self) { group in
      for part in 0..<threads {
        let range = lines.count * part / threads..<lines.count * (part + 1) / threads
        group.addTask {
          lines[range].reduce(0) { $0 + tokenizer.encode($1, addSpecialTokens: false).count }
        }
      }
      return await group.reduce(0, +)
    }
  }
}
