import AnnealFiles
import AnnealMerging
import AnnealTorch
import TestSupport
import Testing

import Anneal

/// Whole models, against mergekit by `make_merges.py`.
@Suite struct ModelMergeTests {
  private static let folder = Fixture.path("merging")

  /// A mask that the fixtures' script draws too.
  private static let knownMask = RandomMask { shape, density, _ in
    let count = shape.reduce(1, *)
    let bound = Double(Float(density))
    let draws = (0..<count).map { (UInt64($0) &* 2_654_435_761 &+ 12345) & 0xFFFF_FFFF }
    return Tensor(draws.map { Double($0) / 4_294_967_296 < bound }, shape: shape)
  }

  /// The recipe with the fixtures' own folders.
  private static func located(_ text: String) -> String {
    ["base", "near", "a", "b"].reduce(text) { text, name in
      text.replacing("model: \(name)", with: "model: \(folder)/\(name)")
    }
  }

  private func recipe(_ text: String) throws -> MergeRecipe {
    try MergeRecipe(yaml: Self.located(text), file: "merge.yaml")
  }

  private func fault(_ text: String) -> String {
    do {
      _ = try ModelMerge(recipe(text))
      return ""
    } catch { return "\(error)" }
  }

  static let names = [
    "linear", "linear_sum", "slerp", "slerp_parallel", "task_arithmetic", "ties", "ties_sum",
    "dare_ties", "dare_linear", "model_stock", "model_stock_rows", "passthrough", "half",
  ]

  @Test(arguments: names) func `a recipe gives the tensors of mergekit`(name: String) throws {
    let target = try TemporaryFolder()
    let recipes = try JSON(contentsOf: Self.folder + "/recipes.json")
    #expect(recipes.members.map(\.key) == Self.names)
    let text = try #require(recipes[name]?.string)
    let file = try target.write(Self.located(text), to: "merge.yaml")
    let out = target.path + "/out"
    // Small files, so that several are written.
    let report = try ModelMerge(MergeRecipe(file: file)).write(
      to: out, mask: Self.knownMask, shardBytes: 8000)
    let made = try ShardedSafetensors(folder: out)
    #expect(made.names.count == report.tensors && made.files.count > 1)
    let goldens = try SafetensorsFile(path: Self.folder + "/models.safetensors")
    var compared = 0
    for key in goldens.names where key.hasPrefix(name + ".") {
      let golden = try #require(goldens.entry(key))
      let (file, entry) = try #require(made.entry(String(key.dropFirst(name.count + 1))))
      #expect(entry.dtype == golden.dtype && entry.shape == golden.shape, "\(key)")
      let difference =
        (try Tensor(reading: entry, of: file).to(.float32)
        - Tensor(reading: golden, of: goldens).to(.float32)).abs().max().item()
      #expect(difference <= 1e-6, "\(key): \(difference)")
      compared += 1
    }
    #expect(compared == (name == "passthrough" ? 6 : 5))
    #expect(report.layers == (name == "passthrough" ? 4 : 3))
    let configuration = try JSON(contentsOf: out + "/config.json")
    #expect(configuration["num_hidden_layers"]?.integer == report.layers)
    #expect(configuration["torch_dtype"]?.string == (name == "half" ? "bfloat16" : "float32"))
  }

  @Test func `chance is a function of the seed alone`() throws {
    let folder = try TemporaryFolder()
    let text = try #require(
      try JSON(contentsOf: Self.folder + "/recipes.json")["dare_linear"]?.string)
    let file = try folder.write(Self.located(text), to: "merge.yaml")
    func bytes(_ seed: UInt64) throws -> [UInt8] {
      let out = "\(folder.path)/out"
      _ = try ModelMerge(MergeRecipe(file: file)).write(to: out, seed: seed)
      return try fileBytes(out + "/model.safetensors")
    }
    let (first, again, other) = (try bytes(1), try bytes(1), try bytes(2))
    let isSame = first == again
    let differs = first != other
    #expect(isSame && differs)
  }

  @Test func `what a recipe has wrong is named with its line`() throws {
    let models = "models: [{model: a, parameters: {weight: 1}}, {model: b}]\n"
    for (text, words) in [
      ("merge_method: lerp\n" + models, ["merge.yaml:1", "slerp"]),
      (models, ["merge_method"]),
      ("merge_method: linear\n", ["models", "slices"]),
      ("merge_method: linear\n" + models, ["weight", "merge.yaml:2"]),
      ("merge_method: ties\n" + models, ["base_model"]),
      ("merge_method: slerp\nbase_model: base\n" + models, ["one other model"]),
      ("merge_method: linear\nmodel: a\n" + models, ["merge.yaml:2", "models"]),
      ("merge_method: linear\ntokenizer_source: union\n" + models, ["union", "tokenizer_source"]),
      ("merge_method: linear\ndtype: int8\n" + models, ["int8", "bfloat16"]),
      ("merge_method: linear\nmodules: {}\n" + models, ["modules"]),
      ("merge_method: linear\nparameters: {weigth: 1}\n" + models, ["weigth", "weight"]),
      ("merge_method: linear\nparameters: {weight: heavy}\n" + models, ["heavy", "number"]),
      (
        "merge_method: passthrough\nslices: [{sources: [{model: a, layer_range: [2, 9]}]}]\n",
        ["9", "3 layers"]
      ),
      (
        "merge_method: passthrough\nslices: [{sources: [{model: a}]}]\n", ["layer_range"]
      ),
      (
        "merge_method: linear\nmodels: [{model: a}, {model: a}]\nparameters: {weight: 1}\n",
        ["twice"]
      ),
      ("merge_method: linear\nmodels: [{model: /nowhere+lora}]\n", ["adapter", "/nowhere+lora"]),
      (
        "merge_method: linear\nmodels: [{model: a, parameters: {weight: 1}}, "
          + "{model: b, parameters: {weight: -1}}]\n",
        ["merge.yaml:2", "add up to 0", "normalize: false"]
      ),
      (
        "merge_method: linear\nmodels: [{model: a}, {model: b}]\nparameters: {weight: 0}\n",
        ["add up to 0"]
      ),
    ] {
      let found = fault(text)
      for word in words { #expect(found.contains(word), "\(text)\(found)") }
    }
  }

  @Test func `a sum of weights that is nothing is no fault where nothing is divided by it`() throws
  {
    let text = """
      merge_method: linear
      models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: -1}}]
      parameters: {normalize: false}

      """
    #expect(fault(text) == "")
  }

  @Test func `a model with values beyond all numbers is not written`() throws {
    let folder = try TemporaryFolder()
    let text =
      "merge_method: linear\nmodels: [{model: a}, {model: b}]\n"
      + "parameters: {weight: 1.0e+39, normalize: false}\n"
    let merge = try ModelMerge(
      MergeRecipe(file: folder.write(Self.located(text), to: "merge.yaml")))
    let error = failure(of: { _ = try merge.write(to: folder.path + "/out") })
    #expect(error?.message.contains("not finite") == true, "\(String(describing: error))")
    #expect(Folder.names(in: folder.path) == ["merge.yaml"])
  }

  /// A copy of the fixtures' model `name` at `path`.
  private func copied(_ name: String, to path: String) throws -> String {
    try Folder.create(path)
    for file in Folder.names(in: "\(Self.folder)/\(name)") {
      try AtomicFile.copy("\(Self.folder)/\(name)/\(file)", to: "\(path)/\(file)")
    }
    return path
  }

  /// A matrix of the model in `folder`.
  private func values(_ folder: String) throws -> [Float] {
    let files = try ShardedSafetensors(folder: folder)
    let (file, entry) = try #require(files.entry("model.layers.0.mlp.down_proj.weight"))
    return try Tensor(reading: entry, of: file).floats()
  }

  @Test func `models whose folders are called alike lose values of their own by chance`() throws {
    let folder = try TemporaryFolder()
    let models = try ["r1", "r2"].map { try copied("a", to: "\(folder.path)/\($0)/best") }
    let file = try folder.write(
      """
      merge_method: dare_linear
      base_model: \(Self.folder)/base
      models: [{model: \(models[0])}, {model: \(models[1])}]
      parameters: {weight: 0.5, density: 0.5, rescale: false}

      """, to: "merge.yaml")
    let out = folder.path + "/out"
    _ = try ModelMerge(MergeRecipe(file: file)).write(to: out)
    let (base, tuned) = (try values(Self.folder + "/base"), try values(models[0]))
    let merged = try values(out)
    // What one of them keeps and the other does not changes by half of the difference.
    let halves = merged.indices.count { index in
      let difference = tuned[index] - base[index]
      return abs(difference) > 1e-3
        && abs(merged[index] - base[index] - difference / 2) < abs(difference) / 100
    }
    #expect(halves > merged.count / 4, "\(halves) of \(merged.count)")
  }

  @Test func `a recipe that is kept names models, and nothing else of it changes`() throws {
    let folder = try TemporaryFolder()
    _ = try copied("b", to: folder.path + "/other")
    // Its path begins the other's, and its name is part of numbers.
    let first = try copied("a", to: folder.path + "/0") + "/."
    let second = first + "/../other"
    let file = try folder.write(
      """
      merge_method: linear
      models:
        - model: \(first)  # mine
          parameters: {weight: [0.25, 0.5]}
        - {model: \(second), parameters: {weight: [{filter: mlp, value: 0.5}, {value: 1}]}}
      dtype: float32

      """, to: "merge.yaml")
    let out = folder.path + "/out"
    _ = try ModelMerge(MergeRecipe(file: file)).write(to: out)
    let kept = try MergeRecipe(file: out + "/merge.yaml")
    #expect(kept.models == [first, second])
    let weights = try kept.slices[0].sources.map { try #require($0.settings["weight"]) }
    #expect(weights[0].value(for: "x", at: 0) == 0.25 && weights[0].value(for: "x", at: 1) == 0.5)
    #expect(weights[1].value(for: "mlp", at: 0) == 0.5 && weights[1].value(for: "x", at: 0) == 1)
    let card = try String(decoding: fileBytes(out + "/README.md"), as: UTF8.self)
    for words in ["- model: \"0\"\n", "- model: other\n", "- 0.25\n", "value: 0.5\n"] {
      #expect(card.contains(words), "\(words): \(card)")
    }
    #expect(!card.contains(folder.path) && !card.contains("# mine"), "\(card)")
  }

  @Test func `models of another architecture or vocabulary are refused by name`() throws {
    let folder = try TemporaryFolder()
    func copy(_ name: String, _ change: (JSON) -> JSON, of file: String) throws -> String {
      let target = folder.path + "/" + name
      try Folder.create(target)
      for name in Folder.names(in: Self.folder + "/b") {
        try AtomicFile.copy("\(Self.folder)/b/\(name)", to: "\(target)/\(name)")
      }
      let json = try JSON(contentsOf: "\(target)/\(file)")
      try AtomicFile.write(change(json).text(), to: "\(target)/\(file)")
      return target
    }
    func found(_ other: String) -> String {
      fault(
        "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: a}, {model: \(other)}]\n")
    }
    let wide = try copy("wide", { $0.setting("num_attention_heads", to: 8) }, of: "config.json")
    #expect(found(wide).contains("num_attention_heads"), "\(found(wide))")
    let family = try copy("other", { $0.setting("model_type", to: "mistral") }, of: "config.json")
    #expect(found(family).contains("model_type"), "\(found(family))")
    let words = try copy(
      "words",
      { json in
        let model = json["model"] ?? .null
        let vocabulary = (model["vocab"] ?? .null).setting("<7>", to: nil).setting("seven", to: 7)
        return json.setting("model", to: model.setting("vocab", to: vocabulary))
      }, of: "tokenizer.json")
    #expect(found(words).contains("seven") && found(words).contains("<7>"), "\(found(words))")
    // Another base of rotary frequencies is told, not refused.
    let long = try copy("long", { $0.setting("rope_theta", to: 500_000) }, of: "config.json")
    let merge = try ModelMerge(
      recipe(
        "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: a}, {model: \(long)}]\n"))
    #expect(merge.notes.count == 1 && merge.notes[0].contains("rotary"), "\(merge.notes)")
  }
}
