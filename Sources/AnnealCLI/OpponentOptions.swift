import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealRemote
import AnnealText
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

  @Option(
    help: ArgumentHelp(
      "A server of OpenAI's API whose model takes the base's place, such as https://…/v1.",
      valueName: "address"))
  var baseUrl: String?

  @Option(help: ArgumentHelp("That model's name there.", valueName: "name"))
  var baseName: String?

  @Option(
    help: ArgumentHelp(
      "The environment's variable with that server's key; OPENAI_API_KEY goes to OpenAI alone.",
      valueName: "variable"))
  var baseKeyVariable: String?

  @OptionGroup var asking: AskingOptions

  func validate() throws {
    guard shots >= 0 else { throw ValidationError("--shots is \(shots); expected 0 or more.") }
    guard (shots > 0) == (shotsFrom != nil) else {
      throw ValidationError("--shots and --shots-from belong together.")
    }
    guard (baseUrl == nil) == (baseName == nil) else {
      throw ValidationError("--base-url and --base-name belong together.")
    }
    guard baseUrl == nil || baseAdapter == nil else {
      throw ValidationError("Give either --base-url or --base-adapter.")
    }
    guard asking.price == nil || baseUrl != nil else {
      throw ValidationError("--price is that of the model at --base-url.")
    }
  }

  /// Whether the base is hosted elsewhere.
  var isRemote: Bool { baseUrl != nil }
  /// What it is called in a report.
  var hostedName: String? { baseUrl.flatMap { url in baseName.map { "\($0) at \(url)" } } }

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

  /// What the hosted model replies.
  func examine(
    _ measure: MeasureOptions, _ prompting: Prompting, _ store: (any ReplyStore)?,
    _ console: Console
  ) async throws -> Examination {
    let all = try Dataset<RecordWithFields>(sources: measure.source.sources(measure.data))
    let rows = measure.limit.map { all.limited(to: $0) } ?? all
    let records = try rows.map { try prompting.applied(to: $0.record) }
    let facts = rows.elements.map { RowFacts($0.record, fields: $0.fields) }
    let place = ModelPlace.server(
      baseUrl ?? "", model: baseName ?? "", keyVariable: baseKeyVariable)
    let hosted = try place.chatModel(limit: RateLimit(concurrent: asking.together), store: store)
    defer { console.endTransient() }
    let metrics = try measure.metricNames.map { try MetricRegistry.builtin.replyMetric($0) }
    return try await Examination(
      asking: hosted, records.elements, facts: facts, metrics: metrics,
      maxNewTokens: measure.maxNewTokens, together: asking.together, prices: asking.price
    ) { done in
      try Interruption.check()
      console.progress("base: \(done) of \(rows.count) replies")
    }
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
