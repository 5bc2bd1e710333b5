import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealTorch
import ArgumentParser

/// The first of two models, where it is not the base as it is.
struct OpponentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("An adapter of the base, to compare two adapters.", valueName: "folder"))
  var baseAdapter: String?

  @Option(
    help: ArgumentHelp("A system message for the base: good prompting, to beat.", valueName: "text")
  )
  var baseSystem: String?

  @Option(help: "Rows of --shots-from that the base is shown before each question.")
  var shots = 0

  @Option(
    help: ArgumentHelp("Where --shots come from, such as the training data.", valueName: "file"))
  var shotsFrom: String?

  func validate() throws {
    guard shots >= 0 else { throw ValidationError("--shots is \(shots); expected 0 or more.") }
    guard (shots > 0) == (shotsFrom != nil) else {
      throw ValidationError("--shots and --shots-from belong together.")
    }
  }

  /// What the base is told.
  func prompting() throws -> Prompting {
    guard let shotsFrom else { return Prompting(system: baseSystem) }
    let rows = try Dataset<Record>(files: [shotsFrom])
    return try Prompting(system: baseSystem, count: shots, of: rows.elements)
  }

  /// The same in words.
  var promptSummary: String {
    [
      baseSystem == nil ? nil : "a system message",
      shots > 0 ? Amount.count(shots, of: "example") : nil,
    ].compactMap { $0 }.joined(separator: " and ")
  }
}

/// The two models of a comparison; adapters of one base share its weights.
struct ComparedModels {
  private let base: LanguageModel
  private let tuned: LanguageModel?
  private let adapters: (base: String?, tuned: String?)

  init(
    _ options: ModelOptions, tuned: String?, baseAdapter: String?, _ console: Console
  ) throws {
    adapters = (baseAdapter, options.adapter)
    base = try options.load(console)
    self.tuned = try tuned.map { [base] in
      try LanguageModel.load(
        from: $0, on: base.network.device, as: base.network.dtype,
        template: options.handling.chatTemplate)
    }
  }

  /// The number format of the weights.
  var dtype: String { base.network.dtype.rawValue }

  /// Runs `body` on the first model.
  func asBase<Result>(_ body: (LanguageModel) throws -> Result) throws -> Result {
    try wearing(adapters.base, body)
  }

  /// Runs `body` on the second model.
  func asTuned<Result>(_ body: (LanguageModel) throws -> Result) throws -> Result {
    if let tuned { return try body(tuned) }
    return try wearing(adapters.tuned, body)
  }

  private func wearing<Result>(
    _ adapter: String?, _ body: (LanguageModel) throws -> Result
  ) throws -> Result {
    if let adapter { try base.attach(contentsOf: adapter) } else { base.detach() }
    defer { base.detach() }
    return try body(base)
  }
}
