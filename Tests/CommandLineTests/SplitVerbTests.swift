import AnnealFiles
import Foundation
import TestSupport
import Testing

/// What `data split` and `data prepare` say beyond their files.
@Suite struct SplitVerbTests {
  private static let question =
    "How many eggs does a farmer sell on nine days when three hens lay two each day"

  private static let rows = (0..<20).map { index in
    "{\"prompt\": \"What is \(index) plus \(index), and why is it so?\", \"completion\": "
      + "\"It is \(2 * index).\"}\n"
  }.joined()

  private func split(
    _ folder: TemporaryFolder, _ rows: String, _ more: String...
  ) throws -> CommandLineProgram.Outcome {
    let data = try folder.write(rows, to: "rows.jsonl")
    return try CommandLineProgram.run(
      all: ["data", "split", data, "--output", folder.path + "/set"] + more)
  }

  @Test func `a benchmark of broken lines is an error, and not a count of 0 leaks`() throws {
    let folder = try TemporaryFolder()
    let bench = try folder.write("{\"question\": \"\(Self.question)\n", to: "bench.jsonl")
    let outcome = try split(folder, Self.rows, "--decontaminate", bench)
    #expect(outcome.status == 3 && outcome.errors.contains("bench.jsonl:1"), "\(outcome.errors)")
    #expect(!Folder.exists(folder.path + "/set"))
  }

  @Test func `an item is found in twelve copies, and items that are too short are told`() throws {
    let folder = try TemporaryFolder()
    let bench = try folder.write(
      "{\"question\": \"\(Self.question)\"}\n{\"question\": \"Who?\"}\n", to: "bench.jsonl")
    let copies = (0..<12).map {
      "{\"prompt\": \"\(Self.question)\", \"completion\": \"\($0)\"}\n"
    }
    let outcome = try split(
      folder, Self.rows + copies.joined(), "--decontaminate", bench, "--test-size", "0",
      "--val-size", "0", "--no-together", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let leakage = try JSON(parsing: outcome.output)["leakage"]
    #expect(leakage?["by_kind"]?["benchmark"] == 12 && leakage?["leaks"] == 12)
    #expect(leakage?["benchmarks"]?["items"] == 2 && leakage?["benchmarks"]?["too_short"] == 1)
    #expect(outcome.errors.contains("1 of 2 items of the benchmarks"), "\(outcome.errors)")
  }

  @Test func `a part without a row is told, and one to train on must be there`() throws {
    let folder = try TemporaryFolder()
    let one = String(Self.rows.prefix { $0 != "\n" })
    let few = try split(folder, one, "--exact")
    #expect(few.status == 0, "\(few.errors)")
    #expect(few.errors.contains("no row fell to validation and test"), "\(few.errors)")
    let none = try split(
      folder, one, "--val-size", "0.5", "--test-size", "0.499999", "--overwrite")
    #expect(none.status == 3, "\(none.errors)")
    #expect(none.errors.contains("no row is left to train on"), "\(none.errors)")
    #expect(Folder.holdsFile(folder.path + "/set/train.jsonl"))
  }

  @Test func `a few documents fill all parts, and a note says how`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<24).map {
      "{\"prompt\": \"p\($0)\", \"completion\": \"c\", \"source\": \"\($0 % 3)\"}\n"
    }
    // By content alone, each of these seeds leaves a part empty.
    for seed in ["1", "2", "4"] {
      let outcome = try split(
        folder, rows.joined(), "--group-by", "source", "--seed", seed, "--overwrite", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let report = try JSON(parsing: outcome.output)
      let counts = ["train", "validation", "test"].map { report[$0]?.integer }
      #expect(counts == [8, 8, 8], "\(outcome.output)")
      #expect(outcome.errors.contains("as by --exact"), "\(outcome.errors)")
      #expect(Folder.holdsFile(folder.path + "/set/test.jsonl"))
    }
  }

  @Test(arguments: ["split", "prepare"])
  func `a benchmark in the folder that is to be replaced is refused`(verb: String) throws {
    let folder = try TemporaryFolder()
    let first = try split(folder, Self.rows, "--exact")
    #expect(first.status == 0, "\(first.errors)")
    let held = folder.path + "/set/test.jsonl"
    let before = try fileBytes(held)
    let again = try CommandLineProgram.run(
      "data", verb, folder.path + "/rows.jsonl", "--output", folder.path + "/set", "--overwrite",
      "--decontaminate", held)
    #expect(again.status == 2 && again.errors.contains("to be replaced"), "\(again.errors)")
    let isSame = try fileBytes(held) == before
    #expect(isSame)
  }

  @Test func `a time that no clock has is refused with its line`() throws {
    let folder = try TemporaryFolder()
    let rows = (10..<30).map { day in
      let time = day % 5 == 0 ? "nan" : "00"
      return "{\"prompt\": \"p\(day)\", \"completion\": \"c\", \"when\": "
        + "\"2024-01-\(day)T00:00:\(time)\"}\n"
    }
    let outcome = try split(folder, rows.joined(), "--time-by", "when")
    #expect(
      outcome.status == 3 && outcome.errors.contains("rows.jsonl:1:when"), "\(outcome.errors)")
  }

  /// Whether `condition` comes to be before a minute is over.
  private func comes(_ condition: () -> Bool) -> Bool {
    let end = Date(timeIntervalSinceNow: 60)
    while !condition() {
      guard Date() < end else { return false }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return true
  }

  @Test func `Ctrl-C ends the wait for another process that prepares the same rows`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let data = try folder.write(Self.rows, to: "rows.jsonl")
    let recipe = try folder.write(
      """
      model_name_or_path: \(folder.path)/model
      datasets: \(data)
      output_dir: \(folder.path)/run
      dataset_prepared_path: \(folder.path)/kept
      max_steps: 2
      max_length: 64
      """, to: "recipe.yaml")
    let made = try CommandLineProgram.run("data", "prepare", recipe)
    #expect(made.status == 0, "\(made.errors)")
    let set = try #require(Folder.names(in: folder.path + "/kept").first)
    let lock = try FileLock(folder: folder.path + "/kept/" + set)
    let told = try folder.write("", to: "told.txt")
    let errors = try #require(FileHandle(forWritingAtPath: told))
    let process = try CommandLineProgram.start(["data", "prepare", recipe], errors: errors)
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    let words = { String(decoding: (try? fileBytes(told)) ?? [], as: UTF8.self) }
    let isWaiting = comes { words().contains("waiting for process") }
    #expect(isWaiting, "\(words())")
    process.interrupt()
    let hasEnded = comes { !process.isRunning }
    #expect(hasEnded)
    guard hasEnded else { return }
    #expect(process.terminationStatus == 130, "\(words())")
    withExtendedLifetime(lock) {}
  }
}
