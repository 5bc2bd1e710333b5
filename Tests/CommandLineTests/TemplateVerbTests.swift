import AnnealFiles
import Foundation
import TestSupport
import Testing

@Suite struct TemplateVerbTests {
  private static let hello = #"[{"role": "user", "content": "Hello"}]"#

  private func render(
    _ arguments: String..., input: String = Self.hello
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      all: ["template", "render", "--messages", "-"] + arguments, input: input)
  }

  private func expect(
    _ outcome: CommandLineProgram.Outcome, _ status: Int32, _ words: String...
  ) {
    #expect(outcome.status == status, "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)") }
  }

  @Test func `messages come through a pipe, by either name`() throws {
    let wanted = "<|im_start|>user\nHello<|im_end|>\n\n"
    #expect(try render("--template", "chatml").output == wanted)
    let named = try CommandLineProgram.run(
      all: ["template", "render", "--template", "chatml", "--messages", "/dev/stdin"],
      input: Self.hello)
    #expect(named.output == wanted, "\(named.errors)")
    expect(try render("--template", "chatml", input: ""), 3, "/dev/stdin", "empty")
  }

  @Test(arguments: [
    ("messages=[]", ["'messages'", "--messages"]), ("=1", ["''", "no name"]),
    ("1x=3", ["'1x'", "no name"]), ("x=hello", [#"--set 'x="hello"'"#]), ("x", ["no '='"]),
  ])
  func `a variable that cannot be set says how to`(setting: String, words: [String]) throws {
    let outcome = try render("--template", "chatml", "--set", setting)
    #expect(outcome.status == 2)
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
  }

  @Test func `messages, tools and templates that are wrong are named`() throws {
    let folder = try TemporaryFolder()
    expect(
      try render("--template", "chatml", input: #"[{"role": "user", "content": 5}]"#), 3,
      "messages[0].content", "a number")
    let tools = try folder.write(#"{"name": "f"}"#, to: "tools.json")
    expect(
      try render("--template", "chatml", "--tools", tools), 3, "tools.json", "a list of objects")
    let texts = try folder.write(#"["f"]"#, to: "tools.json")
    expect(try render("--template", "chatml", "--tools", texts), 3, "tools.json:[0]", "an object")
    expect(try render("--template", folder.path), 2, "folder", "chat_template.jinja")
    expect(try render("--template", "llama3"), 0, "bos_token", "not set")
    let bytes = folder.path + "/bad.jinja"
    try AtomicFile.write([0x61, 0xFF], to: bytes)
    expect(try render("--template", bytes), 0, "bad.jinja", "byte 1", "U+FFFD")
  }

  @Test func `a model without a template gets ChatML, and what it lacks is told`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    expect(try render("--model", model), 0, "no chat template", "ChatML")
    let other = try render("--model", model, "--template", "llama3", "--set", #"bos_token="""#)
    expect(other, 0, "<|eot_id|>", "ordinary text")
    #expect(other.output.contains("<|eot_id|>") && !other.errors.contains("ChatML"))
  }

  @Test(arguments: ["inspect", "preview"])
  func `that ChatML stands in is told where a row is written by it`(verb: String) throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    func data(_ rows: String) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(all: ["data", verb, "-", "--model", model], input: rows)
    }
    let pair = #"{"prompt": "the cat", "completion": " sat"}"# + "\n"
    let talk =
      #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
      + "\n"
    let plain = try data(pair)
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(!plain.errors.contains("ChatML") && !plain.errors.contains("<|im_start|>"))
    expect(try data(talk), 0, "no chat template; ChatML stands in for it")
  }

  @Test func `rows whose earlier turns a template writes anew are learned turn by turn`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let template = try folder.write(
      "{% for m in messages %}{{ m.content if loop.last or m.role == 'user' else '-' }}\n"
        + "{% endfor %}", to: "forgetting.jinja")
    func message(_ role: String, _ text: String) -> String {
      #"{"role": "\#(role)", "content": "\#(text)"}"#
    }
    let messages = [
      message("user", "the cat"), message("assistant", "sat"), message("user", "the mat"),
      message("assistant", "lay"),
    ]
    let list = "[" + messages.joined(separator: ", ") + "]"
    func run(_ command: [String], _ input: String) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(all: command + ["--model", model], input: input)
    }
    let row = #"{"messages": \#(list)}"# + "\n"
    let previewed = try run(["data", "preview", "-", "--chat-template", template], row)
    expect(previewed, 0, "by turns: 1 row as 2 examples")
    #expect(previewed.output.contains("the cat\n⟦sat"), "\(previewed.output)")
    #expect(previewed.output.contains("the cat\n-\nthe mat\n⟦lay"), "\(previewed.output)")
    let inspected = try run(["data", "inspect", "-", "--chat-template", template], row)
    #expect(inspected.output.contains("by turns    1 row as 2 examples"), "\(inspected.output)")
    let rendering = ["template", "render", "--messages", "-", "--template", template]
    let whole = try run(rendering, list)
    expect(whole, 0, "turn by turn, in 2 examples")
    #expect(whole.output == "the cat\n-\nthe mat\nlay\n\n", "\(whole.output)")
    expect(try run(rendering + ["--add-generation-prompt"], list), 0)
  }

  @Test func `rows that the template refuses are problems, with their place in it`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let template = try folder.write(
      "\n{% if messages[0].content == 'no' %}{{ raise_exception('not this') }}{% endif %}"
        + "{% for m in messages %}{{ m.content }}\n{% endfor %}", to: "strict.jinja")
    func row(_ text: String) -> String {
      #"{"messages": [{"role": "user", "content": "\#(text)"}, "#
        + #"{"role": "assistant", "content": "the mat"}]}"# + "\n"
    }
    func data(_ verb: String, _ rows: String, _ more: String...) throws
      -> CommandLineProgram.Outcome
    {
      try CommandLineProgram.run(
        all: ["data", verb, "-", "--model", model, "--chat-template", template] + more, input: rows)
    }
    let inspected = try data("inspect", row("no") + row("the cat"))
    #expect(inspected.output.contains(", 1 problem\n"), "\(inspected.output)\(inspected.errors)")
    #expect(inspected.output.contains("strict.jinja:2:"), "\(inspected.output)")
    let previewed = try data("preview", row("no") + row("the cat"))
    expect(previewed, 0, "1 row before", "could not be encoded: 1", "strict.jinja:2:")
    #expect(previewed.output.hasPrefix("What stands between ⟦ and ⟧ is learned"))
    let refused = try data("preview", row("no"))
    expect(refused, 3, "strict.jinja:2:", "anneal data inspect")
    #expect(!refused.errors.contains("anneal data preview"))
    expect(try data("preview", row("a"), "-n", "-1"), 2, "-n is -1")
    expect(try data("preview", row("a"), "--max-length", "0"), 2, "--max-length is 0")
  }
}
