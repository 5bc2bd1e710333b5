import Anneal
import AnnealAdapters
import AnnealFiles
import ArgumentParser
import Foundation

/// `anneal extract`: a LoRA from a model that was trained in full.
struct Extract: Verb {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Takes a LoRA out of a model that was trained in full.",
    discussion: """
      anneal extract --model base --tuned tuned --rank 16 --output lora
        lora: rank 16 holds 94.1 % of the change of 168 maps, 35.2 MB
        best  model.layers.0.mlp.up_proj       99.3 %
        worst model.layers.23.self_attn.v_proj 71.0 %
        changed too, and not in the adapter: model.embed_tokens.weight (2.1 % of all change)
      """)

  @Option(help: ArgumentHelp("The base model's folder.", valueName: "folder"))
  var model: String

  @Option(help: ArgumentHelp("The folder of the tuned model.", valueName: "folder"))
  var tuned: String

  @Option(help: "The rank of the updates.")
  var rank: Int

  @Option(
    help: ArgumentHelp(
      "The maps that get one: all-linear, or names such as q_proj,v_proj.", valueName: "names"))
  var targets = "all-linear"

  @Option(
    help: ArgumentHelp(
      "Modules that go along in full, such as embed_tokens,lm_head,norm.", valueName: "names"))
  var modulesToSave: String?

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination: String

  @Option(help: "What large decompositions begin with is a function of this.")
  var seed: UInt64 = 17

  @Flag(help: "Replace the folder when it is there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    Interruption.listen()
    try OutputFolder.prepare(destination, overwrite: overwrite, marker: "adapter_config.json")
    try Folder.checkHoldsNone(
      of: [model, tuned], in: destination, remedy: "Name a new folder.")
    let extraction = Extraction(
      model: model, tuned: tuned, rank: rank,
      targets: targets == "all-linear" ? .all : Targets(.names(Self.words(targets))),
      modulesToSave: Self.words(modulesToSave ?? ""), seed: seed)
    let report = try extraction.write(to: destination) { done, all in
      try Interruption.check()
      console.progress("extracting: tensor \(done) of \(all)")
    }
    console.endTransient()
    console.result(json(report), text(report))
  }

  private static func words(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
  }

  private func json(_ report: Extraction.Report) -> JSON {
    [
      "output": .string(destination), "bytes": .integer(report.bytes),
      "explained": .number(report.explained),
      "explained_of_all": .number(report.explainedOfAll),
      "modules": JSON(members: report.maps.map { ($0.path, .number($0.explained)) }),
      "not_covered": JSON(members: report.left.map { ($0.path, .number($0.share)) }),
    ]
  }

  private func text(_ report: Extraction.Report) -> String {
    let percent = { (share: Double) in String(format: "%.1f %%", share * 100) }
    var lines = [
      "\(destination): rank \(rank) holds \(percent(report.explained)) of the change of "
        + "\(Amount.count(report.maps.count, of: "map")), \(Amount.bytes(report.bytes))"
    ]
    if let best = report.maps.max(by: { $0.explained < $1.explained }),
      let worst = report.maps.min(by: { $0.explained < $1.explained }), report.maps.count > 1
    {
      let width = max(best.path.count, worst.path.count)
      for (name, map) in [("best ", best), ("worst", worst)] {
        let path = map.path.padding(toLength: width, withPad: " ", startingAt: 0)
        lines.append("\(name) \(path) \(percent(map.explained))")
      }
    }
    if !report.left.isEmpty {
      let first = report.left.prefix(4).map { "\($0.path) (\(percent($0.share)) of all change)" }
      let more = report.left.count > 4 ? " and \(report.left.count - 4) more" : ""
      lines.append(
        "changed too, and not in the adapter: \(first.joined(separator: ", "))\(more)")
    }
    return lines.joined(separator: "\n")
  }
}
