import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealDatasets

/// A model that gives one answer to all.
private struct OneAnswer: ChatModel {
  let name = "one"
  let text: String

  func reply(to conversation: Conversation, options: ReplyOptions) async throws -> Message {
    .assistant(text)
  }
}

@Suite struct TeachingKindTests {
  private let prompts: Prompts
  private let chunk = "Kilns are fired slowly.\nGlaze melts at 1200 degrees."

  init() throws { prompts = try Prompts(builtin: Checkout.path("Resources/prompts")) }

  private func job(
    _ kind: any GenerationKind.Type, _ rows: [JSON],
    _ change: (inout GenerationSettings) -> Void = { _ in }
  ) throws -> RowGeneration {
    var settings = GenerationSettings()
    change(&settings)
    let rows = rows.enumerated().map {
      Row(index: $0, file: "rows.jsonl", line: $0 + 1, fields: $1)
    }
    return try RowGeneration(kind, settings, from: rows, prompts: prompts)
  }

  private func made(_ job: RowGeneration, _ objects: [JSON]) async throws -> TeachingResult {
    let teacher = try Teacher(OneAnswer(text: JSON.array(objects).text()), prompts: prompts)
    return try await job.rows(by: teacher) { _ in }
  }

  private func turns(_ roles: [String]) -> JSON {
    .array(roles.map { ["role": .string($0), "content": "Words."] })
  }

  @Test func `conversations take turns and rest on the chunk`() async throws {
    let evidence: JSON = ["Kilns are fired slowly."]
    let good = turns(["user", "assistant", "user", "assistant"])
    let result = try await made(
      try job(Conversations.self, [["text": .string(chunk)]]) { $0.turns = 2 },
      [
        ["messages": good, "evidence": evidence],
        ["messages": turns(["assistant", "user"]), "evidence": evidence],
        ["messages": turns(["user", "assistant", "user"]), "evidence": evidence],
        ["messages": good, "evidence": ["Kilns are fired slowly.", "Kilns explode."]],
      ])
    #expect(result.rows.map { $0["messages"] } == [good])
    #expect(
      result.reasons.map(\.reason) == ["speakers do not take turns", "evidence not in the chunk"])
  }

  @Test func `summaries are shorter than what they sum up`() async throws {
    let result = try await made(
      try job(Summaries.self, [["text": .string(chunk)]]),
      [
        ["instruction": "Sum up.", "summary": "Slow fire.", "evidence": ["Glaze melts"]],
        ["instruction": "Sum up.", "summary": .string(chunk + chunk), "evidence": ["Glaze melts"]],
      ])
    #expect(result.rows.map { $0["output"] } == ["Slow fire."])
    #expect(result.rows.first?["input"]?.string == chunk)
    #expect(result.rejected.map(\.reason) == ["longer than the chunk"])
  }

  @Test func `of two answers one is better, and they differ`() async throws {
    let pair: JSON = [
      "prompt": "How hot?", "chosen": "1200 degrees.", "rejected": "200 degrees.",
      "flaw": "wrong", "evidence": "melts at 1200 degrees",
    ]
    let result = try await made(
      try job(PreferencePairs.self, [["text": .string(chunk)]]),
      [pair, pair.setting("rejected", to: "1200 DEGREES")])
    #expect(result.rows.count == 1 && result.rows[0]["rejected"] == "200 degrees.")
    #expect(result.rejected.map(\.reason) == ["both answers are the same"])
  }

  @Test func `classes take turns, and others are refused`() async throws {
    let labelled = try job(
      LabelledExamples.self, [["text": .string(chunk)], ["text": .string(chunk)]]
    ) {
      ($0.labels, $0.count) = (["a", "b", "c"], 2)
    }
    let asked = labelled.questions.map { $0.conversation.messages[1].text }
    #expect(asked[0].contains("in this order: a, b.") && asked[1].contains("in this order: c, a."))
    let result = try await made(
      labelled, [["text": "One.", "label": "A"], ["text": "Two.", "label": "d"]])
    #expect(result.rows.count == 1 && result.rows[0]["label"] == "a")
    #expect(
      result.reasons.map { "\($0.count) \($0.reason)" }
        == ["2 no class that was given", "1 too like an earlier one"])
    #expect(throws: AnnealError.self) { try job(LabelledExamples.self, []) { $0.labels = ["a"] } }
  }

  @Test func `new instructions are unlike the seeds and each other`() async throws {
    let seeds: [JSON] = (0..<9).map { number in
      [
        "instruction": .string("Write a poem about the number \(number) and its friends today"),
        "output": "x",
      ]
    }
    let wanted = try job(SelfInstructed.self, seeds) { $0.rounds = 4 }
    #expect(wanted.questions.count == 4)
    // Each round shows other seeds, and the same ones every time.
    let asked = wanted.questions.map(\.conversation)
    #expect(Set(asked).count == 4)
    #expect(
      try job(SelfInstructed.self, seeds) { $0.rounds = 4 }.questions.map(\.conversation) == asked)
    let result = try await made(
      wanted,
      [
        ["instruction": "Write a poem about the number 3 and its friends today.", "output": "y"],
        ["instruction": "List five uses of clay in old houses.", "output": "z"],
      ])
    #expect(result.rows.map { $0["instruction"] } == ["List five uses of clay in old houses."])
    #expect(result.reasons.map { "\($0.count) \($0.reason)" } == ["7 too like an earlier one"])
  }

  @Test func `instructions evolve in as many ways as are asked for`() async throws {
    let evolved = try job(
      EvolvedInstructions.self, [["question": "What is clay?", "answer": "Earth."]]
    ) { $0.count = 5 }
    let asked = evolved.questions.map { $0.conversation.messages[1].text }
    #expect(asked.count == 5 && Set(asked).count == 5)
    #expect(asked.allSatisfy { $0.contains("What is clay?") })
    let same = try await made(evolved, [["instruction": "What is clay?", "output": "Earth."]])
    #expect(same.rows.isEmpty && same.rejected.count == 5)
    let new = try await made(
      evolved, [["instruction": "Why does clay shrink in the kiln?", "output": "Water goes."]])
    #expect(new.rows.map { $0["operation"] } == ["constraint"])
  }

  @Test func `every kind makes rows of a format that is known`() async throws {
    let formats: [(any GenerationKind.Type, JSON, String)] = [
      (
        Conversations.self, ["messages": turns(["user", "assistant"]), "evidence": ["Kilns"]],
        OpenAIMessages.name
      ),
      (
        Summaries.self, ["instruction": "i", "summary": "s", "evidence": ["Kilns"]], Alpaca.name
      ),
      (
        PreferencePairs.self,
        ["prompt": "p", "chosen": "c", "rejected": "r", "flaw": "f", "evidence": "Kilns"],
        Preference.name
      ),
      (
        QuestionAnswerPairs.self, ["question": "q", "answer": "a", "evidence": "Kilns"],
        QuestionAnswer.name
      ),
      (LabelledExamples.self, ["text": "t", "label": "a"], Classification.name),
      (SelfInstructed.self, ["instruction": "new", "output": "o"], Alpaca.name),
      (EvolvedInstructions.self, ["instruction": "new", "output": "o"], Alpaca.name),
    ]
    #expect(Set(formats.map { $0.0.name }) == Set(GenerationKinds.all.map { $0.name }))
    let row: JSON = ["text": .string(chunk), "instruction": "old", "output": "x"]
    for (kind, object, format) in formats {
      let wanted = try job(kind, [row]) { ($0.labels, $0.rounds) = (["a", "b"], 1) }
      let result = try await made(wanted, [object])
      let fields = try #require(result.rows.first, "\(kind.name): \(result.rejected)")
      let found = try FormatRegistry.builtin.format(
        of: Row(index: 0, file: "f", line: 1, fields: fields))
      #expect(found.name == format, "\(kind.name)")
    }
  }
}

@Suite struct RewritingTests {
  private func rewritten(
    _ rows: [JSON], fields: [String] = [], _ answer: JSON
  ) async throws -> TeachingResult {
    let prompts = try Prompts(builtin: Checkout.path("Resources/prompts"))
    let folder = try TemporaryFolder()
    let file = try folder.write(rows.map { $0.text() + "\n" }.joined(), to: "rows.jsonl")
    let elements = try TeachingRows([RowSource(path: file)], bad: BadRows(.stop))
    let job = try Rewriting(
      elements, tasks: try RewriteTask.tasks(named: ["grammar", "tone"], tone: "formal"),
      fields: fields, prompts: prompts)
    #expect(job.questions.allSatisfy { $0.conversation.messages[1].text.contains("formal") })
    let teacher = try Teacher(OneAnswer(text: answer.text()), prompts: prompts)
    return try await job.rows(by: teacher) { _ in }
  }

  @Test func `the answer is mended, and what stood there is kept`() async throws {
    let result = try await rewritten(
      [["question": "teh q", "answer": "teh a", "n": 1]], ["answer": "the a"])
    #expect(
      result.rows == [
        [
          "question": "teh q", "answer": "the a", "n": 1, "before": ["answer": "teh a"],
          "rewritten_by": "one",
        ]
      ])
    let same = try await rewritten([["question": "q", "answer": "a"]], ["answer": "a"])
    #expect(same.rows == [["question": "q", "answer": "a"]])
  }

  @Test func `the assistant's turns are mended, or the fields that are named`() async throws {
    let talk: JSON = [
      "messages": [["role": "user", "content": "q"], ["role": "assistant", "content": "teh"]]
    ]
    let result = try await rewritten([talk], ["messages_1": "the"])
    #expect(result.rows.first?["messages"]?[1]?["content"] == "the")
    #expect(result.rows.first?["messages"]?[0]?["content"] == "q")
    #expect(result.rows.first?["before"]?["messages_1"] == "teh")
    let named = try await rewritten(
      [["question": "teh q", "answer": "a"]], fields: ["question"], ["question": "the q"])
    #expect(named.rows.first?["question"] == "the q")
    await #expect(throws: AnnealError.self) {
      _ = try await rewritten([["question": "q", "answer": "a"]], fields: ["nope"], [:])
    }
  }

  @Test func `a row whose answer lacks a text goes to the side file`() async throws {
    let result = try await rewritten([["question": "q", "answer": "a"]], ["other": "a"])
    #expect(result.rows.isEmpty && result.rejected.map(\.reason) == ["malformed"])
    #expect(result.rejected.first?.row["answer"] == "a")
  }
}
