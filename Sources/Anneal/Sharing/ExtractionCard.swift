internal import AnnealFiles

extension ModelCard {
  /// The card of an adapter that was taken out of a model trained in full.
  init(
    _ extraction: Extraction, _ report: Extraction.Report, in folder: String, name: String,
    publicName: String?
  ) {
    let licence = Licence(folder: extraction.model)
    self.init(
      name: name, baseModel: publicName, relation: "adapter", library: "peft",
      license: licence.name, tags: ["lora", "extraction"])
    let share = { (value: Double) in "\((value * 1000).rounded() / 10) %" }
    let rows = [
      ["from", Self.shortName(extraction.tuned)], ["rank", "\(extraction.rank)"],
      ["of the maps' change it holds", share(report.explained)],
      ["of all change", share(report.explainedOfAll)],
      ["licence of that model", Licence(folder: extraction.tuned).words],
    ]
    sections = [
      ("Base", Self.baseWords(extraction.model, publicName, licence)),
      ("Extraction", Self.table(["", ""], rows)), ("Files", Self.files(in: folder)),
    ]
  }
}
