import Anneal
import AnnealFiles
import ArgumentParser
import Foundation

/// `anneal score`: the log-probability of every token.
struct Score: Verb {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "The log-probability of every token of a text.")

  @OptionGroup var model: ModelOptions

  @Option(help: "The text.")
  var text: String?

  @Option(help: "Token ids with commas between: 1,2,3.")
  var ids: String?

  @Option(help: "A file with the text.")
  var file: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard [text, ids, file].compactMap({ $0 }).count == 1 else {
      throw ValidationError("Give one of --text, --ids and --file.")
    }
  }

  func perform(_ console: Console) async throws {
    let model = try model.load(console)
    let ids = try tokens(model)
    guard ids.count > 1 else {
      throw AnnealError(.data, "there is nothing to score: a text needs two tokens at least")
    }
    let logprobs = try model.logProbabilities(of: ids)
    let mean = -logprobs.reduce(0, +) / Double(logprobs.count)
    let json: JSON = [
      "ids": .array(ids.map { .integer($0) }),
      // The first token follows nothing, so it has no probability.
      "logprobs": .array([.null] + logprobs.map { .number($0) }), "mean_nll": .number(mean),
    ]
    console.result(json, lines(ids, logprobs, mean, model))
  }

  private func tokens(_ model: LanguageModel) throws -> [Int] {
    if let ids {
      return try ids.split(separator: ",").map { word in
        let rows = model.network.configuration.vocabularySize
        guard let id = Int(word.filter { $0 != " " }), (0..<rows).contains(id) else {
          throw AnnealError(.usage, "'\(word)' is not a token id; expected 0 to \(rows - 1)")
        }
        return id
      }
    }
    return model.tokenizer.encode(try text ?? TextFile.read(file ?? ""), addSpecialTokens: true)
  }

  private func lines(
    _ ids: [Int], _ logprobs: [Double], _ mean: Double, _ model: LanguageModel
  ) -> String {
    let rows = zip(ids.dropFirst(), logprobs).map { id, logprob in
      String(format: "%10.4f  %7d  ", logprob, id) + model.tokenizer.decode([id]).debugDescription
    }
    let summary = String(format: "mean %.4f nats/token, perplexity %.2f", mean, exp(mean))
    return (["   logprob       id  token"] + rows + [summary]).joined(separator: "\n")
  }
}
