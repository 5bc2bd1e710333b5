public import Anneal
import AnnealFiles
public import AnnealMerging
public import ArgumentParser

/// How several adapters become one.
struct MixOptions: ParsableArguments {
  /// What is written.
  enum Product: String, ExpressibleByArgument, CaseIterable {
    case model, adapter
  }

  @Option(
    help: ArgumentHelp(
      "How much each adapter counts, such as 0.7,0.3; 1 by default.", valueName: "numbers"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "How adapters are combined: cat (exactly, ranks add up), svd, linear, ties, dare_linear, "
        + "dare_ties, magnitude_prune; the last four also with _svd behind.", valueName: "name"))
  var method = "cat"

  @Option(
    help: ArgumentHelp(
      "The share of values that ties, dare_… and magnitude_prune keep.", valueName: "share"))
  var density: Double?

  @Option(
    help: ArgumentHelp(
      "How ties agrees on a sign: total (of the sum) or frequency (of the most).",
      valueName: "name"))
  var majoritySign: SignMajority = .total

  @Option(help: "The rank of the result, for svd and methods with _svd; the largest by default.")
  var rank: Int?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("What is written: a model, or an adapter.", valueName: "kind"))
  var product: Product = .model

  /// The first option that is not as it stands by default.
  var given: String? {
    let options: [(String, Bool)] = [
      ("--weights", weights != nil), ("--method", method != "cat"), ("--density", density != nil),
      ("--majority-sign", majoritySign != .total), ("--rank", rank != nil),
      ("--as", product != .model),
    ]
    return options.first(where: \.1)?.0
  }

  /// The mix of `adapters`.
  func mix(_ adapters: [String], seed: UInt64) throws -> AdapterMix {
    let numbers = try (weights ?? "").split(separator: ",", omittingEmptySubsequences: true).map {
      word in
      guard let number = Double(word.filter { $0 != " " }) else {
        throw AnnealError(
          .usage, "--weights holds '\(word)', which is not a number",
          remedy: "Give one number for each --adapter, such as 0.7,0.3.")
      }
      return number
    }
    return AdapterMix(
      adapters: adapters, weights: numbers, method: method, density: density,
      signs: majoritySign, rank: rank, seed: seed)
  }
}

/// What becomes of a base that was in codes while an adapter learned.
struct CodedBaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "For a base in codes: dequantized merges into the values that the codes stand for, full into "
        + "those before they were coded.", valueName: "kind"))
  var basePrecision: BasePrecision?

  @Option(
    help: ArgumentHelp(
      "The folder of the full values, for --base-precision full where --model holds codes.",
      valueName: "folder"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "A data file on whose first rows the divergence from a base in codes is measured.",
      valueName: "file"))
  var data: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write nothing (exit 4) when the divergence is larger, nats/token.", valueName: "number"))
  var maxDivergence: Double?

  /// The first option that is given.
  var given: String? {
    let options: [(String, Bool)] = [
      ("--base-precision", basePrecision != nil), ("--base", base != nil),
      ("--data", !data.isEmpty), ("--max-divergence", maxDivergence != nil),
    ]
    return options.first(where: \.1)?.0
  }
}

extension SignMajority: ExpressibleByArgument {}
extension BasePrecision: ExpressibleByArgument {}
