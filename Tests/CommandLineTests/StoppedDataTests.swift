import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Long work on rows: it tells how far it is, and Ctrl-C ends it without a trace.
@Suite struct StoppedDataTests {
  private static let row =
    "{\"prompt\": \"What is one more than three hundred?\", \"completion\": \"It is 301.\"}\n"

  @Test(arguments: ["clean", "split", "inspect", "diff"])
  func `Ctrl-C ends work on rows with a word, and leaves nothing behind`(verb: String) throws {
    let folder = try TemporaryFolder()
    let written = folder.path + "/written"
    try Folder.create(written)
    let pipe = folder.path + "/rows.jsonl"
    // A pipe never ends by itself: the work is in the middle of its rows when it is stopped.
    try #require(mkfifo(pipe, 0o600) == 0)
    let rows = open(pipe, O_RDWR | O_NONBLOCK)
    try #require(rows >= 0)
    defer { close(rows) }
    let told = try folder.write("", to: "told.txt")
    let other = try folder.write(Self.row, to: "b.jsonl")
    let errors = try #require(FileHandle(forWritingAtPath: told))
    let process = try CommandLineProgram.start(
      ["data", verb] + Self.arguments(verb, pipe, written, other), errors: errors)
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    let words = { String(decoding: (try? fileBytes(told)) ?? [], as: UTF8.self) }
    // Off a terminal, how far it is stands in plain lines.
    feed(rows) { words().contains("reading rows.jsonl") || !process.isRunning }
    #expect(words().contains("reading rows.jsonl"), "\(words())")
    process.interrupt()
    feed(rows) { !process.isRunning }
    guard !process.isRunning else {
      Issue.record("\(verb) does not end")
      return
    }
    #expect(process.terminationReason == .exit && process.terminationStatus == 130, "\(words())")
    #expect(words().contains("error: stopped; nothing was written"), "\(words())")
    #expect(Folder.names(in: written).isEmpty)
  }

  private static func arguments(
    _ verb: String, _ rows: String, _ folder: String, _ other: String
  ) -> [String] {
    switch verb {
    case "clean": [rows, "--output", folder + "/clean.jsonl"]
    case "split": [rows, "--output", folder + "/set"]
    case "diff": [rows, other]
    default: [rows]
    }
  }

  /// Writes rows into the pipe, as fast as they are read, until `isEnough`; for two minutes at most.
  private func feed(_ pipe: Int32, until isEnough: () -> Bool) {
    let block = Array(String(repeating: Self.row, count: 400).utf8)
    var left = block[...]
    let end = ContinuousClock().now + .seconds(120)
    while !isEnough(), ContinuousClock().now < end {
      let count = left.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
      if count > 0 { left = left.dropFirst(count) }
      if left.isEmpty { left = block[...] }
      Thread.sleep(forTimeInterval: 0.002)
    }
  }
}
