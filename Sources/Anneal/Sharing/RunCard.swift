internal import AnnealFiles

/// What a run's folder says about the models in it.
struct RunFacts {
  let recipe: Recipe
  let summary: Summary
  private let data: JSON?

  /// The facts of the run in `folder`; nil where it holds no finished run.
  init?(folder: String) {
    guard Folder.holdsFile(folder + "/recipe.yaml"), Folder.holdsFile(folder + "/summary.json"),
      let recipe = try? Recipe(file: folder + "/recipe.yaml"),
      let json = try? JSON(contentsOf: folder + "/summary.json"), let summary = Summary(json: json)
    else { return nil }
    self.recipe = recipe
    self.summary = summary
    data = try? JSON(contentsOf: folder + "/data.json")
  }

  /// The facts of the run that an adapter or model belongs to, which lies in it as `best` or `last`.
  init?(result folder: String) {
    guard let parent = Folder.parent(of: Folder.resolved(folder)) else { return nil }
    self.init(folder: parent)
  }

  /// The evaluation of `best` or `last`.
  func evaluation(of result: String) -> Summary.Evaluation? {
    result == "best" ? summary.best ?? summary.last : summary.last
  }

  /// What was measured on the rows held out.
  func metrics(of result: String) -> [ModelCard.Metric] {
    guard let found = evaluation(of: result) else { return [] }
    let rows = recipe.evalDatasets.isEmpty ? "rows held out" : names(recipe.evalDatasets)
    return [
      .init(type: "loss", value: found.loss, dataset: rows),
      .init(type: "perplexity", value: found.perplexity, dataset: rows),
    ] + (found.tokenAccuracy.map { [.init(type: "accuracy", value: $0, dataset: rows)] } ?? [])
  }

  private func names(_ sources: [Recipe.DataSource]) -> String {
    sources.map { Folder.name(of: $0.path) }.joined(separator: ", ")
  }

  /// How it was trained, in a table.
  var training: String {
    var rows: [[String]] = [
      ["stage", recipe.stage.rawValue], ["update", recipe.finetuningType.rawValue],
      ["steps", "\(summary.steps)"], ["tokens with loss", Amount.count(summary.trainedTokens)],
      ["values trained", Amount.count(summary.trainableParameters)],
    ]
    if recipe.finetuningType == .lora {
      rows.append(["rank, alpha", "\(recipe.loraRank), \(recipe.loraAlpha)"])
    }
    if let quantization = recipe.quantization {
      rows.append(["base in codes while training", quantization.kind.rawValue])
    }
    rows += [
      ["learning rate", "\(recipe.learningRate)"], ["optimizer", recipe.optim.rawValue],
      ["longest row, tokens", "\(recipe.maxLength)"], ["seed", "\(recipe.seed)"],
    ]
    if let base = summary.base {
      rows.append(["loss of the base on the same rows", base.loss.fixed(4)])
    }
    return ModelCard.table(["", ""], rows)
  }

  /// The data and its licences, in a table.
  var sources: String {
    let all =
      recipe.datasets.map { ($0, "training") } + recipe.evalDatasets.map { ($0, "held out") }
    let rows = all.map { source, use in
      let isFile = Folder.holdsFile(source.path)
      let hash = isFile ? (try? SHA256Digest.hex(ofFile: source.path)) ?? "" : ""
      let folder = Folder.parent(of: source.path) ?? "."
      return [
        Folder.name(of: source.path), use, Licence(folder: folder).words,
        hash.isEmpty ? "" : "`\(hash)`",
      ]
    }
    return ModelCard.table(["file", "use", "licence", "SHA-256"], rows)
  }
}

extension ModelCard {
  /// The card of a result of a run.
  ///
  /// - Parameters:
  ///   - folder: where the result lies.
  ///   - base: the folder of the base.
  ///   - publicName: the base's public name.
  init(_ run: RunFacts, result folder: String, base: String, publicName: String?) {
    let isAdapter = Folder.holdsFile(folder + "/adapter_config.json")
    let licence = Licence(folder: base)
    let result = Folder.name(of: folder)
    self.init(
      name: Folder.name(of: Folder.parent(of: Folder.resolved(folder)) ?? folder),
      baseModel: publicName, relation: isAdapter ? "adapter" : "finetune",
      library: isAdapter ? "peft" : "transformers", license: licence.name,
      tags: [run.recipe.finetuningType.rawValue, run.recipe.stage.rawValue])
    metrics = run.metrics(of: result)
    sections = [
      (
        "Base", Self.baseWords(base, publicName, licence)
      ),
      ("Training", run.training), ("Data", run.sources),
      ("Files", Self.files(in: folder)),
    ]
  }

  static func baseWords(_ base: String, _ publicName: String?, _ licence: Licence) -> String {
    "\(publicName ?? Folder.name(of: Folder.resolved(base))), licence: \(licence.words). What "
      + "follows from it and from the data may be bound by both licences."
  }

  /// The files of weights and settings with their hashes; files of more than 1 GB by their size alone.
  static func files(in folder: String) -> String {
    let names = Folder.names(in: folder).filter {
      $0.hasSuffix(".safetensors") || $0.hasSuffix("config.json") || $0.hasSuffix(".gguf")
        || $0 == "tokenizer.json" || $0 == "Modelfile"
    }
    let rows = names.map { name in
      let path = folder + "/" + name
      let bytes = Folder.fileBytes(path) ?? 0
      let hash = bytes <= 1_000_000_000 ? (try? SHA256Digest.hex(ofFile: path)) ?? "" : ""
      return [name, Amount.count(bytes), hash.isEmpty ? "" : "`\(hash)`"]
    }
    return rows.isEmpty ? "" : table(["file", "bytes", "SHA-256"], rows)
  }
}
