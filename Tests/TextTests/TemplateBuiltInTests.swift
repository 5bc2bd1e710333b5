import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

struct TemplateBuiltInTests {
  private static let talk = Conversation([
    .system("S"), .user(" U1 "), .assistant("A1"), .user("U2"),
  ])
  private static let tokens: [String: JSON] = ["bos_token": "<s>", "eos_token": "</s>"]

  @Test func `ChatML writes roles and ends`() throws {
    let text = try ChatTemplate.chatML.render(Self.talk, addGenerationPrompt: true).text
    #expect(
      text == """
        <|im_start|>system
        S<|im_end|>
        <|im_start|>user
         U1 <|im_end|>
        <|im_start|>assistant
        A1<|im_end|>
        <|im_start|>user
        U2<|im_end|>
        <|im_start|>assistant

        """)
  }

  @Test func `ChatML ends turns with the model's own token, in the saved template too`() throws {
    let template = ChatTemplate.chatML(endOfTurn: "</s'\\>")
    let saved = try ChatTemplate(source: template.source, name: "chat_template.jinja")
    for template in [template, saved] {
      let text = try template.render(Conversation([.user("a")])).text
      #expect(text == "<|im_start|>user\na</s'\\>\n")
    }
  }

  private static let call: JSON = [
    "role": "assistant", "content": nil,
    "tool_calls": [["type": "function", "function": ["name": "f", "arguments": ["a": 1]]]],
  ]

  @Test(arguments: ["chatml", "llama2", "llama3", "qwen2"])
  func `what a built-in template has no place for is refused`(name: String) throws {
    let template = try ChatTemplate.named(name)
    let image: JSON = [
      "role": "user", "content": [["type": "image_url", "image_url": ["url": "a"]]],
    ]
    for message in name.hasPrefix("llama") ? [Self.call, image] : [image] {
      let talk = try Conversation([.user("a")] + [Message(json: message)])
      #expect(throws: AnnealError.self) { try template.render(talk, variables: Self.tokens) }
    }
    let talk = Conversation([.user("a")], tools: [["name": "f"]])
    if name.hasPrefix("llama") {
      #expect(throws: AnnealError.self) { try template.render(talk, variables: Self.tokens) }
    }
  }

  @Test func `ChatML writes tools at the end of the system message, and calls as JSON`() throws {
    let tool: JSON = ["type": "function", "function": ["name": "f"]]
    let answer = try Message(json: Self.call)
    var both = answer
    both.content = "So."
    both.toolCalls = [["name": "g", "arguments": "{\"b\": 2}"], ["name": "h"]]
    let offer = """
      You may call these tools, each described by a JSON schema:
      <tools>
      {"type": "function", "function": {"name": "f"}}
      </tools>
      To call one, answer with its name and its arguments as JSON:
      <tool_call>
      {"name": "…", "arguments": {…}}
      </tool_call><|im_end|>

      """
    let calls = """
      <|im_start|>user
      a<|im_end|>
      <|im_start|>assistant
      <tool_call>
      {"name": "f", "arguments": {"a": 1}}
      </tool_call><|im_end|>
      <|im_start|>tool
      1<|im_end|>
      <|im_start|>assistant
      So.
      <tool_call>
      {"name": "g", "arguments": {"b": 2}}
      </tool_call>
      <tool_call>
      {"name": "h", "arguments": {}}
      </tool_call><|im_end|>

      """
    var talk = Conversation([.user("a"), answer, Message(role: "tool", text: "1"), both])
    #expect(try ChatTemplate.chatML.render(talk).text == calls)
    talk.tools = [tool]
    let text = try ChatTemplate.chatML.render(talk).text
    #expect(text == "<|im_start|>system\n" + offer + calls)
    let qwen = try ChatTemplate.qwen2.render(talk).text
    #expect(
      qwen == "<|im_start|>system\nYou are a helpful assistant.\n\n" + offer + calls)
    talk.messages.insert(.system("S"), at: 0)
    for template in [ChatTemplate.chatML, .qwen2] {
      #expect(try template.render(talk).text == "<|im_start|>system\nS\n\n" + offer + calls)
    }
  }

  @Test func `Llama 2 puts the system message into the first turn`() throws {
    let text = try ChatTemplate.llama2.render(
      Self.talk, addGenerationPrompt: true, variables: Self.tokens
    ).text
    #expect(text == "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU1 [/INST] A1 </s><s>[INST] U2 [/INST]")
    #expect(throws: AnnealError.self) {
      try ChatTemplate.llama2.render(
        Conversation([.user("a"), .user("b")]), variables: Self.tokens)
    }
  }

  @Test func `Llama 3 puts roles into headers`() throws {
    let text = try ChatTemplate.llama3.render(
      Conversation([.user(" a "), .assistant("b")]), variables: ["bos_token": "<B>"]
    ).text
    #expect(
      text == "<B><|start_header_id|>user<|end_header_id|>\n\na<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\nb<|eot_id|>")
  }

  @Test func `Qwen2 brings its own system message`() throws {
    let text = try ChatTemplate.qwen2.render(Conversation([.user("a")])).text
    #expect(
      text == "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        + "<|im_start|>user\na<|im_end|>\n")
    let own = try ChatTemplate.qwen2.render(Conversation([.system("s")])).text
    #expect(own == "<|im_start|>system\ns<|im_end|>\n")
  }

  @Test func `parts of text are put together and missing content is empty`() throws {
    let parts: JSON = [["type": "text", "text": "a"], ["type": "text", "text": "b"]]
    let talk = Conversation([
      Message(role: "user", content: parts), Message(role: "assistant", content: nil),
    ])
    let text = try ChatTemplate.chatML.render(talk).text
    #expect(
      text
        == "<|im_start|>user\nab<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n")
  }

  @Test func `a folder's template is found wherever it is kept`() throws {
    let folder = try TemporaryFolder()
    #expect(try ChatTemplate.load(modelFolder: folder.path) == nil)
    try folder.write(#"{"chat_template": "one"}"#, to: "tokenizer_config.json")
    #expect(try ChatTemplate.load(modelFolder: folder.path)?.source == "one")
    try folder.write(
      #"{"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]}"#,
      to: "tokenizer_config.json")
    #expect(try ChatTemplate.load(modelFolder: folder.path)?.source == "d")
    #expect(try ChatTemplate.load(modelFolder: folder.path, named: "tool_use")?.source == "t")
    try folder.write("file", to: "chat_template.jinja")
    #expect(try ChatTemplate.load(modelFolder: folder.path)?.source == "file")
    try folder.write("{% if %}", to: "chat_template.jinja")
    #expect(throws: AnnealError.self) { try ChatTemplate.load(modelFolder: folder.path) }
  }

  @Test func `an unknown name offers the nearest`() throws {
    #expect(try ChatTemplate.named("llama3").name == "llama3")
    let error = try #require(throws: AnnealError.self) { try ChatTemplate.named("lama3") }
    #expect(error.remedy?.contains("Did you mean llama3?") == true)
  }
}

struct ConversationMessageTests {
  @Test func `messages keep what nothing here knows, and their order`() throws {
    let json = try JSON(
      parsing: #"{"content": "x", "role": "user", "odd": [1], "weight": 0}"#)
    let message = try Message(json: json)
    #expect(message.role == "user")
    #expect(message.weight == 0)
    #expect(Array(message.fields.keys) == ["content", "role", "odd"])
    #expect(message.fields["weight"] == nil)
    #expect(message.json["weight"]?.number == 0)
  }

  @Test func `a message without a role is named`() throws {
    let error = try #require(throws: AnnealError.self) {
      try Conversation(json: [["role": "user", "content": "a"], ["content": "b"]])
    }
    #expect(error.message.hasPrefix("messages[1]: "))
  }

  @Test func `calls of tools are read with their arguments as text or object`() throws {
    var message = Message.assistant("")
    message.toolCalls = [
      ["id": "1", "function": ["name": "f", "arguments": "{\"a\": 1}"]],
      ["name": "g", "arguments": ["b": 2]],
    ]
    let calls = try message.calls()
    #expect(calls.map(\.name) == ["f", "g"])
    #expect(calls[0].arguments["a"] == 1)
    #expect(try ToolCall(json: calls[1].json) == calls[1])
    message.toolCalls = [["function": ["name": "f", "arguments": "{"]]]
    #expect(throws: AnnealError.self) { try message.calls() }
  }
}
