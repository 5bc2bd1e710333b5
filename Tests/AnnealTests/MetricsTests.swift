import AnnealFiles
import Foundation
import Testing

@testable import Anneal

/// A folder that is gone after the test.
final class ScratchFolder {
  let path = FileManager.default.temporaryDirectory.path + "/anneal-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }
}

private func row(_ step: Int, loss: Double? = nil, evalLoss: Double? = nil) -> MetricsRow {
  var row = MetricsRow(
    step: step, epoch: Double(step) / 10, totalTokens: step * 100, trainedTokens: step * 40,
    seconds: Double(step) * 0.5)
  row.loss = loss
  row.evalLoss = evalLoss
  row.learningRate = 2e-5
  return row
}

@Suite struct MetricsTests {
  @Test func `the columns are those of the contract`() {
    #expect(
      MetricsRow.columns.joined(separator: ", ")
        == "step, epoch, total_tokens, trained_tokens, loss, token_accuracy, learning_rate, "
        + "grad_norm, tokens_per_second, seconds, peak_bytes, eval_loss, eval_perplexity, "
        + "eval_token_accuracy")
  }

  @Test func `rows are in both files as soon as they are appended`() throws {
    let folder = try ScratchFolder()
    let writer = try MetricsWriter(folder: folder.path)
    let rows = [row(0, evalLoss: 4.5), row(1, loss: 1 / 3), row(2, loss: .infinity)]
    for row in rows { try writer.append(row) }
    #expect(try MetricsFile.rows(at: folder.path + "/metrics.csv") == rows)
    let lines = try folder.text("metrics.jsonl").split(separator: "\n").map {
      try JSON(parsing: $0)
    }
    #expect(lines.count == 3)
    #expect(lines[0]["eval_loss"] == 4.5)
    #expect(lines[0]["loss"]?.isNull == true)
    #expect(lines[1]["loss"] == .number(1 / 3))
    #expect(MetricsRow.columns.allSatisfy { lines[1][$0] != nil })
    #expect(try folder.text("metrics.csv").hasPrefix("step,epoch,total_tokens,"))
  }

  @Test func `a writer that is opened again goes on without a second header`() throws {
    let folder = try ScratchFolder()
    try MetricsWriter(folder: folder.path).append(row(1, loss: 2))
    try MetricsWriter(folder: folder.path).append(row(2, loss: 1))
    #expect(try MetricsFile.rows(at: folder.path + "/metrics.csv").map(\.step) == [1, 2])
  }

  @Test func `a resume cuts the rows beyond its checkpoint and a half line`() throws {
    let folder = try ScratchFolder()
    let writer = try MetricsWriter(folder: folder.path)
    for step in 0...5 { try writer.append(row(step, loss: 1)) }
    try folder.write(folder.text("metrics.csv") + "6,0.6,60", to: "metrics.csv")
    try folder.write(folder.text("metrics.jsonl") + "{\"step\": 6, \"ep", to: "metrics.jsonl")
    #expect(try MetricsFile.rows(at: folder.path + "/metrics.csv").count == 6)
    try MetricsWriter.truncate(folder: folder.path, afterStep: 3)
    #expect(try MetricsFile.rows(at: folder.path + "/metrics.csv").map(\.step) == [0, 1, 2, 3])
    #expect(try folder.text("metrics.jsonl").split(separator: "\n").count == 4)
    try MetricsWriter(folder: folder.path).append(row(4, loss: 1))
    #expect(try MetricsFile.rows(at: folder.path + "/metrics.csv").last?.step == 4)
  }

  @Test func `cutting a folder without metrics does nothing`() throws {
    let folder = try ScratchFolder()
    try MetricsWriter.truncate(folder: folder.path, afterStep: 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `a broken file says on which line`() {
    #expect(throws: AnnealError.self) { try MetricsFile.rows(csv: "a,b\n1,2\n") }
    do {
      _ = try MetricsFile.rows(csv: "step,loss\r\n1,2.5\r\n2\r\n", file: "m.csv")
      Issue.record("a short line was read")
    } catch {
      #expect("\(error)".contains("m.csv:3: found 1 cells, expected 2"))
    }
  }

  @Test(arguments: [
    (0.0, "0"), (1234.5, "1,235"), (0.000123, "0.000123"), (1.5, "1.5"), (2, "2"),
    (0.0199999999, "0.02"), (31_200, "31,200"), (0.0000200, "2e-5"), (-1.25, "-1.25"),
  ])
  func `numbers are written briefly`(value: Double, text: String) {
    #expect(value.brief(3) == text)
  }

  @Test func `amounts are written for people`() {
    #expect(Amount.bytes(1_250_000_000) == "1.25 GB")
    #expect(Amount.bytes(999) == "999 B")
    #expect(Amount.seconds(185) == "3 min 05 s")
    #expect(Amount.seconds(7620) == "2 h 07 min")
    #expect(Amount.clock(7661) == "2:07:41")
    #expect(Amount.clock(.infinity) == "?")
    #expect((9.99).scientific(2) == "1e1")
    #expect((2e-4).scientific() == "2e-4")
    #expect((-0.001).fixed(2) == "0.00")
  }

  @Test func `a summary reads back as itself`() throws {
    var summary = Summary(status: .finished, stage: "sft", finetuningType: "lora")
    summary.steps = 30
    summary.base = .init(step: 0, loss: 3, tokenAccuracy: 0.25)
    summary.best = .init(step: 20, loss: 1.5, tokenAccuracy: 0.5)
    summary.reading = ["It learned."]
    #expect(Summary(json: summary.json) == summary)
    #expect(summary.json["best"]?["perplexity"]?.number.map { abs($0 - 4.4817) < 1e-3 } == true)
  }

  @Test func `the environment tells versions and no names`() {
    let environment = RunEnvironment.current(
      torchVersion: "2.11.0", device: "cpu", dtype: "float32", threads: 2)
    #expect(environment["torch_version"] == "2.11.0")
    #expect((environment["cores"]?.integer ?? 0) > 0)
    #expect((environment["memory_bytes"]?.integer ?? 0) > 0)
    let text = environment.text()
    let home = NSHomeDirectory()
    #expect(home.count < 2 || !text.contains(home))
    #expect(!text.contains(ProcessInfo.processInfo.hostName))
  }
}
