import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Documents to rows, as a user calls it.
@Suite struct IngestVerbTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("# Heat\n\nThe kiln is hot. It stays so.\n", to: "a.md")
    try folder.write("WEBVTT\n\n00:01.000 --> 00:02.000\nIt burns.\n", to: "b.vtt")
    try folder.write("no head", to: "c.vtt")
    return folder
  }

  @Test func `documents become rows, and what cannot be read is told`() throws {
    let folder = try folder()
    let output = folder.path + "/rows.jsonl"
    let outcome = try CommandLineProgram.run(
      all: ["data", "ingest"] + ["a.md", "b.vtt", "c.vtt"].map { folder.path + "/" + $0 }
        + ["--output", output, "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try JSON(parsing: outcome.output)
    #expect(report["documents"] == 2 && report["chunks"] == 2 && report["problems"] == 1)
    #expect(report["skipped"]?.string == folder.path + "/rows.skipped.jsonl")
    let prepared = try CommandLineProgram.run(
      "data", "prepare", output, "--group-by", "source", "--val-size", "0.5", "--output",
      folder.path + "/split")
    #expect(prepared.status == 0, "\(prepared.errors)")
  }

  @Test(arguments: ["a.md", "c.vtt"])
  func `a file beside the output is not replaced or removed unasked`(name: String) throws {
    let folder = try folder()
    let mine = try folder.write("{\"mine\": 1}\n", to: "rows.skipped.jsonl")
    let words = [
      "data", "ingest", folder.path + "/a.md", folder.path + "/" + name, "--output",
      folder.path + "/rows.jsonl",
    ]
    let refused = try CommandLineProgram.run(all: words)
    #expect(refused.status == 2 && refused.errors.contains("--overwrite"), "\(refused.errors)")
    #expect(try fileBytes(mine).elementsEqual("{\"mine\": 1}\n".utf8))
    #expect(!Folder.holdsAnything(folder.path + "/rows.jsonl"))
    let replaced = try CommandLineProgram.run(all: words + ["--overwrite"])
    #expect(replaced.status == 0, "\(replaced.errors)")
    #expect(Folder.holdsAnything(mine) == (name == "c.vtt"))
  }

  @Test func `statuses tell what is wrong`() throws {
    let folder = try folder()
    let output = folder.path + "/rows.jsonl"
    let run = { (words: [String]) in
      try CommandLineProgram.run(all: ["data", "ingest", "--output", output] + words)
    }
    let stopped = try run(["--on-error", "stop", folder.path + "/c.vtt"])
    #expect(stopped.status == 3 && stopped.errors.contains("WEBVTT"), "\(stopped.errors)")
    let sizes = try run(["--chunk-size", "10", "--overlap", "10", folder.path + "/a.md"])
    #expect(sizes.status == 2 && sizes.errors.contains("--overlap is 10"), "\(sizes.errors)")
    let kind = try run(["--kind", "pfd", folder.path + "/a.md"])
    #expect(kind.status == 2 && kind.errors.contains("did you mean 'pdf'?"), "\(kind.errors)")
    #expect(try run([folder.path + "/a.md"]).status == 0)
    let again = try run([folder.path + "/a.md"])
    #expect(again.status == 2 && again.errors.contains("--overwrite"), "\(again.errors)")
  }
}
