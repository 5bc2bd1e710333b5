import AnnealDatasets
import AnnealFiles
import AnnealText
import Foundation
import TestSupport
import Testing

@testable import AnnealDocuments

@Suite struct IngestionTests {
  private let folder: TemporaryFolder
  private let output: String

  init() throws {
    folder = try TemporaryFolder()
    try Folder.create(folder.path + "/in")
    output = folder.path + "/rows.jsonl"
    try folder.write("# Heat\n\nThe kiln is hot.\n\n# Cold\n\nThe cellar is cold.\n", to: "in/a.md")
    try folder.write("1\n00:00:01,000 --> 00:00:02,000\nIt burns.\n\n2\nLost.\n", to: "in/b.srt")
    try folder.write("", to: "in/c.txt")
    try folder.write("picture", to: "in/d.png")
  }

  private func rows() throws -> [JSON] { try RowReader(path: output).rows().map(\.fields) }

  @Test func `a folder becomes rows in the order of its files`() async throws {
    var ingestion = Ingestion()
    ingestion.parallel = 3
    let report = try await ingestion.run([folder.path + "/in"], to: output)
    let rows = try rows()
    #expect(rows.map { $0["source"]?.string.map(Folder.name(of:)) } == ["a.md", "b.srt"])
    #expect(rows[0]["text"]?.string == "Heat\n\nThe kiln is hot.\n\nCold\n\nThe cellar is cold.")
    #expect(rows[1]["start"]?.number == 1 && rows[1]["end"]?.number == 2)
    #expect(
      rows.allSatisfy { row in
        row["hash"]?.string == row["text"]?.string.map(SHA256Digest.hex(of:))
      })
    #expect(report.documents == 2 && report.rows == 2 && report.problems == 2)
    #expect(report.json["passed_over"] == [".png": 1])
    #expect(report.description.contains("2 documents, 2 chunks"))
    #expect(report.description.contains("c.txt: the file is empty"))
  }

  @Test func `what cannot be used is kept beside the rows, until there is nothing`() async throws {
    let report = try await Ingestion().run([folder.path + "/in"], to: output)
    let side = try #require(report.sideFile)
    #expect(side == folder.path + "/rows.skipped.jsonl")
    let kept = try RowReader(path: side).rows().map(\.fields)
    #expect(kept.compactMap { $0["at"]?.string.map(Folder.name(of:)) } == ["b.srt:5", "c.txt"])
    _ = try await Ingestion().run([folder.path + "/in/a.md"], to: output)
    #expect(!Folder.holdsAnything(side))
  }

  @Test(arguments: ["in/z.jsonl", "in/y.jsonl"])
  func `what is read is never written over`(output: String) async throws {
    let log = #"{"prompt": "Hello", "choices": [{"text": "Hi"}]}"#
    let logs = ["in/z.jsonl", "in/y.skipped.jsonl"]
    for name in logs { try folder.write(log, to: name) }
    let error = await failure {
      try await Ingestion().run([folder.path + "/in"], to: folder.path + "/" + output)
    }
    #expect(error?.code == .usage)
    #expect(error?.message.contains("is read, so it cannot be written too") == true)
    for name in logs {
      #expect(try fileBytes(folder.path + "/" + name).elementsEqual(log.utf8))
    }
  }

  @Test func `what chats leave out is counted`() async throws {
    let path = try folder.write(
      #"""
      [{"type": "message", "ts": "1", "user": "U1", "text": "Hot."},
       {"type": "message", "ts": "2", "user": "U2", "subtype": "channel_join", "text": "joined"}]
      """#, to: "day.json")
    let report = try await Ingestion().run([path], to: output)
    #expect(report.json["left_out"] == ["channel_join": 1])
    #expect(report.description.contains("left out of chats: 1 channel_join"))
  }

  @Test func `stop ends at the first problem, report tells all, and nothing is written`()
    async throws
  {
    let stop = await failure {
      try await Ingestion(onError: .stop).run([folder.path + "/in"], to: output)
    }
    #expect(stop?.place?.file.hasSuffix("b.srt") == true && stop?.place?.line == 5)
    let report = await failure {
      try await Ingestion(onError: .report).run([folder.path + "/in"], to: output)
    }
    #expect(report?.message.contains("2 parts") == true)
    #expect(report?.message.contains("c.txt: the file is empty") == true)
    #expect(Folder.names(in: folder.path) == ["in"])
  }

  @Test func `rows are read as texts, and their documents stay on one side of a split`()
    async throws
  {
    for number in 0..<8 {
      let text = (0..<6).map { "Document \(number) says thing \($0) in a sentence of its own." }
      try folder.write(text.joined(separator: "\n\n"), to: "in/e\(number).txt")
    }
    let ingestion = Ingestion(chunker: Chunker(size: 24))
    _ = try await ingestion.run([folder.path + "/in"], to: output)
    let records = try Dataset<Record>(files: [output])
    #expect(records.allSatisfy { if case .text = $0 { true } else { false } })
    let split = try PreparedSplit(
      files: [output], settings: .init(validation: 0.3, groupBy: "source", seed: 3))
    let sources = { (rows: Dataset<Row>) in Set(rows.compactMap { $0.fields["source"]?.string }) }
    #expect(!split.validation.isEmpty)
    #expect(sources(split.train).isDisjoint(with: sources(split.validation)))
  }

  @Test func `conversations and texts do not share a file`() async throws {
    try folder.write(#"{"prompt": "Hello", "choices": [{"text": "Hi"}]}"#, to: "in/z.jsonl")
    let error = await failure { try await Ingestion().run([folder.path + "/in"], to: output) }
    #expect(error?.code == .usage)
    #expect(error?.remedy?.contains("apart") == true)
    #expect(!Folder.holdsAnything(output))
    _ = try await Ingestion().run([folder.path + "/in/z.jsonl"], to: output)
    #expect(
      try Dataset<Conversation>(jsonl: output).first?.messages.map(\.text) == ["Hello", "Hi"])
  }

  @Test func `links out of a folder are not followed, and circles end`() async throws {
    try folder.write("Secret.", to: "secret.txt")
    try SymbolicLink.write(to: folder.path + "/in/out.txt", target: "../secret.txt")
    try SymbolicLink.write(to: folder.path + "/in/up", target: "..")
    let report = try await Ingestion().run([folder.path + "/in"], to: output)
    #expect(try !rows().contains { $0["text"]?.string == "Secret." })
    #expect(
      report.links.map { $0.place.map { Folder.name(of: $0.file) } } == ["out.txt", "up"])
  }

  @Test(.enabled(if: Installed.git, "git is not installed"))
  func `of a repository, what git ignores is left out`() async throws {
    let repository = folder.path + "/in"
    let made = try await ExternalTool.git.run(
      ["-C", repository, "init", "-q"], at: .init(file: repository), limits: ToolLimits())
    #expect(made.status == 0, "\(made.messages)")
    try folder.write("b.srt\nbuild/\n", to: "in/.gitignore")
    try Folder.create(repository + "/build")
    try folder.write("Built.", to: "in/build/x.txt")
    try folder.write("let a = 1\n", to: "in/a.swift")
    // A repository may name a program for git to start; it must not.
    let trap = try folder.write("#!/bin/sh\ntouch \(folder.path)/ran\n", to: "trap.sh")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: trap)
    let config = repository + "/.git/config"
    let text = String(decoding: try fileBytes(config), as: UTF8.self)
    try AtomicFile.write(text + "[core]\n\tfsmonitor = \(trap)\n", to: config)
    _ = try await Ingestion().run([repository], to: output)
    #expect(try rows().map { $0["source"]?.string.map(Folder.name(of:)) } == ["a.md", "a.swift"])
    #expect(try rows().last?["language"] == "swift")
    #expect(!Folder.holdsAnything(folder.path + "/ran"))
  }

  @Test func `nothing but problems is an error that tells them`() async throws {
    let one = await failure { try await Ingestion().run([folder.path + "/in/c.txt"], to: output) }
    #expect(one?.message == "the file is empty")
    let missing = await failure {
      try await Ingestion().run([folder.path + "/none.md"], to: output)
    }
    #expect(missing?.message == "there is no such file")
    #expect(!Folder.holdsAnything(output))
  }
}
