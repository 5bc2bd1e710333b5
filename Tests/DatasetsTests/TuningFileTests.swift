import AnnealDatasets
import AnnealFiles
import AnnealText
import TestSupport
import Testing

@Suite struct TuningFileTests {
  private func row(_ json: JSON, _ method: TuningMethod = .supervised) throws -> JSON {
    let row = Row(index: 0, file: "memory", line: 1, fields: json)
    let record = try FormatRegistry.builtin.format(of: row).record(from: row)
    return try TuningRow(record, method: method).json
  }

  @Test func `rows of other formats become the API's`() throws {
    #expect(
      try row(["instruction": "Add.", "input": "1 2", "output": "3"])["messages"]?.array?.count == 2
    )
    #expect(
      try row(["prompt": "a", "completion": "b"])
        == [
          "messages": [
            ["role": "user", "content": "a"], ["role": "assistant", "content": "b"],
          ]
        ])
    let pair: JSON = ["prompt": "a", "chosen": "b", "rejected": "c"]
    #expect(
      try row(pair, .dpo)
        == [
          "input": ["messages": [["role": "user", "content": "a"]]],
          "preferred_output": [["role": "assistant", "content": "b"]],
          "non_preferred_output": [["role": "assistant", "content": "c"]],
        ])
  }

  @Test func `tools, their calls and weights go along`() throws {
    let tool: JSON = ["name": "weather", "parameters": ["type": "object"]]
    let json = try row([
      "messages": [
        ["role": "user", "content": "Weather in Oslo?"],
        [
          "role": "assistant", "content": "", "weight": 0, "mood": "gay",
          "tool_calls": [["function": ["name": "weather", "arguments": ["city": "Oslo"]]]],
        ],
        ["role": "tool", "content": "rain"],
        ["role": "assistant", "content": "It rains.", "weight": 1],
      ], "tools": [tool],
    ])
    let messages = try #require(json["messages"]?.array)
    #expect(json["tools"] == [["type": "function", "function": tool]])
    #expect(messages[1]["weight"] == 0 && messages[3]["weight"] == 1 && messages[1]["mood"] == nil)
    #expect(messages[1]["content"] == .null)
    let call = try #require(messages[1]["tool_calls"]?[0])
    #expect(call["id"] == messages[2]["tool_call_id"] && call["type"] == "function")
    #expect(call["function"]?["arguments"] == #"{"city": "Oslo"}"#)
    // What was written is read again as the same.
    #expect(try row(json) == json)
  }

  @Test(
    arguments: [
      (["messages": [["role": "user", "content": "a"]]], "last message is the user's"),
      (["messages": [["role": "assistant", "content": ""]]], "without a text"),
      (
        ["messages": [["role": "assistant", "content": "a", "weight": 0]]],
        "nothing is learned"
      ),
      (["messages": [["role": "assistant", "content": "a", "weight": 0.5]]], "0 and 1 only"),
      (
        [
          "messages": [
            ["role": "tool", "content": "a", "tool_call_id": "x"],
            ["role": "assistant", "content": "a"],
          ]
        ], "no message before it makes"
      ),
      (
        [
          "messages": [["role": "user", "content": "a"], ["role": "assistant", "content": "a"]],
          "tools": [["name": "two words", "parameters": [:]]],
        ], "two words"
      ),
      (["text": "a text"], "no conversation"),
      (["prompt": "a", "chosen": "b", "rejected": "c"], "pair of answers"),
    ] as [(JSON, String)])
  func `what the API refuses is refused here, and told`(_ json: JSON, _ words: String) throws {
    let error = #expect(throws: AnnealError.self) { try row(json) }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `pairs need two different answers to a question`() throws {
    for (json, words) in [
      (["prompt": "a", "chosen": "b", "rejected": "b"], "the same"),
      (["prompt": "a", "completion": "b"], "no pair"),
    ] as [(JSON, String)] {
      let error = #expect(throws: AnnealError.self) { try row(json, .dpo) }
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
  }

  @Test func `a file's rows are counted, its repeats and long rows found, and few rows refused`()
    throws
  {
    let folder = try TemporaryFolder()
    let lines = (0..<12).map { index in
      let answer = index == 11 ? String(repeating: "long ", count: 200) : "answer \(index % 10)"
      return #"{"prompt": "question \#(index % 10)", "completion": "\#(answer)"}"# + "\n"
    }
    let path = try folder.write(lines.joined(), to: "rows.jsonl")
    let file = try TuningFile(
      [RowSource(path: path)], method: .supervised, maximumTokens: 100)
    try file.check()
    #expect(file.rows.count == 12 && file.duplicates.map(\.row) == [10])
    #expect(file.duplicates.map(\.of) == [0] && file.longRows == [11])
    // "question 0" and "answer 0" are three tokens and two; two messages and the beginning are eleven.
    #expect(file.tokens[0] == 3 + 2 + 11)
    let written = folder.path + "/out.jsonl"
    try file.write(to: written)
    let again = try TuningFile([RowSource(path: written)], method: .supervised)
    #expect(again.rows == file.rows)

    // Both answers of a pair count.
    let pairs = try folder.write(
      #"{"prompt": "question", "chosen": "right", "rejected": "wrong"}"#, to: "pairs.jsonl")
    let pair = try TuningFile([RowSource(path: pairs)], method: .dpo)
    #expect(pair.tokens == [2 + 2 + 2 + 3 + 4 * 3])

    let few = try folder.write(lines.prefix(9).joined(), to: "few.jsonl")
    let nine = try TuningFile([RowSource(path: few)], method: .supervised)
    let error = #expect(throws: AnnealError.self) { try nine.check() }
    #expect(error?.message.contains("9 rows") == true)
  }

  @Test func `the API's own preference rows are read`() throws {
    let folder = try TemporaryFolder()
    let line = #"""
      {"input": {"messages": [{"role": "user", "content": "a"}], "tools": []}, "preferred_output": [{"role": "assistant", "content": "b"}], "non_preferred_output": [{"role": "assistant", "content": "c"}]}

      """#
    let path = try folder.write(line, to: "pairs.jsonl")
    let records = try Dataset<Record>(files: [path])
    guard case .preference(let pair) = records[0] else {
      Issue.record("no pair")
      return
    }
    #expect(pair.prompt.messages == [.user("a")] && pair.chosen == [.assistant("b")])
    #expect(pair.rejected == [.assistant("c")])
    let wrong = try folder.write(
      #"{"input": "a", "preferred_output": [], "non_preferred_output": []}"#, to: "wrong.jsonl")
    let error = #expect(throws: AnnealError.self) { try Dataset<Record>(files: [wrong]) }
    #expect(error?.place?.line == 1 && error?.place?.field == "input")
  }
}
