import Anneal
import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealText
import Foundation
import Testing

/// A model's replies to `count` rows of which the first `right` are as wanted.
private func examination(right: Int, of count: Int) throws -> Examination {
  let replies = (0..<count).map { row in
    Examination.Reply(
      prompt: "question \(row)", reference: "answer \(row)",
      reply: row < right ? "answer \(row)" : "no idea")
  }
  return Examination(
    loss: nil, replies: replies,
    scores: [
      try MetricRegistry.builtin.replyMetric("exact_match").measured(
        replies.map { Answer(prompt: $0.prompt, references: [$0.reference], reply: $0.reply) })
    ])
}

struct ComparisonTests {
  @Test(arguments: [(40, Verdict.better), (10, .notDistinguishable), (0, .worse)])
  func `the verdict is what the whole interval says`(right: Int, verdict: Verdict) throws {
    let comparison = Comparison(
      base: try examination(right: 10, of: 60), tuned: try examination(right: right, of: 60))
    let decision = try #require(comparison.decision(by: "exact_match"))
    #expect(decision.verdict == verdict)
    #expect(decision.sentence.hasPrefix(verdict.rawValue + ": exact match"))
    #expect(comparison.page(by: "exact_match").contains(decision.sentence.prefix(40)))
  }

  @Test(arguments: [(1, 0, 1), (40, 3, 7), (5, 0, 5)])
  func `few rows, or few that changed, tell nothing`(rows: Int, before: Int, after: Int) throws {
    let comparison = Comparison(
      base: try examination(right: before, of: rows), tuned: try examination(right: after, of: rows)
    )
    let decision = try #require(comparison.decision(by: "exact_match"))
    #expect(decision.difference.low > 0 && decision.verdict == .notDistinguishable)
    #expect(decision.mcNemar?.pValue == decision.pValue)
    let loss = { (sum: Double) in
      var loss = LossMetrics(loss: sum, tokenAccuracy: 0, tokens: 1, rows: 1)
      loss.byRow = [.init(sum: sum, tokens: 1)]
      return Examination(loss: loss, replies: [], scores: [])
    }
    let one = Comparison(base: loss(5), tuned: loss(1))
    #expect(one.decision(by: "loss")?.verdict == .notDistinguishable)
  }

  @Test func `rows that one model could not be measured on do not count for either`() throws {
    func supported(_ replies: [String]) throws -> Examination {
      let replies = replies.map {
        Examination.Reply(prompt: "Paris is large.", reference: "", reply: $0)
      }
      return Examination(
        loss: nil, replies: replies,
        scores: [
          try MetricRegistry.builtin.replyMetric("unsupported_claims").measured(
            replies.map { Answer(prompt: $0.prompt, references: [], reply: $0.reply) })
        ])
    }
    // The second model says nothing where the first one is wrong: it is no better for that.
    let wrong = [String](repeating: "It is Rome and London.", count: 9)
    let silent = [String](repeating: "", count: 9)
    let right = [String](repeating: "Paris is large.", count: 9)
    let comparison = Comparison(
      base: try supported(right + wrong), tuned: try supported(right + silent))
    let decision = try #require(comparison.decision(by: "unsupported_claims"))
    #expect(decision.verdict == .notDistinguishable && decision.leftOut == 9)
    #expect(decision.base == 0 && decision.tuned == 0)
    #expect(comparison.changes("unsupported_claims").losses.isEmpty)
  }

  @Test func `samples are spread over all rows`() throws {
    let comparison = Comparison(
      base: try examination(right: 0, of: 199), tuned: try examination(right: 0, of: 199))
    let shown = comparison.samples(100).map(\.tuned.prompt)
    #expect(shown.count == 100 && Set(shown).count == 100)
    #expect(shown.first == "question 0" && shown.last == "question 197")
    #expect(comparison.samples(0).isEmpty && comparison.samples(1000).count == 199)
  }

  @Test func `fewer is better where a metric says so`() throws {
    func refusing(_ share: Int) throws -> Examination {
      let replies = (0..<50).map { row in
        Examination.Reply(
          prompt: "p", reference: "", reply: row < share ? "I cannot do that." : "Here it is.")
      }
      return Examination(
        loss: nil, replies: replies,
        scores: [
          try MetricRegistry.builtin.replyMetric("refusal_rate").measured(
            replies.map { Answer(references: [], reply: $0.reply) })
        ])
    }
    let comparison = Comparison(base: try refusing(40), tuned: try refusing(5))
    #expect(comparison.decision(by: "refusal_rate")?.verdict == .better)
  }

  @Test func `McNemar's test is the exact binomial one`() {
    // scipy.stats.binomtest(2, 12).pvalue, (0, 5), (30, 70), (500, 600).
    let known = [(10, 2, 0.03857421875), (5, 0, 0.0625), (70, 30, 7.85e-5), (600, 500, 0.00283)]
    for (wins, losses, value) in known {
      let found = McNemar(wins: wins, losses: losses).pValue
      #expect(abs(found - value) < max(1e-9, value * 5e-3), "\(wins) \(losses): \(found)")
    }
    #expect(McNemar(wins: 4, losses: 4).pValue == 1)
    #expect(McNemar(wins: 0, losses: 0).pValue == 1)
  }

  @Test func `wins and losses are rows that changed, the base's words beside the tuned model's`()
    throws
  {
    let comparison = Comparison(
      base: try examination(right: 3, of: 10), tuned: try examination(right: 5, of: 10))
    let (wins, losses) = comparison.changes("exact_match")
    #expect(wins.map(\.tuned.prompt) == ["question 3", "question 4"])
    #expect(losses.isEmpty)
  }

  @Test func `a blind test's votes are counted by its key and by no other`() throws {
    let comparison = Comparison(
      base: try examination(right: 0, of: 12), tuned: try examination(right: 12, of: 12))
    let test = BlindTest(comparison, count: 10)
    #expect(test.items.count == 10)
    let folder = FileManager.default.temporaryDirectory.path + "/blind-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func write(_ json: JSON, _ name: String) throws -> String {
      try Data(json.text().utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      return "\(folder)/\(name)"
    }
    let key = try write(test.key, "key.json")
    // Everybody likes the tuned model's reply, wherever it stands, but for one tie.
    var votes = test.items.map { JSON.string($0.firstIsLeft ? "right" : "left") }
    votes[0] = "tie"
    let identity = try #require(test.key["test"])
    let cast = try write(["test": identity, "votes": .array(votes)], "votes.json")
    let counted = try BlindVotes([cast], key: key)
    #expect((counted.tuned, counted.base, counted.ties) == (9, 0, 1))
    #expect(counted.verdict == .better)
    // Nobody votes twice, and three people on ten requests are no thirty requests.
    #expect(throws: AnnealError.self) { try BlindVotes([cast, cast], key: key) }
    let people = try (0..<3).map {
      try write(
        ["test": identity, "voter": .string("v\($0)"), "votes": .array(Array(votes.prefix(5)))],
        "v\($0).json")
    }
    let many = try BlindVotes(people, key: key)
    #expect((many.tuned, many.voters, many.test.wins) == (12, 3, 4))
    #expect(many.verdict == .notDistinguishable)
    let other = try write(BlindTest(comparison, count: 3).key, "other.json")
    #expect(throws: AnnealError.self) { try BlindVotes([cast], key: other) }
    // The page gives nothing of the key away.
    #expect(!test.page.contains("tuned"))
  }

  @Test func `a prompt goes before the row, and its answers bear no loss`() throws {
    let shot = Conversation([.system("s"), .user("2 + 2"), .assistant("4")])
    let prompting = Prompting(system: "Be brief.", shots: [shot])
    let row = Record.conversation(Conversation([.system("old"), .user("3 + 3"), .assistant("6")]))
    guard case .conversation(let told) = try prompting.applied(to: row) else {
      Issue.record("no conversation")
      return
    }
    #expect(told.messages.map(\.role) == ["system", "user", "assistant", "user", "assistant"])
    #expect(told.messages.map(\.text) == ["Be brief.", "2 + 2", "4", "3 + 3", "6"])
    #expect(told.messages.map(\.weight) == [nil, nil, 0, nil, nil])
    #expect(throws: AnnealError.self) { try prompting.applied(to: .text("x")) }
  }

  @Test
  func `a rubric is a file of names and questions, and anything else is an error with its line`()
    throws
  {
    let path = FileManager.default.temporaryDirectory.path + "/rubric-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func rubric(_ text: String) throws -> Rubric {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return try Rubric(contentsOf: path)
    }
    #expect(
      try rubric("tone: Is it kind?\ntruth: \"Is it true?\"\n").criteria.map(\.name)
        == ["tone", "truth"])
    for wrong in ["- a", "", "tone:", "tone: [1, 2]"] {
      #expect(throws: AnnealError.self) { try rubric(wrong) }
    }
    #expect { try rubric("tone: Kind?\ntruth:\n") } throws: { "\($0)".contains(":2:truth") }
  }
}
