import AnnealFiles
import TestSupport
import Testing

/// LoRA on a base in codes, through the command line.
@Suite struct QuantizedBaseTests {
  private static let rows = (1...12).map { row in
    #"{"prompt": "cat \#(row)", "completion": " mat \#(row)"}"# + "\n"
  }.joined()

  private func losses(_ folder: TemporaryFolder, _ settings: String...) throws -> [Double] {
    let data = try folder.write(Self.rows, to: "rows.jsonl")
    let run = "\(folder.path)/run-\(settings.count)-\(settings.last ?? "")"
    let outcome = try CommandLineProgram.run(
      all: [
        "train", "--model", "\(folder.path)/model", "--data", data, "--output", run, "--threads",
        "1",
      ]
        + (["max_steps=30", "max_length=64", "learning_rate=1e-2", "dtype=float32"] + settings)
        .flatMap { ["--set", $0] })
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = try String(decoding: fileBytes(run + "/metrics.jsonl"), as: UTF8.self)
    return try lines.split(separator: "\n").compactMap {
      try JSON(parsing: String($0))["loss"]?.number
    }
  }

  @Test(arguments: [
    ["quantization_bit=4"], ["quantization_bit=4", "quantization_type=fp4"],
    ["quantization_bit=8"],
  ])
  func `an adapter learns beside a base in codes, near where it learns beside the values`(
    settings: [String]
  ) throws {
    let folder = try TemporaryFolder()
    _ = try tinyModelFolder(folder)
    let plain = try losses(folder)
    let coded =
      settings.count == 1
      ? try losses(folder, settings[0]) : try losses(folder, settings[0], settings[1])
    let first = try #require(coded.first)
    let last = try #require(coded.last)
    #expect(last < first * 0.7)
    // The codes move the base's own loss (near 6) a little, never by much.
    #expect(abs(first - (plain.first ?? 0)) < 0.5)
    #expect(coded != plain)
  }

  @Test func `codes cannot be trained in full, and a coded base with its adapter can be asked`()
    throws
  {
    let folder = try TemporaryFolder()
    let model = try tinyModelFolder(folder)
    _ = try losses(folder, "quantization_bit=4")
    let run = folder.path + "/run-1-quantization_bit=4"
    let asked = try CommandLineProgram.run(
      "score", "--model", model, "--adapter", run + "/best", "--quantization", "nf4", "--text",
      "cat mat cat")
    #expect(asked.status == 0, "\(asked.errors)")
    let wrong = try CommandLineProgram.run(
      "score", "--model", model, "--quantization", "int4", "--text", "cat")
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("expected nf4, fp4 or int8"), "\(wrong.errors)")
  }
}
