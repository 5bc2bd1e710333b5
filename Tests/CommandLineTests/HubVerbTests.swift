import AnnealFiles
import LoopbackServers
import TestSupport
import Testing

@Suite struct HubVerbTests {
  private let server = HubServer()
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a verb of the Hub against `http`, with this test's folders.
  private func run(
    _ http: LoopbackServer, token: String = "", _ arguments: String...
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      all: arguments,
      environment: [
        "HF_ENDPOINT": http.url(), "HF_HOME": folder.path + "/home", "HF_TOKEN": token,
        "HF_HUB_CACHE": "", "HUGGING_FACE_HUB_TOKEN": "", "HF_TOKEN_PATH": "",
      ])
  }

  @Test func `a pushed model is pulled and computes the same`() async throws {
    let http = try await LoopbackServer(server.answer)
    let model = try tinyModelFolder(folder)
    let pushed = try run(
      http, token: "hf_writer", "push", model, "writer/tiny", "--private", "--message", "Tiny",
      "--json")
    #expect(pushed.status == 0, "\(pushed.errors)")
    let report = try JSON(parsing: pushed.output)
    #expect(report["created"] == true && report["commit"]?.string?.count == 40)
    #expect(report["bytes"] == report["sent_bytes"])
    #expect(server.isPrivate("models/writer/tiny"))

    let refused = try run(http, "pull", "writer/tiny")
    #expect(refused.status == 1 && refused.errors.contains("401"), "\(refused.errors)")
    // Cut off in the middle, it goes on by itself and fetches the rest alone.
    server.cut("model.safetensors", times: 1, after: 20_000)
    let pulled = try run(http, token: "hf_writer", "pull", "writer/tiny", "--quiet")
    #expect(pulled.status == 0, "\(pulled.errors)")
    let bytes = try #require(Folder.fileBytes(model + "/model.safetensors"))
    let ranges = server.served.filter { $0.file == "model.safetensors" }.map(\.range)
    #expect(ranges.count == 2 && ranges[0] == 0..<20_000 && ranges[1].upperBound == bytes)
    #expect((1...20_000).contains(ranges[1].lowerBound))
    let snapshot = String(pulled.output.dropLast())
    #expect(snapshot.hasPrefix(folder.path + "/home/hub/models--writer--tiny/snapshots/"))
    let scores = try [model, snapshot].map { path in
      let outcome = try CommandLineProgram.run(
        "score", "--model", path, "--ids", "5,9,40,41", "--dtype", "float32", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try JSON(parsing: outcome.output)["logprobs"]
    }
    #expect(scores[0] == scores[1] && scores[0] != nil)

    let plain = folder.path + "/plain"
    let copied = try run(
      http, token: "hf_writer", "pull", "writer/tiny", "--output", plain, "--exclude", "*.json",
      "--json")
    #expect(copied.status == 0, "\(copied.errors)")
    #expect(try JSON(parsing: copied.output)["files"] == ["model.safetensors"])
    let isSame =
      try fileBytes(plain + "/model.safetensors") == fileBytes(model + "/model.safetensors")
    #expect(isSame)
    #expect(server.strayTokens == 0)
  }

  @Test func `a damaged file of the cache is named, and the right one comes`() async throws {
    let http = try await LoopbackServer(server.answer)
    let config = Array("{\"model_type\": \"llama\"}\n".utf8)
    server.make("models/me/tiny", files: ["config.json": config])
    #expect(try run(http, "pull", "me/tiny").status == 0)
    var other = config
    other[3] ^= 4
    let hash = GitBlobDigest.hex(of: config)
    let blob = folder.path + "/home/hub/models--me--tiny/blobs/" + hash
    try AtomicFile.write(other, to: blob)
    let plain = try run(http, "pull", "me/tiny", "--output", folder.path + "/plain")
    #expect(plain.status == 0 && plain.errors.contains(blob + " is damaged"), "\(plain.errors)")
    #expect(try fileBytes(folder.path + "/plain/config.json") == config)
    let mended = try run(http, "pull", "me/tiny", "--verify", "--json")
    #expect(mended.status == 0 && mended.errors.contains(blob + " was damaged"), "\(mended.errors)")
    #expect(try JSON(parsing: mended.output)["damaged"] == [.string(blob)])
    #expect(try fileBytes(blob) == config)
  }

  @Test func `a private push into a public repository is refused`() async throws {
    let http = try await LoopbackServer(server.answer)
    server.make("models/writer/open", files: ["a.txt": [1]])
    let mine = folder.path + "/mine"
    try Folder.create(mine)
    try AtomicFile.write("secret", to: mine + "/b.txt")
    let outcome = try run(http, token: "hf_writer", "push", mine, "writer/open", "--private")
    #expect(outcome.status == 2 && outcome.errors.contains("not private"), "\(outcome.errors)")
    #expect(server.files("models/writer/open")?.keys.sorted() == ["a.txt"])
  }

  @Test func `mistakes on the command line are told before anything is asked for`() async throws {
    let http = try await LoopbackServer(server.answer)
    for (arguments, words) in [
      (["pull", "a b"], "OWNER/NAME"),
      (["pull", "a/b", "--repo-type", "space"], "model or dataset"),
      (["pull", "a/b", "--endpoint", "hub"], "https://"),
      (["push", folder.path + "/none", "a/b"], "no such folder"),
    ] {
      let outcome = try CommandLineProgram.run(
        all: arguments, environment: ["HF_ENDPOINT": http.url(), "HF_TOKEN": "hf_writer"])
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(http.requests.isEmpty)
    let model = try CommandLineProgram.run("score", "--model", "Qwen/Qwen2.5-0.5B", "--ids", "1,2")
    #expect(model.status == 3, "\(model.errors)")
    #expect(model.errors.contains("anneal pull Qwen/Qwen2.5-0.5B"), "\(model.errors)")
  }
}
