import AnnealFiles
import LoopbackServers
import TestSupport
import Testing

@Suite struct CompareVerbTests {
  private func rows(_ folder: TemporaryFolder, _ name: String, _ answer: String) throws -> String {
    try folder.write(
      String(repeating: #"{"prompt": "cat", "completion": "\#(answer)"}"# + "\n", count: 24),
      to: name)
  }

  private func train(_ model: String, _ data: String, _ output: String) throws -> String {
    let settings = ["max_steps=8", "learning_rate=3e-2", "dtype=float32", "max_length=64"]
    let run = try CommandLineProgram.run(
      all: ["train", "--model", model, "--data", data, "--output", output]
        + settings.flatMap { ["--set", $0] })
    #expect(run.status == 0, "\(run.errors)")
    return output + "/last"
  }

  private func compare(_ arguments: [String]) throws -> (status: Int32, json: JSON?, errors: String)
  {
    let outcome = try CommandLineProgram.run(
      all: ["compare", "--dtype", "float32", "--max-new-tokens", "8", "--json"] + arguments)
    return (outcome.status, try? JSON(parsing: outcome.output), outcome.errors)
  }

  @Test func `a model is better, worse, or not to be told from itself, and a gate says so`() throws
  {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let right = try rows(folder, "right.jsonl", " mat")
    let wrong = try rows(folder, "wrong.jsonl", " xyz")
    let good = try train(model, right, folder.path + "/good")
    let bad = try train(model, wrong, folder.path + "/bad")
    let page = folder.path + "/page.html"

    let better = try compare([
      "--model", model, "--adapter", good, "--data", right, "--gate", "--report", page, "--probe",
      wrong,
    ])
    #expect(better.status == 0, "\(better.errors)")
    #expect(better.json?["verdict"]?["verdict"]?.string == "better")
    #expect(better.json?["probes"]?.array?.count == 1)
    #expect((Folder.fileBytes(page) ?? 0) > 1000)

    let worse = try compare(
      ["--model", model, "--base-adapter", good, "--adapter", bad, "--data", right, "--gate"])
    #expect(worse.status == 4, "\(worse.errors)")
    #expect(worse.json?["verdict"]?["verdict"]?.string == "worse")

    let same = try compare(["--model", model, "--tuned", model, "--data", right, "--gate"])
    #expect(same.status == 4, "\(same.errors)")
    #expect(same.json?["verdict"]?["verdict"]?.string == "not distinguishable")
  }

  @Test func `people's votes are written for, and counted`() throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let data = try rows(folder, "rows.jsonl", " mat")
    let adapter = try train(model, data, folder.path + "/run")
    let page = folder.path + "/blind.html"
    let asked = try compare([
      "--model", model, "--adapter", adapter, "--data", data, "--metrics", "exact_match",
      "--blind", page,
    ])
    #expect(asked.status == 0, "\(asked.errors)")
    let key = try JSON(contentsOf: folder.path + "/blind.key.json", code: .data)
    let sides = try #require(key["tuned"]?.array)
    let votes = JSON(members: [("test", key["test"] ?? .null), ("votes", .array(sides))])
    let cast = try folder.write(votes.text(), to: "votes.json")
    let counted = try CommandLineProgram.run(
      all: ["votes", cast, "--key", folder.path + "/blind.key.json", "--json"])
    #expect(counted.status == 0, "\(counted.errors)")
    #expect(try JSON(parsing: counted.output)["tuned"]?.integer == sides.count)
  }

  @Test func `a hosted model takes the base's place, and another judges`() async throws {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    let data = try rows(folder, "rows.jsonl", " mat")
    let adapter = try train(model, data, folder.path + "/run")
    let hosted = try await LoopbackServer(ChatServer().answer)
    let judge = try await LoopbackServer(JudgeServer(prefers: "mat").answer)
    let outcome = try compare([
      "--model", model, "--adapter", adapter, "--data", data, "--metrics", "exact_match",
      "--base-url", hosted.url("/v1"), "--base-name", "echo", "--price", "1000000,2000000",
      "--judge", judge.url("/v1"), "--judge-name", "critic", "--judge-rows", "3",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try #require(outcome.json)
    #expect(json["verdict"]?["verdict"]?.string == "better" && json["base"]?["loss"] == nil)
    let replies = try #require(json["base"]?["replies"])
    // "cat" and "tac" are three tokens each to that server.
    #expect(replies["prompt_tokens"] == 72 && replies["reply_tokens"] == 72)
    #expect(replies["cost"]?.number == 72 + 144)
    #expect((replies["median_latency_seconds"]?.number ?? 0) > 0)
    #expect(hosted.requests.count == 24 && judge.requests.count == 6)
    #expect(json["judging"]?["wins"] == 3, "\(json["judging"] ?? .null)")
  }

  @Test(arguments: [
    (["--metrics", "exact_match", "--decide-by", "f1"], "--decide-by"),
    (["--shots", "2"], "--shots-from"), (["--judge", "x"], "--metrics"),
    (["--rubric", "x"], "--judge"), (["--blind", "x.txt", "--metrics", "f1"], ".html"),
    (["--base-url", "http://127.0.0.1:9/v1"], "--base-name"),
    (["--base-url", "http://127.0.0.1:9/v1", "--base-name", "x"], "--metrics"),
    (["--price", "1"], "--price"), (["--price", "1,2"], "--base-url"),
    (["--judge", "http://127.0.0.1:9/v1", "--metrics", "f1"], "--judge-name"),
  ])
  func `options that do not belong together are refused by name`(
    options: [String], name: String
  ) throws {
    let outcome = try CommandLineProgram.run(
      all: ["compare", "--model", "m", "--adapter", "a", "--data", "d"] + options)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(name), "\(outcome.errors)")
  }
}
