import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealText
import AnnealTorch
import ArgumentParser

/// A model that judges replies.
struct JudgeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model that judges the replies in pairs: a folder, or the address of a server.",
      valueName: "folder or address"))
  var judge: String?

  @Option(help: ArgumentHelp("The judge's name at its server.", valueName: "name"))
  var judgeName: String?

  @Option(
    help: ArgumentHelp(
      "The environment's variable with that server's key; OPENAI_API_KEY goes to OpenAI alone.",
      valueName: "variable"))
  var judgeKeyVariable: String?

  @Option(
    help: ArgumentHelp(
      "Names and questions by which the judge grades every reply too: a YAML or JSON file, or "
        + "'standard'.", valueName: "file"))
  var rubric: String?

  @Option(help: "How often the judge grades each reply; the median counts.")
  var judgeVotes = 1

  @Option(help: "The most rows that are judged, spread over the set.")
  var judgeRows = 100

  func validate() throws {
    guard judge != nil || (rubric == nil && judgeName == nil) else {
      throw ValidationError("--rubric and --judge-name need --judge.")
    }
    guard judgeVotes > 0, judgeVotes < 100, judgeRows > 0 else {
      throw ValidationError("--judge-votes takes 1 to 99, --judge-rows 1 or more.")
    }
    if let judge, ModelPlace(judge, name: judgeName) == nil {
      throw ValidationError("--judge-name is missing: the name of the model at \(judge).")
    }
  }

  private var place: ModelPlace? {
    judge.flatMap { ModelPlace($0, name: judgeName, keyVariable: judgeKeyVariable) }
  }

  /// Whether the judge is behind a server.
  var isRemote: Bool { if case .server = place { true } else { false } }

  private func readRubric() throws -> Rubric? {
    try rubric.map { $0 == "standard" ? .standard : try Rubric(contentsOf: $0) }
  }

  /// Finds mistakes before there is anything to judge.
  func check() throws {
    _ = try readRubric()
    try place?.check()
  }

  /// What the judge says; nil where there is none.
  func judge(
    _ comparison: Comparison, _ store: (any ReplyStore)?, _ console: Console
  ) async throws -> Judging? {
    guard let place else { return nil }
    let rubric = try readRubric()
    defer { console.endTransient() }
    let total = min(judgeRows, comparison.tuned.replies.count)
    let progress: @Sendable (Int) throws -> Void = { done in
      try Interruption.check()
      console.progress("judging: \(done) of \(total) rows")
    }
    return try await Judging(
      comparison, by: try place.chatModel(store: store), rubric: rubric, votes: judgeVotes,
      rows: judgeRows,
      progress: progress)
  }
}

/// A comparison by people.
struct BlindOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write a page on which people vote without knowing whose reply is whose; the key goes beside "
        + "it.", valueName: "file.html"))
  var blind: String?

  @Option(help: "The most rows of that page.")
  var blindRows = 50

  func validate() throws {
    guard blindRows > 0 else { throw ValidationError("--blind-rows takes 1 or more.") }
    if let blind, !blind.hasSuffix(".html") {
      throw ValidationError("--blind is \(blind); expected a name that ends in .html.")
    }
  }

  /// Where the key goes.
  var key: String? { blind.map { String($0.dropLast(5)) + ".key.json" } }

  /// Writes the page and its key.
  func write(_ comparison: Comparison, _ console: Console) throws {
    guard let blind else { return }
    let test = BlindTest(comparison, count: blindRows)
    guard !test.items.isEmpty, let key else {
      return console.note(
        "There is nothing to vote on: both models gave the same reply to every row, so no page.")
    }
    try AtomicFile.write(test.key.text(.pretty) + "\n", to: key)
    try AtomicFile.write(test.page, to: blind)
    console.note("Votes: open \(blind), save them there, then anneal votes votes.json --key \(key)")
  }
}
