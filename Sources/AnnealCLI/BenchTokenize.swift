import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal bench tokenize`.
struct BenchTokenize: Verb {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "How fast texts become ids, line by line, in megabytes (10^6 bytes) a second.")

  @OptionGroup var tokenizer: TokenizerOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Numbers of threads to measure with, 1 to 1024, with commas between.", valueName: "list"))
  var threads = "1"

  @Option(
    parsing: .unconditional,
    help: """
      How often everything is encoded. The fastest round is the speed that is told; the first one, \
      in which every word is new to the tokenizer, is told beside it.
      """)
  var rounds = 3

  @Argument(help: "Text files; - is standard input. Line ends are not counted as bytes.")
  var files: [String]

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds is \(rounds); expected 1 or more.") }
    let counts = threads.split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0.trimmingSpaces) ?? 0
    }
    guard !counts.isEmpty, counts.allSatisfy({ (1...1024).contains($0) }) else {
      throw ValidationError(
        "--threads is \(threads); expected whole numbers from 1 to 1024, such as 1,2,4.")
    }
    _ = try InputPath.resolved(files)
  }

  func perform(_ console: Console) async throws {
    let counts = threads.split(separator: ",").compactMap { Int($0.trimmingSpaces) }
    var rows: [JSON] = []
    var words: [String] = []
    for file in try InputPath.resolved(files) {
      let lines = try TextFile.bytes(file, telling: console)
        .split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        .map { String(decoding: $0, as: UTF8.self) }
      let bytes = lines.reduce(0) { $0 + $1.utf8.count }
      guard bytes > 0 else {
        throw AnnealError(
          .data, "the file is empty", at: .init(file: file),
          remedy: "Name a text file; a megabyte or more gives a steady figure.")
      }
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
          "\(file): \(speeds[0]) MB/s with \(count) \(count == 1 ? "thread" : "threads") (\(speeds[1]) with cold caches)"
        )
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
