import Anneal
import AnnealFiles
import TestSupport
import Testing

/// Runs whose weights and activations are out of memory until they are needed.
@Suite struct OffloadRunTests {
  private static let rows = (1...12).map { row in
    #"{"prompt": "cat \#(row)", "completion": " mat \#(row)"}"# + "\n"
  }.joined()

  private func recipe(_ folder: TemporaryFolder, _ offload: String) throws -> Recipe {
    let data = try folder.write(Self.rows, to: "rows.jsonl")
    return try Recipe(
      yaml: """
        model_name_or_path: \(folder.path)/model
        datasets: \(data)
        output_dir: \(folder.path)/\(offload)
        max_steps: 4
        max_length: 64
        learning_rate: 1e-2
        gradient_checkpointing: full
        dtype: float32
        threads: 1
        offload: \(offload)
        """)
  }

  @Test func `a run that offloads everything ends with the same bytes and leaves no file`() throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    for offload in ["none", "weights", "activations", "all"] {
      _ = try TrainingRun(try recipe(folder, offload)).run()
      let adapter = "/last/adapter_model.safetensors"
      let isSame =
        try fileBytes(folder.path + "/none" + adapter)
        == fileBytes(folder.path + "/" + offload + adapter)
      #expect(isSame, "\(offload)")
      let names = Folder.names(in: folder.path + "/" + offload)
      #expect(!names.contains { $0.contains("scratch") })
    }
  }
}
