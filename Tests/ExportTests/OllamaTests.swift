import AnnealFiles
import AnnealText
import Foundation
import TestSupport
import Testing

@testable import AnnealExport

@Suite struct OllamaTests {
  private func template(_ source: String, variables: [String: JSON] = [:]) throws -> OllamaTemplate
  {
    var tiny = TinyExport()
    tiny.template = source
    let text = try tiny.text()
    let encoder = ConversationEncoder(
      tokenizer: text.tokenizer, template: try ChatTemplate(source: source, name: "the template"),
      variables: ["eos_token": "<|endoftext|>"].merging(variables) { $1 })
    return try OllamaTemplate(ModelText(encoder, hasTemplate: true, file: "the model"))
  }

  @Test func `ChatML becomes a Go template that writes the same`() throws {
    let template = try template(ChatTemplate.chatML.source)
    #expect(template.conversations > 15)
    #expect(template.stops == ["<|im_end|>", "<|im_start|>", "<|endoftext|>"])
    #expect(template.takesSystem && template.trimmedRoles.isEmpty && !template.isDated)
    #expect(!template.addsBeginning)
    #expect(template.source.contains("{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>"))
  }

  @Test func `a template that begins texts leaves that to the reader`() throws {
    let llama3 = try ChatTemplate.named("llama3").source
    let template = try template(llama3, variables: ["bos_token": "<|endoftext|>"])
    #expect(template.addsBeginning && !template.source.contains("<|endoftext|>"))
    #expect(template.trimmedRoles == ["assistant", "system", "user"])
    #expect(!template.stops.isEmpty)
  }

  @Test func `a system message inside the first question is said too`() throws {
    let template = try template(
      try ChatTemplate.named("llama2").source, variables: ["bos_token": "<s>"])
    #expect(template.source.contains("<<SYS>>\n{{ .System }}\n<</SYS>>"))
  }

  @Test func `a default system message stands where there is none`() throws {
    let template = try template(try ChatTemplate.named("qwen2").source)
    #expect(template.source.contains("{{ else }}<|im_start|>system\nYou are a helpful assistant."))
  }

  @Test func `braces in a template stay text`() throws {
    let template = try template(
      "{% for m in messages %}{{ '{{' ~ m.role ~ '}}' ~ m.content ~ '{{{!' }}{% endfor %}A:")
    #expect(template.source.contains(#"{{ "{{" }}"#))
    #expect(try GoTemplateReader.read(template.source).source == template.source)
  }

  @Test func `templates that Go's cannot follow are refused with the conversation`() throws {
    let counting = "{% for m in messages %}{{ loop.index ~ m.content ~ ';' }}{% endfor %}A:"
    let error = try #require(failure { _ = try template(counting) })
    #expect(error.code == .gate)
    #expect(error.message.contains("instead of"), "\(error)")
    let shouting = "{% for m in messages %}{{ m.content | upper }}{% endfor %}"
    let silent = "{% for m in messages %}{{ m.role }}{% endfor %}"
    #expect(failure { _ = try template(shouting) } != nil)
    #expect(failure { _ = try template(silent) }?.code == .model)
  }

  @Test(arguments: [
    "{{ if .System }}", "{{ end }}", "{{ .Foo }}", "{{ range .Messages }}{{ end }}", "{{ .System",
    "{{ if .Prompt }}{{ end }}", "{{ else }}",
  ])
  func `Go templates beyond what is written here are refused`(_ source: String) {
    #expect(failure { _ = try GoTemplateReader.read(source) } != nil)
  }

  @Test func `the folder has a Modelfile, weights and nothing else`() throws {
    let folder = try TemporaryFolder()
    let tiny = TinyExport()
    let rows = try tiny.text().tokenizer.vocabularySize
    let report = try OllamaFolder.write(
      to: folder.path + "/ollama", text: try tiny.text(), system: "Be brief.",
      generation: ["temperature": 0.7, "top_k": 20, "repetition_penalty": 1.05, "do_sample": true]
    ) { text in
      try GGUFModel(
        tiny.configuration(rows: rows), weights: tiny.weights(rows: rows), text: text,
        mix: .named("Q8_0"))
    }
    #expect(Folder.names(in: folder.path + "/ollama") == ["Modelfile", "model.gguf"])
    let lines = try String(decoding: fileBytes(folder.path + "/ollama/Modelfile"), as: UTF8.self)
    #expect(lines.hasPrefix("FROM ./model.gguf\nTEMPLATE \"\"\"{{ if .System }}"))
    for line in [
      "SYSTEM \"\"\"Be brief.\"\"\"", "PARAMETER stop \"\"\"<|im_end|>\"\"\"",
      "PARAMETER temperature 0.7", "PARAMETER top_k 20", "PARAMETER repeat_penalty 1.05",
    ] { #expect(lines.contains(line + "\n"), "\(line)") }
    #expect(report.parity.tensors == 21)
    let weights = try GGUFFile(path: folder.path + "/ollama/model.gguf")
    #expect(weights.bool("tokenizer.ggml.add_bos_token") == false)
  }

  /// What Go itself makes of the templates, where Go is installed.
  @Test(.enabled(if: GoProgram.isInstalled))
  func `Go writes what the evaluator here writes`() throws {
    let folder = try TemporaryFolder()
    let program = try GoProgram(folder)
    for name in ["chatml", "llama2", "llama3", "qwen2"] {
      let made = try template(
        try ChatTemplate.named(name).source, variables: ["bos_token": "<s>"])
      let read = try GoTemplateReader.read(made.source)
      let conversations = ProbeConversations.all.map { conversation in
        (
          system: conversation.messages.first { $0.role == "system" }?.text ?? "",
          messages: conversation.messages.map {
            GoTemplate.Message(role: $0.role, content: $0.text)
          }
        )
      }
      let found = try program.render(made.source, conversations)
      let expected = conversations.map { read.rendered(system: $0.system, messages: $0.messages) }
      let areSame = found == expected
      #expect(areSame, "\(name)")
      #expect(found.count == conversations.count)
    }
  }
}

/// Go's own text/template.
struct GoProgram {
  private static let go = ["/usr/bin/go", "/usr/local/go/bin/go", "/opt/homebrew/bin/go"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static var isInstalled: Bool { go != nil }

  private let folder: TemporaryFolder
  private let program: String

  init(_ folder: TemporaryFolder) throws {
    self.folder = folder
    program = folder.path + "/render"
    _ = try Self.run(
      try #require(Self.go), "build", "-o", program, Fixture.path("gguf/render.go"), in: folder)
  }

  func render(
    _ template: String, _ conversations: [(system: String, messages: [GoTemplate.Message])]
  ) throws -> [String] {
    let list = conversations.map { conversation -> JSON in
      [
        "System": .string(conversation.system),
        "Messages": .array(
          conversation.messages.map {
            ["Role": .string($0.role), "Content": .string($0.content)]
          }),
      ]
    }
    let input = try folder.write(
      JSON(members: [("Template", .string(template)), ("Conversations", .array(list))]).text(),
      to: "input.json")
    let output = try Self.run(program, input, in: folder)
    return try #require(JSON(parsing: output).array).compactMap(\.string)
  }

  private static func run(_ words: String..., in folder: TemporaryFolder) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "GOFLAGS": "-mod=mod"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }
}
