public import AnnealDatasets
public import AnnealEvaluation
public import AnnealFiles
public import AnnealText

/// What a judging model says of two models' replies to the same rows.
public struct Judging: Sendable {
  /// The judge.
  public let judge: String
  /// Pairs of which the second model's reply is preferred in both orders.
  public private(set) var wins = 0
  /// Pairs of which the first model's is.
  public private(set) var losses = 0
  /// Pairs of which neither is.
  public private(set) var ties = 0
  /// Pairs whose judgement followed the place in which a reply stood.
  public private(set) var placeFollowed = 0
  /// Judgements that could not be read.
  public private(set) var unread = 0
  /// Mean grades of both models by criterion, with the interval of the difference.
  public private(set) var grades: [Grade] = []

  /// The grades by one criterion, 1 to 5.
  public struct Grade: Sendable, Hashable {
    /// The criterion's name.
    public var criterion: String
    /// The first model's mean.
    public var base: Double
    /// The second model's mean.
    public var tuned: Double
    /// The difference tuned − base.
    public var difference: Interval
  }

  /// Judges the replies of `comparison`.
  ///
  /// - Parameters:
  ///   - rubric: what replies are graded by too; nil for pairs alone.
  ///   - rows: at most so many rows, spread over the set.
  ///   - together: how many requests may be on their way at once.
  public init(
    _ comparison: Comparison, by judge: some ChatModel, rubric: Rubric? = nil, votes: Int = 1,
    rows: Int = 100, together: Int = 4, progress: @Sendable (Int) throws -> Void = { _ in }
  ) async throws {
    self.judge = judge.name
    let pairs = comparison.samples(rows).map { Pair(base: $0.base, tuned: $0.tuned) }
    let pairJudge = PairJudge(judge)
    let rubricJudge = rubric.map { RubricJudge(judge, rubric: $0, votes: votes) }
    let failed = FailedRequests()
    let verdicts = try await Concurrently.map(pairs, together: together, progress: progress) {
      pair in try await failed.attempt { try await Verdict(pair, pairJudge, rubricJudge) }
    }
    for verdict in verdicts { count(verdict?.outcome) }
    guard unread < verdicts.count || verdicts.isEmpty else {
      throw AnnealError(
        .data, "none of \(judge.name)'s judgements of \(verdicts.count) rows could be read",
        remedy: "A judge must answer with a JSON object as asked for: take a stronger model.")
    }
    let given = verdicts.compactMap { $0 }
    grades = (rubric?.criteria ?? []).compactMap { Self.grade($0.name, given) }
  }

  private struct Pair: Sendable {
    var base: Examination.Reply
    var tuned: Examination.Reply
  }

  /// What was said of one pair.
  private struct Verdict: Sendable {
    var outcome: PairJudge.Outcome?
    var base: Judgement?
    var tuned: Judgement?

    init(_ pair: Pair, _ pairJudge: PairJudge, _ rubricJudge: RubricJudge?) async throws {
      outcome =
        pair.base.reply == pair.tuned.reply
        ? PairJudge.Outcome(preference: .tie, followsPlace: false, reason: "the same reply")
        : try await pairJudge.outcome(
          prompt: pair.tuned.prompt, first: pair.base.reply, second: pair.tuned.reply,
          reference: pair.tuned.reference)
      guard let rubricJudge else { return }
      base = try await rubricJudge.judgement(of: pair.base.answer)
      tuned = try await rubricJudge.judgement(of: pair.tuned.answer)
    }
  }

  private mutating func count(_ outcome: PairJudge.Outcome?) {
    guard let outcome else {
      unread += 1
      return
    }
    switch outcome.preference {
    case .first: losses += 1
    case .second: wins += 1
    case .tie: ties += 1
    }
    if outcome.followsPlace { placeFollowed += 1 }
  }

  private static func grade(_ criterion: String, _ verdicts: [Verdict]) -> Grade? {
    let pairs = verdicts.compactMap { verdict -> (base: Double, tuned: Double)? in
      guard let base = verdict.base?.grades[criterion], let tuned = verdict.tuned?.grades[criterion]
      else { return nil }
      return (base, tuned)
    }
    guard !pairs.isEmpty else { return nil }
    let count = Double(pairs.count)
    return Grade(
      criterion: criterion, base: pairs.reduce(0) { $0 + $1.base } / count,
      tuned: pairs.reduce(0) { $0 + $1.tuned } / count,
      difference: Interval(bootstrapping: pairs.map { $0.tuned - $0.base }))
  }

  /// The sign test of the pairs that are no ties.
  public var test: McNemar { McNemar(wins: wins, losses: losses) }

  /// What the judge says, as the command line reports it.
  public var json: JSON {
    [
      "judge": .string(judge), "wins": .integer(wins), "losses": .integer(losses),
      "ties": .integer(ties), "p_value": .number(test.pValue),
      "followed_place": .integer(placeFollowed), "unread": .integer(unread),
      "grades": JSON(
        members: grades.map {
          (
            $0.criterion,
            [
              "base": .number($0.base), "tuned": .number($0.tuned),
              "difference": .number($0.difference.mean), "interval": $0.difference.json,
            ]
          )
        }),
    ]
  }

  /// What the judge says, in lines for people.
  public var lines: [String] {
    let bias = placeFollowed > 0 ? "; \(placeFollowed) judgements followed the place" : ""
    let lost = unread > 0 ? "; \(unread) could not be read" : ""
    return [
      "the judge \(judge) prefers the tuned model's reply \(Amount.count(wins, of: "time")), the base's "
        + "\(losses), neither \(ties) (sign test, p = \(test.pValue.fixed(4))\(bias)\(lost))"
    ]
      + grades.map {
        "\($0.criterion): \($0.tuned.fixed(2)) of 5 against \($0.base.fixed(2)), a change of "
          + "\($0.difference.mean.signed(2)) [\($0.difference.low.signed(2)), "
          + "\($0.difference.high.signed(2))]"
      }
  }
}
