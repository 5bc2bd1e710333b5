import AnnealDatasets
import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

/// Formats by what is in a row: found without being named, and read.
struct MoreFormatTests {
  private func row(_ json: JSON) -> Row { Row(index: 6, file: "a.jsonl", line: 7, fields: json) }

  private func read(_ json: JSON) throws -> (format: String, record: Record) {
    let row = row(json)
    let format = try FormatRegistry.builtin.format(of: row)
    return (format.name, try format.record(from: row))
  }

  private func turns(_ messages: [Message]) -> [String] {
    messages.map { "\($0.role): \($0.text)" }
  }

  /// What a conversation's turns are.
  private func turns(_ json: JSON, _ format: String) throws -> [String] {
    let (found, record) = try read(json)
    #expect(found == format)
    guard case .conversation(let conversation) = record else { return [] }
    return turns(conversation.messages)
  }

  @Test func `pairs of texts go by many names`() throws {
    let expected = ["user: a", "assistant: b"]
    #expect(try turns(["input": "a", "output": "b"], "input-output") == expected)
    #expect(try turns(["input": "a", "target": "b"], "input-output") == expected)
    #expect(try turns(["prompt": "a", "response": "b"], "input-output") == expected)
    #expect(try turns(["question": "a", "answer": ["b", "c"]], "question-answer") == expected)
    #expect(
      try turns(["system_prompt": "s", "question": "a", "response": "b"], "question-answer")
        == ["system: s"] + expected)
    #expect(
      try turns(["instruction": "a", "context": "c", "response": "b"], "alpaca")
        == ["user: a\nc", "assistant: b"])
  }

  @Test func `a class is the answer to its text`() throws {
    #expect(
      try turns(["text": "a", "label": "spam"], "classification") == ["user: a", "assistant: spam"])
    #expect(
      try turns(["sentence": "a", "label": 1, "idx": 3], "classification")
        == ["user: a", "assistant: 1"])
    #expect(
      try turns(["text": "a", "category": "x", "instruction": "Which?"], "classification")
        == ["user: Which?\na", "assistant: x"])
    // A list of labels is no class.
    #expect(try read(["text": "a", "label": ["x", "y"]]).format == "text")
  }

  @Test func `choices are lettered, and the right letter is learned`() throws {
    let asked = "user: q\nA. x\nB. y"
    #expect(
      try turns(["question": "q", "choices": ["x", "y"], "answer": 1], "multiple-choice")
        == [asked, "assistant: B"])
    #expect(
      try turns(
        [
          "question_stem": "q", "choices": ["text": ["x", "y"], "label": ["A", "B"]],
          "answerKey": "A",
        ], "multiple-choice") == [asked, "assistant: A"])
    let wrong = failure { _ = try read(["question": "q", "choices": ["x", "y"], "answer": 2]) }
    #expect(wrong?.place?.field == "answer")
  }

  @Test func `choices that have a column each are lettered too`() throws {
    let asked = "user: p\nA. x\nB. y"
    let row: JSON = ["goal": "p", "sol1": "x", "sol2": "y", "label": 1]
    #expect(try turns(row, "numbered-choices") == [asked, "assistant: B"])
    // In a table numbers are texts.
    let table: JSON = ["goal": "p", "sol1": "x", "sol2": "y", "label": "1"]
    #expect(try turns(table, "numbered-choices") == [asked, "assistant: B"])
    for answer in ["B", "y"] as [JSON] {
      let row = table.setting("label", to: answer)
      #expect(try turns(row, "numbered-choices") == [asked, "assistant: B"])
    }
    // WinoGrande counts its options from 1.
    #expect(
      try turns(
        ["sentence": "p", "option1": "x", "option2": "y", "answer": "1"], "numbered-choices")
        == [asked, "assistant: A"])
    #expect(
      try turns(
        [
          "premise": "p", "choice1": "x", "choice2": "y", "choice3": "z", "question": "effect",
          "label": 0,
        ], "numbered-choices") == [
          "user: p\nWhat happened as a result?\nA. x\nB. y\nC. z", "assistant: A",
        ])
    let answers: [JSON] = [2, -1, "2", "C", nil, "z", 9_223_372_036_854_775_807]
    for answer in answers {
      let wrong = failure {
        _ = try read(["goal": "p", "sol1": "x", "sol2": "y", "label": answer])
      }
      #expect(wrong?.place?.field == "label", "\(answer)")
    }
  }

  @Test func `two texts and their class are told by their names`() throws {
    #expect(
      try turns(
        ["premise": "a", "hypothesis": "b", "label": 2, "idx": 0, "instruction": "Which?"],
        "sentence-pair") == ["user: Which?\npremise: a\nhypothesis: b", "assistant: 2"])
    #expect(
      try turns(["sentence1": "a", "sentence2": "b", "label": "same"], "sentence-pair")
        == ["user: sentence1: a\nsentence2: b", "assistant: same"])
    // Names that do not go together are no pair.
    #expect(failure { _ = try read(["premise": "a", "sentence2": "b", "label": 1]) } != nil)
    let row = row(["premise": "a", "hypothesis": 5, "label": 1])
    #expect(failure { _ = try SentencePair.record(from: row) }?.place?.field == "hypothesis")
  }

  @Test func `a continuation that an evaluation asked about has a verdict`() throws {
    func verdict(_ number: JSON) throws -> Bool? {
      let (format, record) = try read([
        "request": ["context": "a", "continuation": "b"], "idx": number, "label": 1,
      ])
      guard format == "evaluation-requests", case .feedback(let feedback) = record else {
        return nil
      }
      #expect(turns(feedback.conversation.messages) == ["user: a", "assistant: b"])
      return feedback.isDesirable
    }
    #expect(try verdict(1) == true && verdict(0) == false)
  }

  @Test func `a file is read by its lines when asked to`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.txt", "one\n\n two \r\nthree")
    let lines = try Dataset<Record>(RowSource(path: path, format: "text-lines"))
    #expect(
      lines.map { record in
        if case .text(let text) = record { text } else { "" }
      } == ["one", " two ", "three"])
    #expect(lines.places.map(\.line) == [1, 3, 4])
    #expect(try Dataset<Record>(RowSource(path: path)).count == 1)
  }

  @Test func `a line that is a list of messages is a conversation`() throws {
    let folder = try TemporaryFolder()
    let first = #"[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]"#
    let second = first.replacing("a\"}", with: "c\"}")
    let lines = try folder.file("a.jsonl", first + "\n" + second + "\n")
    let array = try folder.file("a.json", "[" + first + ",\n" + second + "]")
    for path in [lines, array] {
      let data = try Dataset<Record>(files: [path])
      let said = data.map { record -> [String] in
        guard case .conversation(let conversation) = record else { return [] }
        return turns(conversation.messages)
      }
      #expect(said.elements == [["user: a", "assistant: b"], ["user: c", "assistant: b"]])
    }
    // One list alone is a file of messages, and they are no rows.
    let alone = try folder.file("b.jsonl", first + "\n")
    #expect(
      failure { _ = try Dataset<Record>(files: [alone]) }?.message.contains("message by itself")
        == true)
  }

  @Test func `a table is told by its header where its name says nothing`() throws {
    let folder = try TemporaryFolder()
    for text in ["instruction,output\na,b\n", "output\tinstruction\nb\ta\n"] {
      let path = try folder.file("table", text)
      let data = try Dataset<Record>(files: [path])
      guard case .conversation(let conversation) = data.first else {
        Issue.record("a conversation is expected")
        return
      }
      #expect(turns(conversation.messages) == ["user: a", "assistant: b"])
    }
    let prose = try folder.file("prose", "Before,text,came speech.\nThen more.\n")
    guard case .text = try Dataset<Record>(files: [prose]).first else {
      Issue.record("a text is expected")
      return
    }
  }

  @Test func `a catalogue of data sets is no row`() throws {
    let catalogue: JSON = ["alpaca": ["file_name": "a.json"], "more": ["hf_hub_url": "x/y"]]
    let error = failure {
      _ = try FormatRegistry.builtin.format(
        of: Row(index: 0, file: "info.json", line: 1, fields: catalogue))
    }
    #expect(error?.remedy?.contains("info.json#alpaca") == true)
  }

  @Test func `an instruction's instances are records of their own`() throws {
    let row = row([
      "instruction": "i", "instances": [["input": "a", "output": "b"], ["output": "c"]],
    ])
    let format = try FormatRegistry.builtin.format(of: row)
    #expect(format.name == "self-instruct")
    let records = try format.records(from: row).map { record -> [String] in
      guard case .conversation(let conversation) = record else { return [] }
      return turns(conversation.messages)
    }
    #expect(records == [["user: i\na", "assistant: b"], ["user: i", "assistant: c"]])
  }

  @Test func `a structured output is a value in one line, checked against its schema`() throws {
    let schema: JSON = ["required": ["city"], "properties": ["city": ["type": "string"]]]
    #expect(
      try turns(["input": "a", "output": ["city": "Oslo"]], "structured")
        == ["user: a", "assistant: {\"city\": \"Oslo\"}"])
    #expect(
      try turns(
        ["text": "a", "output": "{\"city\":\"Oslo\"}", "schema": schema, "instruction": "i"],
        "structured") == ["user: i\na", "assistant: {\"city\":\"Oslo\"}"])
    let wrong = failure { _ = try read(["input": "a", "output": ["city": 5], "schema": schema]) }
    #expect(wrong?.place?.field == "output.city")
    #expect(wrong?.message.contains("a number; expected string") == true)
    let broken = failure { _ = try read(["input": "a", "output": "{", "schema": schema]) }
    #expect(broken?.place?.field == "output")
    #expect(broken?.message.contains("not valid JSON") == true)
  }

  @Test func `slots are told as an object of their words`() throws {
    let row: JSON = [
      "userInput": ["text": "for 4 at “noon” "], "context": ["requestedSlots": ["time"]],
      "labels": [
        ["slot": "people", "valueSpan": ["startIndex": 4, "endIndex": 5]],
        ["slot": "time", "valueSpan": ["startIndex": 10, "endIndex": 14]],
      ],
    ]
    #expect(
      try turns(row, "slot-spans") == [
        "user: for 4 at “noon” \nAsked for: time",
        "assistant: {\"people\": \"4\", \"time\": \"noon\"}",
      ])
    #expect(try turns(["userInput": ["text": "hi"]], "slot-spans").last == "assistant: {}")
    let outside = failure {
      _ = try read([
        "userInput": ["text": "hi"], "labels": [["slot": "a", "valueSpan": ["endIndex": 9]]],
      ])
    }
    #expect(outside?.place?.field == "labels[0].valueSpan")
  }

  @Test func `typed parts become text, reasoning and calls`() throws {
    let (format, record) = try read([
      "messages": [
        [
          "role": "user",
          "content": [["type": "text", "text": "a"], ["type": "text", "value": "b"]],
        ],
        [
          "role": "assistant", "loss_weight": 0.5,
          "content": [
            ["type": "reasoning", "value": "hm"],
            ["type": "tool_call", "value": "{\"name\": \"f\", \"arguments\": {}}"],
          ],
        ],
      ]
    ])
    guard case .conversation(let conversation) = record, format == "messages" else {
      Issue.record("a conversation is expected")
      return
    }
    #expect(conversation.messages[0].content == "ab")
    #expect(conversation.messages[1].fields["reasoning_content"] == "hm")
    #expect(try conversation.messages[1].calls().map(\.name) == ["f"])
    #expect(conversation.messages[1].weight == 0.5)
    let image = failure {
      _ = try read(["messages": [["role": "user", "content": [["type": "image_url"]]]]])
    }
    #expect(image?.place?.field == "messages[0].content[0]")
    #expect(image?.message.contains("'image_url'") == true)
  }

  @Test func `calls of tools are read in either manner`() throws {
    let call: JSON = ["name": "f", "arguments": ["x": 1]]
    for json: JSON in [
      ["messages": [["role": "assistant", "content": nil, "function_call": call]]],
      [
        "conversations": [
          ["from": "function_call", "value": .string(call.text())],
          ["from": "observation", "value": "3"],
        ], "tools": "[{\"name\": \"f\"}]",
      ],
    ] {
      guard case .conversation(let conversation) = try read(json).record else { continue }
      #expect(try conversation.messages[0].calls().map(\.name) == ["f"])
      #expect(conversation.messages.dropFirst().allSatisfy { $0.role == "tool" })
    }
  }

  @Test func `pairs of a better and a worse answer come in many shapes`() throws {
    let question: JSON = [["role": "user", "content": "q"]]
    let good: JSON = ["role": "assistant", "content": "x"]
    let bad: JSON = ["role": "assistant", "content": "y"]
    let shapes: [JSON] = [
      ["prompt": "q", "chosen": "x", "rejected": "y"],
      ["question": "q", "response_j": "x", "response_k": "y"],
      ["instruction": "q", "chosen": "x", "rejected": "y"],
      ["prompt": question, "chosen": [good], "rejected": [bad]],
      ["messages": question, "chosen": good, "rejected": bad],
      [
        "conversations": [["from": "human", "value": "q"]],
        "chosen": ["from": "gpt", "value": "x"], "rejected": ["from": "gpt", "value": "y"],
      ],
      [
        "chosen": [["role": "user", "content": "q"], good],
        "rejected": [["role": "user", "content": "q"], bad],
      ],
      [
        "prompt": "q", "chosen": [["role": "user", "content": "q"], good],
        "rejected": [["role": "user", "content": "q"], bad],
      ],
      [
        "chosen": "\n\nHuman: q\n\nAssistant: x", "rejected": "\n\nHuman: q\n\nAssistant: y",
      ],
    ]
    for json in shapes {
      let (format, record) = try read(json)
      #expect(format == "preference")
      guard case .preference(let pair) = record else { continue }
      #expect(turns(pair.prompt.messages) == ["user: q"], "\(json.text())")
      #expect(turns(pair.chosen) == ["assistant: x"])
      #expect(turns(pair.rejected) == ["assistant: y"])
    }
  }

  @Test(
    arguments: [
      (["prompt": "q", "chosen": "x", "rejected": "x"], "rejected", "nothing to prefer"),
      (["chosen": "x", "rejected": "y"], "chosen", "no prompt"),
      (["prompt": "q", "chosen": 5, "rejected": "y"], "chosen", "is a number"),
      (
        ["prompt": "q", "chosen": [["role": "user", "content": "x"]], "rejected": "y"], "chosen",
        "does not end with an answer"
      ),
      (
        ["messages": [["role": "user", "content": "x"]], "label": true], nil, "not the assistant's"
      ),
      (
        ["prompt": "a", "completions": ["b"], "labels": [true, false]], "labels",
        "1 completions, but 2 labels"
      ),
      (
        ["prompt": "a", "completions": ["b"], "labels": [1]], "labels[0]", "expected true or false"
      ),
      (["instruction": "a", "instances": [["input": "b"]]], "instances[0].output", "is missing"),
    ] as [(JSON, String?, String)])
  func `what cannot be compared or judged names its field`(
    json: JSON, field: String?, message: String
  ) {
    let error = failure { _ = try read(json) }
    #expect(error?.place?.line == 7)
    #expect(error?.place?.field == field)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func `a verdict comes with a conversation of any kind`() throws {
    let rows: [JSON] = [
      [
        "messages": [["role": "user", "content": "q"], ["role": "assistant", "content": "x"]],
        "label": false,
      ],
      ["prompt": "q", "completion": "x", "label": "False"],
      ["instruction": "q", "output": "x", "kto_tag": false],
    ]
    for json in rows {
      let (format, record) = try read(json)
      #expect(format == "kto")
      guard case .feedback(let feedback) = record else { continue }
      #expect(turns(feedback.conversation.messages) == ["user: q", "assistant: x"])
      #expect(!feedback.isDesirable)
    }
  }

  @Test func `steps are read with their verdicts`() throws {
    let (format, record) = try read([
      "prompt": "p", "completions": ["a", "b"], "labels": [true, false],
    ])
    guard case .steps(let steps) = record else {
      Issue.record("\(format): steps are expected")
      return
    }
    #expect(steps == JudgedSteps(prompt: "p", steps: ["a", "b"], labels: [true, false]))
  }

  @Test func `supervised training refuses what it cannot learn, and says what would do`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl", #"{"prompt": "a", "chosen": "b", "rejected": "c"}"#)
    let error = failure { try Dataset<Record>(files: [path]).checkLearnable() }
    #expect(error?.place?.line == 1)
    #expect(error?.message.contains("a chosen and a rejected answer") == true)
    let remedy = try #require(error?.remedy)
    #expect(remedy.contains("type: prompt-response"))
    // The remedy works.
    let source = RowSource(
      path: path, format: "prompt-response", mapping: RowMapping(fields: ["response": "chosen"]))
    let data = try Dataset<Record>(source)
    try data.checkLearnable()
    guard case .conversation(let conversation) = data.first else { return }
    #expect(turns(conversation.messages) == ["user: a", "assistant: b"])
  }
}
