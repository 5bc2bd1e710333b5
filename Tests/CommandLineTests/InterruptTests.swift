import Anneal
import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Runs that are asked to stop at an awkward moment and go on.
@Suite struct InterruptTests {
  private static let rows = (1...24).map { row in
    #"{"prompt": "cat \#(row)", "completion": " mat \#(row)"}"# + "\n"
  }.joined()

  private func recipe(_ folder: TemporaryFolder, _ name: String, resume: Bool) throws -> Recipe {
    let data = try folder.write(Self.rows, to: "rows.jsonl")
    let yaml = """
      model_name_or_path: \(folder.path)/model
      datasets: \(data)
      output_dir: \(folder.path)/\(name)
      max_steps: 9
      max_length: 64
      per_device_train_batch_size: 1
      logging_steps: 2
      eval_steps: 3
      save_steps: 9
      learning_rate: 1e-2
      dtype: float32
      threads: 1
      resume_from_checkpoint: \(resume)
      """
    return try Recipe(yaml: yaml)
  }

  /// What counts of the metrics: all but speed, seconds and memory.
  private func metrics(_ folder: TemporaryFolder, _ name: String) throws -> [[Substring]] {
    let text = try String(
      contentsOfFile: "\(folder.path)/\(name)/metrics.csv", encoding: .utf8)
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let left = try #require(lines.first).indices.filter { index in
      !["tokens_per_second", "seconds", "peak_bytes"].contains(String(lines[0][index]))
    }
    return lines.map { cells in left.map { cells[$0] } }
  }

  @Test(arguments: [3, 6, 9])
  func `an evaluation that is broken off is made up for, and the run ends with the same bytes`(
    step: Int
  ) throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    _ = try TrainingRun(try recipe(folder, "whole", resume: false)).run()
    // The question is asked for the first time after this step, in its evaluation.
    var done = 0
    let broken = TrainingRun(
      try recipe(folder, "broken", resume: false), shouldStop: { done >= step },
      tell: { event in if case .step(let report, _, _) = event { done = report.step } })
    #expect(throws: AnnealError.self) { _ = try broken.run() }
    #expect(Folder.holdsFile(folder.path + "/broken/report.html"))
    _ = try TrainingRun(try recipe(folder, "broken", resume: true)).run()
    for name in ["best", "last"] {
      let file = "/\(name)/adapter_model.safetensors"
      let isSame =
        try fileBytes(folder.path + "/whole" + file) == fileBytes(folder.path + "/broken" + file)
      #expect(isSame, "\(name)")
    }
    #expect(try metrics(folder, "broken") == metrics(folder, "whole"))
  }

  @Test func `a run that has ended is not begun anew by --resume`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    _ = try TrainingRun(try recipe(folder, "run", resume: false)).run()
    try Folder.remove(folder.path + "/run/checkpoints")
    #expect(throws: AnnealError.self) {
      _ = try TrainingRun(try recipe(folder, "run", resume: true)).run()
    }
  }
}
