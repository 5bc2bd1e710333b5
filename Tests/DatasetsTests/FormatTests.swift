import AnnealDatasets
import AnnealFiles
import AnnealText
import TestSupport
import Testing

struct FormatTests {
  private func row(_ json: JSON) -> Row { Row(index: 6, file: "a.jsonl", line: 7, fields: json) }

  private func turns(_ json: JSON) throws -> [[String]] {
    let row = row(json)
    let record = try FormatRegistry.builtin.format(of: row).record(from: row)
    guard case .conversation(let conversation) = record else { return [] }
    return conversation.messages.map { [$0.role, $0.text] }
  }

  @Test func `an instruction with an input is one user turn`() throws {
    #expect(
      try turns(["instruction": "Add.", "input": "1 2", "output": "3", "id": 9])
        == [["user", "Add.\n1 2"], ["assistant", "3"]])
    #expect(
      try turns(["instruction": "Hi", "input": "", "output": "Ho", "system": "Be"])
        == [["system", "Be"], ["user", "Hi"], ["assistant", "Ho"]])
    #expect(
      try turns(["instruction": "c", "output": "d", "history": [["a", "b"]]])
        == [["user", "a"], ["assistant", "b"], ["user", "c"], ["assistant", "d"]])
  }

  @Test func `messages keep roles, weights, calls and tools`() throws {
    let row = row([
      "messages": [
        ["role": "user", "content": "x"],
        ["role": "assistant", "content": nil, "tool_calls": [["id": "1"]], "loss_weight": 0],
      ], "tools": "[{\"name\": \"t\"}]",
    ])
    guard case .conversation(let conversation) = try OpenAIMessages.record(from: row) else {
      Issue.record("a conversation is expected")
      return
    }
    #expect(conversation.messages[1].weight == 0)
    #expect(conversation.messages[1].toolCalls?[0]?["id"] == "1")
    #expect(conversation.tools?[0]?["name"] == "t")
  }

  @Test func `the other formats are told by their fields`() throws {
    #expect(
      try turns([
        "conversations": [["from": "human", "value": "a"], ["from": "gpt", "value": "b"]]
      ])
        == [["user", "a"], ["assistant", "b"]])
    #expect(try turns(["question": "a", "answer": "b"]) == [["user", "a"], ["assistant", "b"]])
    let registry = FormatRegistry.builtin
    #expect(
      try registry.format(of: row(["prompt": "a", "completion": "b"])) == PromptCompletion.self)
    #expect(try registry.format(of: row(["text": "a", "url": "b"])) == RawText.self)
    #expect(try registry.format(named: "alpaca") == Alpaca.self)
  }

  @Test(
    arguments: [
      (
        ["instruction": 5, "output": "x"], "instruction",
        "'instruction' is a number; expected a string"
      ),
      (["instruction": "x", "inputs": "y", "output": "z"], "inputs", "did you mean 'input'?"),
      (
        ["instrution": "x", "output": "z"], "instrution",
        "did you mean 'instruction' by 'instrution'?"
      ),
      (["prompt": "x"], "completion", "prompt-completion also needs 'completion'"),
      (["prompt": nil, "completion": "x"], "prompt", "'prompt' is null; expected a string"),
      (["foo": 1], nil, "are of no known format"),
      (["messages": "x"], "messages", "'messages' is a string; expected a list"),
      (["messages": []], "messages", "'messages' is empty"),
      (
        ["messages": [["role": "asistant", "content": "x"]]], "messages[0].role",
        "did you mean 'assistant'?"
      ),
      (["messages": [["content": "x"]]], "messages[0].role", "'messages[0].role' is missing"),
      (["messages": [["role": "user", "content": 5]]], "messages[0].content", "is a number"),
      (["messages": [["role": "user"]]], "messages[0].content", "is missing"),
      (
        ["messages": [["role": "user", "content": "x", "weight": "1"]]], "messages[0].weight",
        "a number"
      ),
      (["messages": [7]], "messages[0]", "is a number; expected an object"),
      (
        ["messages": [["role": "user", "content": "x"]], "tools": "x"], "tools",
        "expected a list of tools"
      ),
      (
        ["conversations": [["from": "robot", "value": "x"]]], "conversations[0].from",
        "no speaker 'robot'"
      ),
      (
        ["instruction": "x", "output": "y", "history": [["a"]]], "history[0]",
        "expected a pair of strings"
      ),
    ] as [(JSON, String?, String)])
  func `a wrong row names file, line and field`(json: JSON, field: String?, message: String) {
    let row = row(json)
    let error = failure { _ = try FormatRegistry.builtin.format(of: row).record(from: row) }
    #expect(error?.code == .data)
    #expect(error?.place?.file == "a.jsonl")
    #expect(error?.place?.line == 7)
    #expect(error?.place?.field == field)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func `an unknown format lists the known ones`() {
    let error = failure { _ = try FormatRegistry.builtin.format(named: "alpacca") }
    #expect(error?.message == "there is no data format 'alpacca'; did you mean 'alpaca'?")
    #expect(error?.remedy?.contains("prompt-completion") == true)
  }

  private enum Pairs: DatasetFormat {
    static let name = "pairs"
    static let fields: [FormatField] = [.required("left"), .required("right")]
    static func record(from row: Row) throws -> Record {
      .completion(prompt: try row.text("left"), completion: try row.text("right"))
    }
  }

  @Test func `a format of one's own is tried first`() throws {
    let registry = FormatRegistry.builtin.adding(Pairs.self)
    #expect(try registry.format(of: row(["left": "a", "right": "b", "text": "c"])) == Pairs.self)
  }
}
