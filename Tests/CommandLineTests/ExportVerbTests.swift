import AnnealFiles
import TestSupport
import Testing

@Suite struct ExportVerbTests {
  private func logProbabilities(_ arguments: String...) throws -> [Double] {
    let outcome = try CommandLineProgram.run(
      all: ["score", "--ids", "5,9,40,41,7,80,12", "--dtype", "float32", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output)["logprobs"]?.array?.compactMap(\.number) ?? []
  }

  private func expectClose(_ found: [Double], _ expected: [Double], within bound: Double) {
    #expect(found.count == expected.count && !found.isEmpty)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= bound, "\(a) \(b)") }
  }

  @Test func `a model and its adapter become a file that computes the same`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let plain = folder.path + "/plain.gguf"
    let written = try CommandLineProgram.run(
      all: ["export", "gguf", "--model", model, "--type", "f32", "--output", plain, "--json"])
    #expect(written.status == 0, "\(written.errors)")
    let report = try JSON(parsing: written.output)
    #expect(report["bytes"]?.integer == Folder.fileBytes(plain))
    #expect(report["parity"]?["largest_relative_error"]?.number == 0)
    #expect((report["parity"]?["texts"]?.integer ?? 0) > 100)
    // The same numbers in the same order, read from another file.
    expectClose(
      try logProbabilities("--model", plain), try logProbabilities("--model", model), within: 1e-6)

    let data = try folder.write(
      String(repeating: #"{"prompt": "cat", "completion": " mat"}"# + "\n", count: 8),
      to: "rows.jsonl")
    let trained = try CommandLineProgram.run(
      all: ["train", "--model", model, "--data", data, "--output", folder.path + "/run"]
        + ["max_steps=3", "learning_rate=1e-2", "dtype=float32", "max_length=64"]
        .flatMap { ["--set", $0] })
    #expect(trained.status == 0, "\(trained.errors)")
    let adapter = folder.path + "/run/last"
    let merged = folder.path + "/merged.gguf"
    let tuned = try CommandLineProgram.run(
      all: [
        "export", "gguf", "--model", model, "--adapter", adapter, "--type", "f32", "--output",
        merged, "--calibrate", data,
      ])
    #expect(tuned.status == 0, "\(tuned.errors)")
    let expected = try logProbabilities("--model", model, "--adapter", adapter)
    // Merging is another order of sums.
    expectClose(try logProbabilities("--model", merged), expected, within: 1e-4)
    let isOther = try expected != logProbabilities("--model", model)
    #expect(isOther)

    let alone = folder.path + "/lora.gguf"
    let lora = try CommandLineProgram.run(
      all: [
        "export", "lora", "--model", model, "--adapter", adapter, "--type", "f32", "--output",
        alone,
      ])
    #expect(lora.status == 0, "\(lora.errors)")
    let file = try GGUFFile(path: alone)
    #expect(file.string("general.type") == "adapter" && file.string("adapter.type") == "lora")
    #expect((file.number("adapter.lora.alpha") ?? 0) > 0)
    let names = try file.tensors().map(\.name)
    #expect(names.contains("blk.1.attn_q.weight.lora_a"), "\(names)")
  }

  @Test func `a folder for Ollama names its weights, template and stop tokens`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let target = folder.path + "/ollama"
    let arguments = [
      "export", "ollama", "--model", model, "--chat-template", "chatml", "--type", "q8_0",
      "--output", target, "--system", "Be brief.", "--json",
    ]
    let outcome = try CommandLineProgram.run(all: arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try JSON(parsing: outcome.output)["stop"]?.array?.isEmpty == false)
    let lines = try String(decoding: fileBytes(target + "/Modelfile"), as: UTF8.self)
    #expect(lines.contains("FROM ./model.gguf") && lines.contains("<|im_start|>user"))
    #expect(try CommandLineProgram.run(all: arguments).status == 2)
    #expect(try CommandLineProgram.run(all: arguments + ["--overwrite"]).status == 0)
  }

  @Test func `what cannot be exported is said before anything is written`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let target = folder.path + "/x.gguf"
    func run(_ arguments: String...) throws -> CommandLineProgram.Outcome {
      try CommandLineProgram.run(all: ["export", "gguf", "--output", target] + arguments)
    }
    let type = try run("--model", model, "--type", "q4km")
    #expect(type.status == 2 && type.errors.contains("Q4_K_M"), "\(type.errors)")
    let missing = try run("--model", folder.path + "/none")
    #expect(missing.status == 3, "\(missing.errors)")
    let both = try run("--model", model, "--imatrix", "a", "--calibrate", "b")
    #expect(both.status == 2, "\(both.errors)")
    let ollama = try CommandLineProgram.run(
      all: ["export", "ollama", "--model", model, "--output", folder.path + "/o"])
    #expect(ollama.status == 3 && ollama.errors.contains("no chat template"), "\(ollama.errors)")
    #expect(!Folder.names(in: folder.path).contains { $0.contains("gguf") || $0 == "o" })
  }
}
