import Anneal
import AnnealFiles
import Foundation
import LoopbackServers
import TestSupport
import Testing

/// A stronger model over loopback, asked by the executable.
@Suite struct TeachingVerbTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ http: LoopbackServer, _ arguments: [String]) throws
    -> CommandLineProgram.Outcome
  {
    try CommandLineProgram.run(
      all: ["data"] + arguments + ["--teacher", http.url("/v1"), "--teacher-name", "teacher"],
      environment: ["OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""])
  }

  private func lines(_ path: String) throws -> [JSON] {
    try String(decoding: fileBytes(path), as: UTF8.self).split(separator: "\n").map {
      try JSON(parsing: $0)
    }
  }

  /// Chunks of transcripts as ingesting writes them: a paragraph or two each.
  private func chunks(_ perDocument: Int) throws -> String? {
    guard let transcripts = SharedData.path("docs/transcripts") else { return nil }
    var rows: [String] = []
    for name in Folder.names(in: transcripts) where name.hasSuffix(".md") {
      let text = String(decoding: try fileBytes(transcripts + "/" + name), as: UTF8.self)
      let paragraphs = text.split(separator: "\n\n").filter { $0.split(separator: " ").count > 25 }
      for (index, paragraph) in paragraphs.prefix(perDocument).enumerated() {
        let row: JSON = [
          "id": .string("\(name)#\(index)"), "text": .string(String(paragraph)),
          "source": .string(name), "section": ["Talk"],
        ]
        rows.append(row.text())
      }
    }
    return try folder.write(rows.joined(separator: "\n") + "\n", to: "chunks.jsonl")
  }

  /// Chunks that need no data beside the checkout.
  private func smallChunks(_ count: Int) throws -> String {
    let rows = (0..<count).map { index -> String in
      let text =
        "Kiln \(index) was fired for \(index + 3) hours\nbefore the glaze melted. "
        + "The potter of village \(index) then opened the door too early."
      let row: JSON = [
        "id": .string("k\(index)"), "text": .string(text), "source": .string("doc\(index / 4).md"),
      ]
      return row.text() + "\n"
    }
    return try folder.write(rows.joined(), to: "small.jsonl")
  }

  @Test func `a job of which no row came has failed, and says why`() async throws {
    let http = try await LoopbackServer { _ in .failure(400, "the context is too short") }
    let made = try run(
      http, ["generate", try smallChunks(2), "--output", folder.path + "/none.jsonl"])
    #expect(made.status == 1, "\(made.output)")
    #expect(made.errors.contains("no row came of it"), "\(made.errors)")
    #expect(made.errors.contains("the context is too short"), "\(made.errors)")
    #expect(!Folder.holdsAnything(folder.path + "/none.jsonl"))
    // What an earlier time wrote stays, too.
    let earlier = try folder.write("{\"question\": \"a\", \"answer\": \"b\"}\n", to: "none.jsonl")
    let again = try run(http, ["generate", try smallChunks(2), "--output", earlier, "--overwrite"])
    #expect(again.status == 1, "\(again.output)")
    #expect(try lines(earlier).count == 1)
  }

  private static let besides: [(verb: [String], files: [String])] = [
    (["filter", "--min-words", "1"], ["rejected", "skipped"]),
    (["clean", "--stages", "exact-duplicates"], ["changes", "skipped"]),
    (["score", "--teacher", "http://127.0.0.1:9/v1", "--teacher-name", "t"], ["rejected"]),
    (["rewrite", "--teacher", "http://127.0.0.1:9/v1", "--teacher-name", "t"], ["skipped"]),
  ]

  @Test(arguments: besides)
  func `a file beside the output is not read and written at once`(
    verb: [String], files: [String]
  ) throws {
    for side in files {
      let input = try folder.write("{\"text\": \"a\"}\n", to: "rows.\(side).jsonl")
      // As a name, and as what a folder or a pattern stands for.
      for name in [input, folder.path, folder.path + "/*.\(side).jsonl"] {
        let outcome = try CommandLineProgram.run(
          all: ["data", verb[0], name] + verb.dropFirst() + [
            "--output", folder.path + "/rows.jsonl", "--overwrite",
          ])
        #expect(outcome.status == 2 && outcome.errors.contains("is read"), "\(outcome.errors)")
        #expect(Folder.holdsFile(input))
      }
      try Folder.remove(input)
    }
  }

  @Test(arguments: besides)
  func `a file beside the output is replaced only when asked`(
    verb: [String], files: [String]
  ) throws {
    let input = try folder.write("{\"text\": \"a\"}\n", to: "in.jsonl")
    for side in files {
      let mine = try folder.write("mine\n", to: "out.\(side).jsonl")
      let outcome = try CommandLineProgram.run(
        all: ["data", verb[0], input] + verb.dropFirst() + ["--output", folder.path + "/out.jsonl"])
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(outcome.errors.contains("out.\(side).jsonl: the file is there already"))
      #expect(try fileBytes(mine) == [UInt8]("mine\n".utf8))
      try Folder.remove(mine)
    }
  }

  @Test(arguments: [
    (["--max-spread", "nan"], "--max-spread"),
    (["--min-words", "9", "--max-words", "2"], "No answer"),
    (["--min-words=-1"], "No answer"), (["--rules", "evidence"], "--chunks"),
  ])
  func `a filter that can let nothing or everything through is refused`(
    options: [String], word: String
  ) throws {
    let input = try folder.write("{\"text\": \"a\"}\n", to: "in.jsonl")
    let outcome = try CommandLineProgram.run(
      all: ["data", "filter", input, "--output", folder.path + "/out.jsonl"] + options)
    #expect(outcome.status == 2 && outcome.errors.contains(word), "\(outcome.errors)")
  }

  @Test func `rows after the ones that are asked for are not read`() throws {
    let rows = (0..<3).map { "{\"question\": \"q\($0)\", \"answer\": \"a\"}\n" }.joined()
    let input = try folder.write(rows + "{broken\n", to: "in.jsonl")
    let outcome = try CommandLineProgram.run(
      all: [
        "data", "score", input, "--output", folder.path + "/out.jsonl", "--dry-run", "--limit", "2",
        "--teacher", "http://127.0.0.1:9/v1", "--teacher-name", "t",
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("2 questions"), "\(outcome.output)")
  }

  @Test func `chunks become pairs, are graded, filtered and split by document without a leak`()
    async throws
  {
    guard let chunks = try chunks(12) else {
      print("skipped: there are no transcripts beside the checkout")
      return
    }
    let server = TeacherServer()
    let http = try await LoopbackServer(server.answer)
    let (pairs, graded) = (folder.path + "/pairs.jsonl", folder.path + "/graded.jsonl")
    let made = try run(
      http, ["generate", chunks, "--output", pairs, "--price", "1,2", "--count", "2", "--json"])
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.errors.contains("questions; about") && made.errors.contains("cost about"))
    let report = try JSON(parsing: made.output)
    let rows = try lines(pairs)
    #expect(rows.count > 100 && report["rows"]?.integer == rows.count)
    #expect((report["effort"]?["cost"]?.number ?? 0) > 0)
    // Every kind of fault was met, and is in the side file where it could not be mended.
    let fates = server.fates
    #expect(fates.count == TeacherServer.Fate.allCases.count, "\(fates)")
    let reasons = Set(report["reasons"]?.members.map(\.key) ?? [])
    #expect(reasons == ["evidence not in the chunk", "malformed", "refused"])
    let rejected = try lines(folder.path + "/pairs.rejected.jsonl")
    #expect(rejected.count == report["rejected"]?.integer)
    // Each piece of evidence stands in its chunk.
    let texts = Dictionary(
      try lines(chunks).map { ($0["id"]?.string ?? "", words($0["text"]?.string ?? "")) }
    ) { $1 }
    let isGrounded = rows.allSatisfy { row in
      texts[row["chunk"]?.string ?? ""]?.contains(words(row["evidence"]?.string ?? "-")) ?? false
    }
    #expect(isGrounded)

    let scored = try run(
      http, ["score", pairs, "--output", graded, "--votes", "3", "--chunks", chunks, "--json"])
    #expect(scored.status == 0, "\(scored.errors)")
    let grades = try lines(graded)
    #expect(grades.allSatisfy { $0["scores"]?["groundedness"]?["grade"]?.number == 5 })
    #expect(grades.contains { $0["scores"]?["style"]?["spread"] == 1 })

    let good = folder.path + "/good.jsonl"
    let filtered = try CommandLineProgram.run(
      "data", "filter", graded, "--min", "groundedness=4", "--min", "style=4", "--rules", "all",
      "--chunks", chunks, "--output", good, "--json")
    #expect(filtered.status == 0, "\(filtered.errors)")
    let kept = try lines(good)
    #expect(kept.count > 50 && kept.count < grades.count)
    #expect(try lines(folder.path + "/good.rejected.jsonl").count == grades.count - kept.count)

    let split = try CommandLineProgram.run(
      "data", "split", good, "--output", folder.path + "/split", "--group-by", "source",
      "--val-size", "0.2", "--test-size", "0.2", "--exact", "--on-leak", "stop", "--json")
    #expect(split.status == 0, "\(split.errors)")
    let parts = try ["train", "validation", "test"].map { part in
      Set(try lines(folder.path + "/split/\(part).jsonl").compactMap { $0["source"]?.string })
    }
    #expect(parts.allSatisfy { !$0.isEmpty })
    #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]))
    #expect(parts[1].isDisjoint(with: parts[2]))
  }

  private func words(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func `a job that is killed goes on, asks for nothing twice and writes the same`()
    async throws
  {
    let chunks = try smallChunks(40)
    let output = folder.path + "/pairs.jsonl"
    let slow = TeacherServer(faults: false, stallingAfter: 13)
    let stalling = try await LoopbackServer(slow.answer)
    let arguments = ["data", "generate", chunks, "--output", output, "--teacher-name", "teacher"]
    // The teacher is the same one in both runs: a server that lost its patience, at one address.
    let port = stalling.port
    let process = try CommandLineProgram.start(arguments + ["--teacher", stalling.url("/v1")])
    let store = output.dropLast(6) + ".replies.sqlite"
    try await waitUntil { slow.answered >= 17 }
    try await waitUntil { try await SQLiteReplyStore(path: String(store)).count() == 13 }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(!Folder.holdsAnything(output))
    let first = stalling.requests.map(\.body)
    await stalling.close()

    let server = TeacherServer(faults: false)
    let http = try await LoopbackServer(port: port, server.answer)
    let again = try CommandLineProgram.run(
      all: arguments + ["--teacher", http.url("/v1"), "--json"])
    #expect(again.status == 0, "\(again.errors)")
    #expect(http.requests.count == 27)
    let report = try JSON(parsing: again.output)
    #expect(report["effort"]?["cached"] == 13 && report["effort"]?["requests"] == 27)
    // Only what was under way when it was killed is asked for once more.
    let second = Set(http.requests.map(\.body))
    #expect(first.count { second.contains($0) } == first.count - 13)

    let whole = folder.path + "/whole.jsonl"
    let unbroken = try CommandLineProgram.run(
      all: arguments.map { $0 == output ? whole : $0 } + ["--teacher", http.url("/v1")])
    #expect(unbroken.status == 0, "\(unbroken.errors)")
    #expect(http.requests.count == 67)
    let isSame = try fileBytes(output) == fileBytes(whole)
    #expect(isSame)
    let free = try CommandLineProgram.run(
      all: arguments + ["--teacher", http.url("/v1"), "--overwrite"])
    #expect(free.status == 0 && http.requests.count == 67, "\(free.errors)")
  }

  @Test func `every kind is written from what a teacher says`() async throws {
    let server = TeacherServer(seed: 3)
    let http = try await LoopbackServer(server.answer)
    let chunks = try smallChunks(24)
    let seeds = try folder.write(
      (0..<12).map { number in
        let row: JSON = [
          "instruction": .string("Tell the story of king number \(number) in three lines"),
          "output": "Once.",
        ]
        return row.text() + "\n"
      }.joined(), to: "seeds.jsonl")
    for (kind, file, options) in [
      ("conversation", chunks, ["--turns", "2"]), ("summary", chunks, []),
      ("preference", chunks, ["--style", "plain"]),
      ("classification", chunks, ["--labels", "praise, complaint"]),
      ("self-instruct", seeds, ["--rounds", "24"]), ("evol-instruct", seeds, ["--count", "2"]),
    ] {
      let output = "\(folder.path)/\(kind).jsonl"
      let made = try run(
        http, ["generate", file, "--kind", kind, "--output", output, "--json"] + options)
      #expect(made.status == 0, "\(kind): \(made.errors)")
      let report = try JSON(parsing: made.output)
      let rows = try lines(output)
      #expect(rows.count >= 16 && report["rows"]?.integer == rows.count, "\(kind): \(made.output)")
      #expect((report["rejected"]?.integer ?? 0) > 0, "\(kind)")
      #expect(rows.allSatisfy { $0["kind"]?.string == kind && $0["teacher"] == "teacher" })
      let inspected = try CommandLineProgram.run("data", "inspect", output, "--json")
      #expect(inspected.status == 0, "\(kind): \(inspected.errors)")
    }
  }

  @Test func `rows are mended, and what stood there is kept`() async throws {
    let server = TeacherServer(faults: false)
    let http = try await LoopbackServer(server.answer)
    let rows = try folder.write(
      (0..<6).map { #"{"question": "What is \#($0)?", "answer": "It is  teh \#($0)."}"# + "\n" }
        .joined(), to: "rows.jsonl")
    let output = folder.path + "/mended.jsonl"
    let made = try run(http, ["rewrite", rows, "--output", output, "--do", "grammar,context"])
    #expect(made.status == 0 && made.output.contains("6 changed"), "\(made.errors)\(made.output)")
    // Also where nobody watches, how far it is stands in the log.
    #expect(made.errors.contains(" questions  "), "\(made.errors)")
    let mended = try lines(output)
    #expect(mended.map { $0["answer"]?.string } == (0..<6).map { "It is the \($0)." })
    #expect(mended.first?["before"] == ["answer": "It is  teh 0."])
    let unknown = try run(http, ["rewrite", rows, "--output", output + "2", "--do", "gramar"])
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean 'grammar'"))
  }

  @Test func `Ctrl-C ends a job at once, also while the server thinks`() async throws {
    let server = TeacherServer(faults: false, stallingAfter: 5)
    let http = try await LoopbackServer(server.answer)
    let output = folder.path + "/pairs.jsonl"
    let process = try CommandLineProgram.start([
      "data", "generate", try smallChunks(12), "--output", output, "--teacher", http.url("/v1"),
      "--teacher-name", "teacher",
    ])
    try await waitUntil { server.answered >= 9 }
    let start = ContinuousClock().now
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(start.duration(to: ContinuousClock().now) < .seconds(600))
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(!Folder.holdsAnything(output))
  }

  private func waitUntil(_ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock().now + .seconds(600)
    while try await !isSo() {
      guard ContinuousClock().now < end else {
        throw AnnealError(.failed, "waited in vain")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  @Test func `a model of one's own is a teacher too, and what it said is kept`() throws {
    let rows = try folder.write(
      #"{"question": "What is clay?", "answer": "Earth."}"# + "\n", to: "rows.jsonl")
    let output = folder.path + "/graded.jsonl"
    let arguments = [
      "data", "score", rows, "--output", output, "--teacher", Checkout.path("Resources/base"),
      "--max-tokens", "16", "--overwrite", "--json",
    ]
    // The embedded model grades nothing; that it was asked, asked again and heard is what counts.
    for kept in [0, 2] {
      let graded = try CommandLineProgram.run(all: arguments)
      #expect(graded.status == 0, "\(graded.errors)")
      let report = try JSON(parsing: graded.output)
      #expect(report["rejected"] == 1 && report["effort"]?["asked_again"] == 1)
      #expect(report["effort"]?["cached"]?.integer == kept, "\(graded.output)")
      let tokens = report["effort"]?["completion_tokens"]?.integer ?? 0
      #expect(kept == 0 ? tokens > 0 : tokens == 0)
    }
  }

  @Test func `a dry run tells what it would take and asks nothing`() async throws {
    let http = try await LoopbackServer(TeacherServer().answer)
    let output = folder.path + "/pairs.jsonl"
    let told = try run(
      http,
      [
        "generate", try smallChunks(5), "--output", output, "--dry-run", "--price", "3,15",
        "--json",
      ])
    #expect(told.status == 0, "\(told.errors)")
    let estimate = try JSON(parsing: told.output)["estimate"]
    #expect(estimate?["questions"] == 5 && (estimate?["prompt_tokens"]?.integer ?? 0) > 500)
    let cost = estimate?["cost"]?.number ?? 0
    #expect(cost > 0.001 && cost < 1)
    #expect(http.requests.isEmpty && !Folder.holdsAnything(output))
  }

  @Test func `prompts of one's own are asked with, and what is wrong with them is told first`()
    async throws
  {
    let http = try await LoopbackServer(TeacherServer(faults: false).answer)
    let (own, output) = (folder.path + "/prompts", folder.path + "/pairs.jsonl")
    let written = try CommandLineProgram.run("data", "generate", "--write-prompts", own)
    #expect(written.status == 0 && written.output.contains("question-answer.txt"))
    let file = own + "/question-answer.txt"
    let text = String(decoding: try fileBytes(file), as: UTF8.self)
    try AtomicFile.write(text.replacing("Each answer", with: "Each splendid answer"), to: file)
    let chunks = try smallChunks(2)
    let made = try run(http, ["generate", chunks, "--output", output, "--prompts", own])
    #expect(made.status == 0, "\(made.errors)")
    #expect(
      http.requests.allSatisfy { String(decoding: $0.body, as: UTF8.self).contains("splendid") })
    try AtomicFile.write(text + "{{ dificulty }}", to: file)
    let wrong = try run(
      http, ["generate", chunks, "--output", output, "--prompts", own, "--overwrite"])
    #expect(
      wrong.status == 2 && wrong.errors.contains("did you mean 'difficulty'"), "\(wrong.errors)")
    #expect(http.requests.count == 2)
  }

  @Test func `a key that is refused ends the work with what the server said`() async throws {
    let http = try await LoopbackServer { _ in .failure(401, "Incorrect API key") }
    let output = folder.path + "/pairs.jsonl"
    let refused = try run(http, ["generate", try smallChunks(30), "--output", output])
    #expect(refused.status == 1 && refused.errors.contains("401"), "\(refused.errors)")
    #expect(http.requests.count < 20 && !Folder.holdsAnything(output))
  }

  @Test(arguments: [
    (["generate"], "<file>"), (["generate", "x.jsonl"], "--output"),
    (["generate", "x", "--output", "y", "--teacher", "http://h/v1"], "--teacher-name"),
    (["generate", "x", "--output", "y", "--difficulty", "odd"], "easy, medium, hard, mixed"),
    (["score", "x", "--output", "y", "--votes", "0"], "--votes"),
    (["filter", "x", "--output", "y"], "nothing to filter by"),
    (["filter", "x", "--output", "y", "--min", "a"], "groundedness=4"),
  ])
  func `a wrong command line is told before anything is read`(
    arguments: [String], message: String
  ) throws {
    let outcome = try CommandLineProgram.run(all: ["data"] + arguments)
    #expect(outcome.status == 2 && outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func `rows that cannot be used are told by file, line and field`() throws {
    let chunks = try folder.write("{\"text\": \"a\"}\n{\"text\": 5}\n", to: "bad.jsonl")
    let output = folder.path + "/out.jsonl"
    let made = try CommandLineProgram.run(
      "data", "generate", chunks, "--output", output, "--teacher", "http://127.0.0.1:9/v1",
      "--teacher-name", "t")
    #expect(made.status == 3 && made.errors.contains("bad.jsonl:2:text"), "\(made.errors)")
    let rows = try folder.write(#"{"question": "a", "answer": "b"}"# + "\n", to: "rows.jsonl")
    let ungraded = try CommandLineProgram.run(
      "data", "filter", rows, "--output", output, "--min", "style=4")
    #expect(ungraded.status == 3 && ungraded.errors.contains("data score"), "\(ungraded.errors)")
    let unknown = try CommandLineProgram.run(
      "data", "filter", rows, "--output", output, "--rules", "eco")
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean 'echo'"))
  }
}
