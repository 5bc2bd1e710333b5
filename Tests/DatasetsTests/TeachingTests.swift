import AnnealFiles
import AnnealText
import Synchronization
import TestSupport
import Testing

@testable import AnnealDatasets

/// A model that says what it is told to, and remembers what it was asked.
private final class ScriptedModel: ChatModel {
  let name = "scripted"
  private let asked = Mutex<[Conversation]>([])
  private let script: @Sendable (Conversation, ReplyOptions) throws -> String

  init(_ script: @escaping @Sendable (Conversation, ReplyOptions) throws -> String) {
    self.script = script
  }

  var conversations: [Conversation] { asked.withLock { $0 } }

  func reply(to conversation: Conversation, options: ReplyOptions) async throws -> Message {
    asked.withLock { $0.append(conversation) }
    return .assistant(try script(conversation, options))
  }
}

@Suite struct StructuredReplyTests {
  private static let two: [JSON] = [["a": 1], ["a": 2]]

  @Test(arguments: [
    #"[{"a": 1}, {"a": 2}]"#,
    "Sure [1]!\n```json\n[{\"a\": 1},\n {\"a\": 2},\n]\n```\nMore {later}.",
    #"{"rows": [{"a": 1}, {"a": 2}]}"#,
    "{\"a\": 1}\n{\"a\": 2}",
    #"1. {"a": 1,} 2. {"a": 2,}"#,
    #"[{"a": 1}, {"a": 2}, {"a": "cut o"#,
    #"Not [{"a": 9}] but [{"a": 1}, {"a": 2}]"#,
  ])
  func `a list of objects is found in what models write`(text: String) {
    #expect(StructuredReply.objects(in: text) == Self.two, "\(StructuredReply.values(in: text))")
  }

  @Test(arguments: [
    ("{\"a\": \"one\ntwo\tthree\"}", "one\ntwo\tthree"), (#"[{"a": "}{,]"}]"#, "}{,]"),
    (#"{"a": "say \"{\" now",}"#, #"say "{" now"#), ("{{\"a\": \"b\"}}", "b"),
  ])
  func `strings keep what is in them`(text: String, value: String) {
    #expect(StructuredReply.object(in: text)?["a"]?.string == value)
  }

  @Test(arguments: ["", "no", "[1, 2]", "{", "]}", "{\"a\": nope}"])
  func `where there is no object, there is none`(text: String) {
    #expect(StructuredReply.objects(in: text).isEmpty)
  }

  @Test func `brackets that nothing closes take no time`() {
    #expect(StructuredReply.values(in: String(repeating: "{[", count: 100_000)).isEmpty)
  }
}

@Suite struct PromptTests {
  private let description = PromptDescription(
    name: "p", use: "", placeholders: [("text", ""), ("count", "")])

  @Test func `a prompt has a system's part and a user's, and remarks before them`() throws {
    let prompt = try Prompt(
      source:
        "{{ a remark }}\n[system]\nBe strict.\n\n[user]\n{% for i in range(count) %}{{ text }}{% endfor %}\n",
      path: "p.txt", description)
    let conversation = try prompt.conversation(["text": "ab", "count": 2])
    #expect(conversation == Conversation(system: "Be strict.", user: "abab"))
  }

  @Test(arguments: [
    ("[user]\n\n{{ texd }}", "p.txt:3:4: there is no placeholder 'texd'; did you mean 'text'?"),
    ("[user]\n{% if false %}{{ other }}{% endif %}", "'other'"),
    ("[system]\n{% set x = y %}\n[user]\n{{ text }}", "p.txt:2:12: there is no placeholder 'y'"),
    ("[user]\n{{ text", "p.txt:2"), ("text", "no part [user]"),
  ])
  func `what is wrong with a prompt is told with its line`(source: String, message: String) {
    #expect {
      try Prompt(source: source, path: "p.txt", description)
    } throws: { error in
      "\(error)".contains(message) && (error as? AnnealError)?.code == .recipe
    }
  }

  @Test func `a name that a prompt sets itself is no placeholder`() throws {
    let source = """
      [user]
      {% macro m(a, b=text) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}
      {% set ns = namespace(n=1) %}{% set ns.n = 2 %}{% for i, j in {"k": 1}.items() %}{{ loop.index }}{{ i }}{{ j }}{% endfor %}
      {% with w = count %}{{ w }}{% endwith %}{% call m(1) %}x{% endcall %}{{ text if text is defined else ns.n }}
      """
    let prompt = try Prompt(source: source, path: "p.txt", description)
    #expect(try prompt.conversation(["text": "t", "count": 5]).messages[0].text.contains("1k1"))
  }

  @Test func `a prompt of one's own takes the place of the one that comes along`() throws {
    let folder = try TemporaryFolder()
    let builtin = Checkout.path("Resources/prompts")
    let own = folder.path + "/own"
    let names = try Prompts(builtin: builtin).write(to: own)
    #expect(names.contains("question-answer.txt") && names.contains("again.txt"))
    #expect(throws: AnnealError.self) { try Prompts(builtin: builtin).write(to: own) }
    try AtomicFile.write("[user]\nMine: {{ text }}", to: own + "/question-answer.txt")
    let job = try RowGeneration(
      QuestionAnswerPairs.self, GenerationSettings(),
      from: [Row(index: 0, file: "f", line: 1, fields: ["text": "abc"])],
      prompts: try Prompts(builtin: builtin, own: own))
    #expect(job.questions[0].conversation == Conversation(user: "Mine: abc"))
    try AtomicFile.write("[user]\n", to: own + "/question-anser.txt")
    #expect { try Prompts(builtin: builtin, own: own) } throws: {
      "\($0)".contains("did you mean 'question-answer.txt'")
    }
  }

  @Test func `every kind and verb has a prompt that uses only its placeholders`() throws {
    let prompts = try Prompts(builtin: Checkout.path("Resources/prompts"))
    for kind in GenerationKinds.all { _ = try prompts.prompt(RowGeneration.description(of: kind)) }
    for description in [Rewriting.prompt, Scoring.prompt, Teacher.againPrompt] {
      _ = try prompts.prompt(description)
    }
    let names = GenerationKinds.all.map { $0.name }
    #expect(Set(names).count == names.count)
  }
}

@Suite struct TeacherTests {
  private let prompts: Prompts

  init() throws { prompts = try Prompts(builtin: Checkout.path("Resources/prompts")) }

  private func rows(_ texts: [String]) -> [Row] {
    texts.enumerated().map { index, text in
      Row(
        index: index, file: "chunks.jsonl", line: index + 1,
        fields: [
          "id": .integer(index), "text": .string(text), "source": "talk.md", "page": 4,
          "hash": "x",
        ])
    }
  }

  private func pair(_ evidence: String, _ question: String = "What?") -> String {
    let object: JSON = [
      "question": .string(question), "answer": "That.", "evidence": .string(evidence),
    ]
    return object.text()
  }

  private func generate(
    _ texts: [String], _ script: @escaping @Sendable (Conversation, ReplyOptions) throws -> String
  ) async throws -> (result: TeachingResult, model: ScriptedModel) {
    let model = ScriptedModel(script)
    let job = try RowGeneration(
      QuestionAnswerPairs.self, GenerationSettings(), from: rows(texts), prompts: prompts)
    let result = try await job.rows(by: try Teacher(model, prompts: prompts)) { _ in }
    return (result, model)
  }

  @Test func `a pair is kept with its evidence and where it came from, line ends or not`()
    async throws
  {
    let (quote, other) = (pair("two  three"), pair("nowhere"))
    let made = try await generate(["one two\n three four"]) { _, _ in "[\(quote), \(other)]" }
    #expect(made.result.rows.count == 1 && made.model.conversations.count == 1)
    let row = try #require(made.result.rows.first)
    #expect(row["evidence"] == "two  three" && row["source"] == "talk.md" && row["page"] == 4)
    #expect(row["chunk"] == "0" && row["teacher"] == "scripted" && row["id"]?.string?.count == 16)
    #expect(made.result.rejected.map(\.reason) == ["evidence not in the chunk"])
    #expect(made.result.rejected.first?.detail == "nowhere")
  }

  @Test func `an answer that cannot be used is asked for once more, with what was wrong`()
    async throws
  {
    let good = pair("one")
    let made = try await generate(["one"]) { conversation, _ in
      conversation.messages.count > 2 ? good : #"[{"question": "What?", "evidence": " "}]"#
    }
    #expect(made.result.rows.count == 1 && made.result.effort.repeats == 1)
    let last = try #require(made.model.conversations.last?.messages)
    #expect(last.map(\.role) == ["system", "user", "assistant", "user"])
    #expect(last[3].text.contains("'answer' is missing") && last[3].text.contains("evidence"))
  }

  @Test func `what cannot be used then is counted, and what can is kept`() async throws {
    let good = pair("one")
    let made = try await generate(["one", "two", "three"]) { conversation, _ in
      let text = conversation.messages[1].text
      if text.contains("one") { return "[\(good), {\"question\": 1}]" }
      return text.contains("two") ? "I'm sorry, but I can't do that." : "Hm."
    }
    #expect(made.result.rows.count == 1)
    #expect(made.result.rejected.map(\.reason) == ["malformed", "refused", "malformed"])
    #expect(made.model.conversations.count == 6)
  }

  @Test func `a request that fails leaves its question, and many in a row end the work`()
    async throws
  {
    let good = pair("one")
    let made = try await generate(["one", "two"]) { conversation, _ in
      if conversation.messages[1].text.contains("two") { throw AnnealError(.failed, "no") }
      return good
    }
    #expect(made.result.rows.count == 1 && made.result.unanswered == 1)
    await #expect(throws: AnnealError.self) {
      _ = try await generate((0..<30).map { "t\($0)" }) { _, _ in
        throw AnnealError(.failed, "no")
      }
    }
  }

  @Test func `rows come in the order of the chunks, and none twice`() async throws {
    let texts = (0..<40).map { "chunk \($0) says" }
    let made = try await generate(texts) { conversation, _ in
      let text = conversation.messages[1].text
      let number = text.firstRange(of: "chunk ").map { text[$0.upperBound...].prefix { $0 != " " } }
      return "[\(self.pair("says", "\(number ?? "")?")), \(self.pair("says", "\(number ?? "")?"))]"
    }
    #expect(made.result.rows.map { $0["question"]?.string } == (0..<40).map { "\($0)?" })
    #expect(made.result.reasons.map(\.reason) == ["repeats an earlier row"])
  }

  @Test func `grades are the median of the votes, with the spread and a reason`() async throws {
    let model = ScriptedModel { _, options in
      switch options.seed {
      case 17: #"{"tone": {"reason": "fine", "grade": 5}, "size": 1}"#
      case 18: #"{"tone": "2/5", "size": {"grade": "1"}}"#
      default: #"Well: {"tone": {"reason": "so so", "grade": 4}, "size": 9}"#
      }
    }
    let folder = try TemporaryFolder()
    let file = try folder.write(
      #"{"question": "Q", "answer": "A", "evidence": "E", "scores": {"old": 3}}"# + "\n",
      to: "r.jsonl")
    let elements = try TeachingRows([RowSource(path: file)], bad: BadRows(.stop))
    let rubric = Rubric([
      Rubric.Criterion(name: "tone", question: "?"), Rubric.Criterion(name: "size", question: "?"),
    ])
    func scored(_ votes: Int) async throws -> TeachingResult {
      let job = try Scoring(elements, rubric: rubric, votes: votes, prompts: prompts)
      return try await job.rows(by: try Teacher(model, prompts: prompts)) { _ in }
    }
    let row = try #require(try await scored(2).rows.first)
    #expect(row["scores"]?["tone"]?["grade"] == 3.5 && row["scores"]?["tone"]?["spread"] == 3)
    #expect(row["scores"]?["old"] == 3 && row["votes"] == 2 && row["answer"] == "A")
    // The third vote's size is no grade, also when asked again.
    let three = try await scored(3)
    #expect(three.rows.first?["votes"] == 2 && three.effort.repeats == 1)
    let asked = try #require(model.conversations.first?.messages.last?.text)
    #expect(asked.contains("user: Q") && asked.contains("\nA\n") && asked.contains("\nE\n"))
  }
}

@Suite struct FilteringTests {
  private func filtered(
    _ rows: [String], _ change: (inout Filtering) throws -> Void
  ) throws -> TeachingResult {
    let folder = try TemporaryFolder()
    let file = try folder.write(rows.joined(separator: "\n") + "\n", to: "rows.jsonl")
    let elements = try TeachingRows([RowSource(path: file)], bad: BadRows(.stop))
    var filter = Filtering()
    try change(&filter)
    return try filter.result(of: elements)
  }

  @Test func `rows below a grade, of split votes or without a grade are left out with the reason`()
    throws
  {
    let rows = [
      #"{"question": "a", "answer": "b", "scores": {"tone": {"grade": 4, "spread": 0}}}"#,
      #"{"question": "a", "answer": "b", "scores": {"tone": {"grade": 3.5, "spread": 0}}}"#,
      #"{"question": "a", "answer": "b", "scores": {"tone": {"grade": 5, "spread": 3}}}"#,
      #"{"question": "a", "answer": "b"}"#,
      #"{"question": "a", "answer": "b", "tone": 5}"#,
    ]
    let result = try filtered(rows) {
      ($0.least, $0.mostSpread) = ([("tone", 4)], 2)
    }
    #expect(result.rows.count == 2)
    #expect(
      result.rejected.map(\.reason) == [
        "tone below 4", "votes differ by more than 2", "no grade tone",
      ])
    #expect(result.rejected.first?.place.line == 2)
    #expect { try filtered(rows) { $0.least = [("tune", 4)] } } throws: {
      "\($0)".contains("did you mean 'tone'")
    }
  }

  @Test(arguments: [
    ("empty", "q", " "), ("refusal", "q", "I’m sorry, but I can't help with that."),
    ("echo", "What is it?", "what is IT"), ("leaning", "What does the passage say?", "That."),
    (
      "unfinished", "q",
      "one two three four five six seven eight nine ten one two three four five six seven eight nine ten and"
    ),
  ])
  func `each rule finds what it is for, and lets a good row through`(
    name: String, question: String, answer: String
  ) throws {
    let good: JSON = ["question": "What does cement do?", "answer": "It binds sand and gravel."]
    let bad: JSON = ["question": .string(question), "answer": .string(answer)]
    let result = try filtered([good.text(), bad.text()]) {
      $0.rules = try FilterRules.rules(named: [name], hasChunks: false)
    }
    #expect(result.rows == [good] && result.rejected.map(\.reason) == [name])
    let all = try filtered([good.text()]) { $0.rules = FilterRules.all }
    #expect(all.rows == [good])
  }

  @Test func `evidence is held against the chunk`() throws {
    let folder = try TemporaryFolder()
    let chunks = try folder.write(#"{"id": "c", "text": "One\ntwo."}"# + "\n", to: "chunks.jsonl")
    let rows = ["One two.", "One three."].map {
      #"{"question": "a", "answer": "b", "evidence": "\#($0)", "chunk": "c"}"#
    }
    let result = try filtered(rows) {
      $0.rules = [EvidenceRule.self]
      $0.chunks = try ChunkLibrary([chunks])
    }
    #expect(result.rows.count == 1 && result.rejected.first?.detail == "One three.")
  }
}
