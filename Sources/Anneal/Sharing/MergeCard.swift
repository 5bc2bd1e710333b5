internal import AnnealExport
internal import AnnealFiles
internal import AnnealMerging

extension ModelCard {
  /// The card of adapters that were merged, into a model or into one adapter.
  init(
    _ merge: AdapterMerge, _ report: AdapterMerge.Report, in folder: String, name: String,
    publicName: String?
  ) {
    let isAdapter = Folder.holdsFile(folder + "/adapter_config.json")
    let licence = Licence(folder: merge.model)
    let mix = merge.mix
    self.init(
      name: name, baseModel: publicName, relation: isAdapter ? "adapter" : "finetune",
      library: isAdapter ? "peft" : "transformers", license: licence.name, tags: ["lora", "merge"])
    let runs = mix.adapters.map { RunFacts(result: $0) }
    if mix.adapters.count == 1, let run = runs[0] {
      metrics = run.metrics(of: Folder.name(of: mix.adapters[0]))
    }
    sections = [
      ("Base", Self.baseWords(merge.model, publicName, licence)),
      ("Adapters", Self.adapters(mix)), ("Merging", Self.merging(mix, report, merge.precision)),
    ]
    for (adapter, run) in zip(mix.adapters, runs) {
      guard let run else { continue }
      let words = mix.adapters.count == 1 ? "" : " of \(Self.shortName(adapter))"
      sections += [("Training" + words, run.training), ("Data" + words, run.sources)]
    }
    sections.append(("Files", Self.files(in: folder)))
  }

  private static func adapters(_ mix: AdapterMix) -> String {
    let rows = mix.adapters.enumerated().map { index, folder in
      let file = folder + "/adapter_model.safetensors"
      return [
        shortName(folder), mix.weights.isEmpty ? "1" : "\(mix.weights[index])",
        Licence(folder: folder).words,
        (try? SHA256Digest.hex(ofFile: file)).map { "`\($0)`" } ?? "",
      ]
    }
    return table(["adapter", "weight", "licence", "SHA-256 of its weights"], rows)
  }

  private static func merging(
    _ mix: AdapterMix, _ report: AdapterMerge.Report, _ precision: BasePrecision?
  ) -> String {
    var rows: [[String]] = []
    if !mix.isPlain {
      rows.append(["method", mix.method])
      if let density = mix.density { rows.append(["density", "\(density)"]) }
      if let rank = mix.rank { rows.append(["rank", "\(rank)"]) }
      rows.append(["seed", "\(mix.seed)"])
    }
    if report.largestDifference > 0 {
      rows.append(["largest change of a weight", report.largestDifference.brief(4)])
    }
    if let codes = report.codes, let precision {
      rows.append(["base in codes while training", codes])
      rows.append(["merged into", "\(precision.rawValue) values"])
    }
    if let found = report.divergence {
      rows.append(["from the coded base with its adapter", "\(found.meanKL.brief(3)) nats/token"])
    }
    return rows.isEmpty ? "" : table(["", ""], rows)
  }

  /// The name of a run's result with its run, such as `support/best`.
  static func shortName(_ folder: String) -> String {
    let whole = Folder.resolved(folder)
    guard RunFacts(result: folder) != nil, let run = Folder.parent(of: whole) else {
      return Folder.name(of: whole)
    }
    return Folder.name(of: run) + "/" + Folder.name(of: whole)
  }

  /// The card of whole models that were merged.
  ///
  /// - Parameter recipeText: the recipe in lines, with names that may be shown.
  init(_ recipe: MergeRecipe, recipeText: String, in folder: String, name: String) {
    let licences = recipe.models.map { Licence(folder: $0).name }
    // One licence for all of them is one for the result; of several, a person has to judge.
    let common = Set(licences).count == 1 ? licences[0] : nil
    self.init(
      name: name, baseModel: nil, relation: "merge", library: "transformers", license: common,
      tags: ["merge", recipe.method.name])
    let rows = zip(recipe.models, licences).map {
      [Self.shortName($0), $1 ?? "not stated"]
    }
    sections = [
      ("Models", Self.table(["model", "licence"], rows)),
      ("Recipe", "```yaml\n\(recipeText)```"),
      ("Files", Self.files(in: folder)),
    ]
  }

  /// The card of a folder for Ollama.
  init(_ export: ModelExport, report: ParityReport, in folder: String, name: String) {
    let run = export.adapter.flatMap { RunFacts(result: $0) }
    let configuration = try? ModelFolder(export.model).configuration()
    let publicName = configuration?.publicName
    let licence = Licence(folder: export.model)
    self.init(
      name: name, baseModel: publicName, relation: "quantized", library: "gguf",
      license: licence.name, tags: ["gguf", "ollama"])
    if let run, let adapter = export.adapter {
      metrics = run.metrics(of: Folder.name(of: adapter))
    }
    let error = (report.largestError * 10_000).rounded() / 100
    sections = [
      ("Base", Self.baseWords(export.model, publicName, licence)),
      (
        "Export",
        "\(export.mix.name); read back: \(report.texts) texts and \(report.tensors) tensors are the "
          + "model's, the coarsest row off by \(error) %. The numbers above are those before it was "
          + "rounded."
      ),
      ("Training", run?.training ?? ""), ("Data", run?.sources ?? ""),
      ("Files", Self.files(in: folder)),
    ]
  }
}
