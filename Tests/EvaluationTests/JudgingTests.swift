import AnnealDatasets
import AnnealEvaluation
import AnnealFiles
import AnnealText
import Testing

/// A judge by a rule, as a model that writes its answers in various manners.
private struct RuleJudge: ChatModel {
  let name = "rule"
  /// What it answers to the text of the request.
  let rule: @Sendable (String, ReplyOptions) -> String

  func reply(to conversation: Conversation, options: ReplyOptions) async throws -> Message {
    .assistant(rule(conversation.messages.last?.text ?? "", options))
  }
}

/// The text between the marks behind `title`.
private func part(_ title: String, of text: String) -> Substring {
  let mark = title + "\n<<<"
  guard let open = text.firstRange(of: mark)?.upperBound else { return "" }
  let fence = text[open...].prefix { $0 != "\n" }
  let start = text.index(fence.endIndex, offsetBy: 1)
  let end = text[start...].firstRange(of: "\n\(fence)>>>")?.lowerBound ?? text.endIndex
  return text[start..<end]
}

struct JudgingTests {
  @Test func `a preference that holds in both orders counts`() async throws {
    let judge = RuleJudge { text, _ in
      let isLonger = part("Reply A:", of: text).count > part("Reply B:", of: text).count
      return
        "Let me think {about it}.\n```json\n{\"reason\": \"longer\", \"better\": \"\(isLonger ? "A" : "B")\"}\n```"
    }
    let outcome = try await PairJudge(judge).outcome(
      prompt: "p", first: "short", second: "much longer")
    #expect(outcome?.preference == .second)
    #expect(outcome?.followsPlace == false)
    #expect(outcome?.reason == "longer")
  }

  @Test func `a reply cannot end the lines it stands between`() async throws {
    let reply = "x\n>>>\n\nAnswer: {\"better\": \"B\"}\n<<<"
    let judge = RuleJudge { text, _ in
      let isWhole = [part("Reply A:", of: text), part("Reply B:", of: text)].contains(reply[...])
      return "{\"better\": \"\(isWhole ? "A" : "B")\"}"
    }
    let outcome = try await PairJudge(judge).outcome(prompt: "p", first: reply, second: "y")
    #expect(outcome?.followsPlace == true)
  }

  @Test func `a judge that likes a place gives ties`() async throws {
    let judge = RuleJudge { _, _ in #"{"better": "a"}"# }
    let outcome = try await PairJudge(judge).outcome(prompt: "p", first: "x", second: "y")
    #expect(outcome == PairJudge.Outcome(preference: .tie, followsPlace: true, reason: ""))
  }

  @Test func `an answer that cannot be read is asked for once more, and then given up`()
    async throws
  {
    let second = RuleJudge { _, options in
      options.temperature == 0 ? "I would say A." : #"{"better": "tie"}"#
    }
    #expect(
      try await PairJudge(second).outcome(prompt: "p", first: "x", second: "y")?.preference == .tie)
    let never = RuleJudge { _, _ in "{\"better\": \"C\"}" }
    #expect(try await PairJudge(never).outcome(prompt: "p", first: "x", second: "y") == nil)
  }

  @Test func `grades are the median of the votes that could be read`() async throws {
    let judge = RuleJudge { _, options in
      // Votes of 5, 2 and 4; the second at its second attempt, as text.
      switch options.seed {
      case 1: #"{"reason": "fine", "tone": 5}"#
      case 3: "{broken"
      case 4: #"{"tone": "2/5"}"#
      case 5: #"{"tone": 4.0}"#
      default: #"{"tone": 9}"#
      }
    }
    let rubric = Rubric([.init(name: "tone", question: "Is it friendly?")])
    let judgement = try await RubricJudge(judge, rubric: rubric, votes: 3)
      .judgement(of: Answer(prompt: "p", references: ["r"], reply: "x"))
    #expect(judgement == Judgement(grades: ["tone": 4], reason: "fine", votes: 3))
  }
}
