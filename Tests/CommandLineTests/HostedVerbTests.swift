import AnnealFiles
import LoopbackServers
import TestSupport
import Testing

@Suite struct HostedVerbTests {
  private let server = TuningServer(key: "sk-test-key")
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ http: LoopbackServer, key: String = "sk-test-key", _ arguments: String...
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      all: ["hosted"] + arguments,
      environment: ["OPENAI_BASE_URL": http.url("/v1"), "OPENAI_API_KEY": key])
  }

  private func rows(_ count: Int, _ row: (Int) -> String) throws -> String {
    try folder.write((0..<count).map { row($0) + "\n" }.joined(), to: "rows.jsonl")
  }

  @Test func `rows are exported, sent, learned from and reported on`() async throws {
    let http = try await LoopbackServer(server.answer)
    let data = try rows(12) { #"{"instruction": "Add 1 to \#($0).", "output": "\#($0 + 1)"}"# }
    let file = folder.path + "/train.jsonl"
    let exported = try run(http, "export", data, "--output", file, "--json")
    #expect(exported.status == 0, "\(exported.errors)")
    let facts = try JSON(parsing: exported.output)
    #expect(facts["rows"] == 12 && (facts["tokens"]?.integer ?? 0) > 100)
    #expect(http.requests.isEmpty)

    let submitted = try run(
      http, "submit", file, "--model", "gpt-small", "--suffix", "sums", "--epochs", "2",
      "--learning-rate-multiplier", "0.5", "--validation", file, "--wait", "--every", "0.05",
      "--json")
    #expect(submitted.status == 0, "\(submitted.errors)")
    let job = try JSON(parsing: submitted.output)
    #expect(job["status"] == "succeeded" && job["fine_tuned_model"] == "ft:gpt-small:sums")
    // Every event is told once.
    let told = submitted.errors.split(separator: "\n").filter { $0.hasPrefix("stage ") }
    #expect(
      told
        == ["validating_files", "queued", "running", "running", "succeeded"].map { "stage \($0)" })
    let sent = try fileBytes(file)
    #expect(server.files.count == 2 && server.files.values.allSatisfy { $0 == sent })
    let wish = try #require(server.wishes["ftjob-1"])
    #expect(wish["suffix"] == "sums" && wish["validation_file"] == "file-2")
    #expect(
      wish["method"] == [
        "type": "supervised",
        "supervised": ["hyperparameters": ["n_epochs": 2, "learning_rate_multiplier": 0.5]],
      ])

    let target = folder.path + "/job"
    let fetched = try run(http, "fetch", "ftjob-1", "--output", target)
    #expect(fetched.status == 0, "\(fetched.errors)")
    #expect(
      Folder.names(in: target) == ["checkpoints.json", "events.jsonl", "job.json", "metrics.csv"])
    #expect(
      String(decoding: try fileBytes(target + "/metrics.csv"), as: UTF8.self).hasPrefix("step,"))
    #expect(try run(http, "fetch", "ftjob-1", "--output", target).status == 2)
    #expect(try run(http, "fetch", "ftjob-1", "--output", target, "--overwrite").status == 0)
  }

  @Test func `a job can be cancelled, and the list tells of it`() async throws {
    let http = try await LoopbackServer(server.answer)
    let data = try rows(10) { #"{"prompt": "\#($0)", "chosen": "yes", "rejected": "no"}"# }
    let file = folder.path + "/pairs.jsonl"
    let exported = try run(http, "export", data, "--output", file, "--method", "dpo")
    #expect(exported.status == 0, "\(exported.errors)")
    let submitted = try run(
      http, "submit", file, "--model", "m", "--method", "dpo", "--beta", "0.2")
    #expect(submitted.status == 0 && submitted.output.contains("ftjob-1"), "\(submitted.errors)")
    #expect(server.wishes["ftjob-1"]?["method"]?["dpo"]?["hyperparameters"]?["beta"]?.number == 0.2)
    #expect(try run(http, "cancel", "ftjob-1").output.contains("cancelled"))
    #expect(try run(http, "list").output.contains("ftjob-1: cancelled"))
    let waited = try run(http, "status", "ftjob-1", "--wait")
    #expect(waited.status == 1 && waited.errors.contains("ended as cancelled"), "\(waited.errors)")
  }

  @Test func `a server that was not meant gets no key, and a variable names another`()
    async throws
  {
    let http = try await LoopbackServer(server.answer)
    let environment = [
      "OPENAI_BASE_URL": "", "OPENAI_API_KEY": "sk-test-key", "MY_KEY": "sk-test-key",
    ]
    let list = ["hosted", "list", "--base-url", http.url("/v1")]
    let refused = try CommandLineProgram.run(all: list, environment: environment)
    #expect(refused.status == 1 && refused.errors.contains("--key-variable"), "\(refused.errors)")
    #expect(http.requests.map { $0.headers["authorization"] } == [nil])
    let named = try CommandLineProgram.run(
      all: list + ["--key-variable", "MY_KEY"], environment: environment)
    #expect(named.status == 0 && named.output.contains("no jobs"), "\(named.errors)")
  }

  @Test func `what a server says is printed and cannot steer a terminal`() async throws {
    let http = try await LoopbackServer(server.answer)
    let data = try rows(10) { #"{"prompt": "\#($0)", "completion": "yes"}"# }
    let file = folder.path + "/train.jsonl"
    #expect(try run(http, "export", data, "--output", file).status == 0)
    // The server gives the name back as it came.
    let name = "m\u{1B}[31m\u{1B}]0;title\u{7}"
    let submitted = try run(http, "submit", file, "--model", name)
    #expect(submitted.status == 0, "\(submitted.errors)")
    #expect(submitted.output.contains("of m␛[31m␛]0;title␇"), "\(submitted.output)")
    #expect(!(submitted.output + submitted.errors).contains("\u{1B}"))
    let job = try JSON(parsing: try run(http, "status", "ftjob-1", "--json").output)
    #expect(job["model"]?.string == name)
    let missing = try run(http, "status", "no\u{1B}[2J")
    #expect(missing.status == 1 && missing.errors.contains("no␛[2J"), "\(missing.errors)")
    #expect(!missing.errors.contains("\u{1B}"))
  }

  @Test func `what the API would refuse is told before anything is sent`() async throws {
    let http = try await LoopbackServer(server.answer)
    let few = try rows(9) { #"{"prompt": "\#($0)", "completion": "yes"}"# }
    let file = folder.path + "/train.jsonl"
    let refused = try run(http, "export", few, "--output", file)
    #expect(refused.status == 3 && refused.errors.contains("9 rows"), "\(refused.errors)")
    #expect(!Folder.holdsAnything(file))
    let mixed = try rows(12) {
      $0 == 3
        ? #"{"prompt": "a", "completion": ""}"# : #"{"prompt": "\#($0)", "completion": "yes"}"#
    }
    let stopped = try run(http, "export", mixed, "--output", file)
    #expect(stopped.status == 3 && stopped.errors.contains("rows.jsonl:4"), "\(stopped.errors)")
    let skipped = try run(http, "export", mixed, "--output", file, "--on-error", "skip")
    #expect(skipped.status == 0, "\(skipped.errors)")
    #expect(Folder.holdsFile(folder.path + "/train.skipped.jsonl"))

    let unkeyed = try run(http, key: "sk-other", "submit", file, "--model", "m")
    #expect(unkeyed.status == 1 && unkeyed.errors.contains("401"), "\(unkeyed.errors)")
    #expect(!unkeyed.errors.contains("sk-other"))
    let broken = try folder.write(#"{"messages": []}"#, to: "broken.jsonl")
    let unread = try run(http, "submit", broken, "--model", "m")
    #expect(unread.status == 3, "\(unread.errors)")
    #expect(server.files.isEmpty)
  }
}
