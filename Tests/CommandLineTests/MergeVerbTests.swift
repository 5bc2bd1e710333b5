import AnnealFiles
import TestSupport
import Testing

@Suite struct MergeVerbTests {
  private let folder: TemporaryFolder
  private static let models = Fixture.path("merging")
  private var base: String { Self.models + "/base" }
  private var first: String { Self.models + "/first" }
  private var second: String { Self.models + "/second" }

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(all: arguments + ["--json"])
  }

  private func done(_ arguments: String...) throws -> JSON {
    let outcome = try CommandLineProgram.run(all: arguments + ["--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output)
  }

  private func scores(_ arguments: String...) throws -> [Double] {
    let outcome = try CommandLineProgram.run(
      all: ["score", "--ids", "5,9,30,11,7,20,12,3", "--dtype", "float32", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output)["logprobs"]?.array?.compactMap(\.number) ?? []
  }

  @Test func `adapters side by side are what the merged model computes`() throws {
    let model = folder.path + "/model"
    let adapter = folder.path + "/adapter"
    let report = try done(
      "merge", "--model", base, "--adapter", first, "--adapter", second, "--weights", "0.7,0.4",
      "--output", model)
    #expect((report["largest_difference"]?.number ?? 0) > 0.01)
    _ = try done(
      "merge", "--model", base, "--adapter", first, "--adapter", second, "--weights", "0.7,0.4",
      "--as", "adapter", "--output", adapter)
    let configuration = try JSON(contentsOf: adapter + "/adapter_config.json")
    #expect(configuration["r"]?.integer == 8 && configuration["lora_alpha"]?.number == 8)
    let merged = try scores("--model", model)
    // Merging is another order of sums.
    #expect(largestDifference(merged, try scores("--model", base, "--adapter", adapter)) <= 1e-4)
    #expect(largestDifference(merged, try scores("--model", base, "--adapter", first)) > 1e-2)
    // One after the other gives the same as both at once.
    let (half, whole) = (folder.path + "/half", folder.path + "/whole")
    _ = try done(
      "merge", "--model", base, "--adapter", first, "--weights", "0.7", "--output", half)
    _ = try done(
      "merge", "--model", half, "--adapter", second, "--weights", "0.4", "--output", whole)
    #expect(largestDifference(merged, try scores("--model", whole)) <= 1e-4)
  }

  @Test(arguments: ["svd", "ties", "dare_ties_svd", "magnitude_prune"])
  func `every method gives an adapter that loads`(method: String) throws {
    let adapter = folder.path + "/adapter"
    var arguments = [
      "merge", "--model", base, "--adapter", first, "--adapter", second, "--method", method,
      "--as", "adapter", "--output", adapter,
    ]
    if method != "svd" { arguments += ["--density", "0.5"] }
    let outcome = try CommandLineProgram.run(all: arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let found = try scores("--model", base, "--adapter", adapter)
    #expect(found.allSatisfy(\.isFinite) && found.count == 7)
  }

  @Test(arguments: [
    ["recipe.yaml", "--as", "adapter"], ["recipe.yaml", "--weights", "1,2"],
    ["recipe.yaml", "--max-divergence", "0.1"],
  ])
  func `what is for adapters is refused beside a recipe`(arguments: [String]) throws {
    let outcome = try CommandLineProgram.run(
      all: ["merge", "--output", folder.path + "/x"] + arguments)
    #expect(outcome.status == 2 && outcome.errors.contains(arguments[1]), "\(outcome.errors)")
  }

  @Test func `a limit of divergence is refused where there is none to measure`() throws {
    let outcome = try run(
      "merge", "--model", base, "--adapter", first, "--max-divergence", "0.1", "--output",
      folder.path + "/x")
    #expect(outcome.status == 2 && outcome.errors.contains("--max-divergence"), "\(outcome.errors)")
  }

  /// The values of a factor of the adapter in `folder`.
  private func factor(_ name: String, in folder: String) throws -> [Float] {
    let file = try SafetensorsFile(path: folder + "/adapter_model.safetensors")
    let entry = try #require(
      file.entry("base_model.model.model.layers.0.self_attn.q_proj.\(name).weight"))
    #expect(entry.dtype == "F32")
    return withExtendedLifetime(file) {
      let bytes = file.bytes(of: entry)
      return (0..<bytes.count / 4).map {
        bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      }
    }
  }

  @Test func `a method prunes one adapter too, or cuts its rank`() throws {
    let one = ["merge", "--model", base, "--adapter", first, "--json"]
    func written(_ name: String, _ arguments: String...) throws -> String {
      let out = folder.path + "/" + name
      let outcome = try CommandLineProgram.run(all: one + arguments + ["--output", out])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return out
    }
    let prune = ["--method", "magnitude_prune", "--density", "0.25"]
    let adapter = try written("pruned", prune[0], prune[1], prune[2], prune[3], "--as", "adapter")
    for name in ["lora_A", "lora_B"] {
      let values = try factor(name, in: adapter)
      let kept = values.filter { $0 != 0 }.count
      #expect(kept > 0 && kept <= values.count / 4, "\(name): \(kept) of \(values.count)")
    }
    let model = try written("model", prune[0], prune[1], prune[2], prune[3])
    let merged = try scores("--model", model)
    #expect(largestDifference(merged, try scores("--model", base, "--adapter", adapter)) <= 1e-4)
    #expect(largestDifference(merged, try scores("--model", base, "--adapter", first)) > 1e-3)
    let card = try String(decoding: fileBytes(model + "/README.md"), as: UTF8.self)
    #expect(card.contains("magnitude_prune") && card.contains("0.25"), "\(card)")

    let cut = try written("cut", "--method", "svd", "--rank", "2", "--as", "adapter")
    let configuration = try JSON(contentsOf: cut + "/adapter_config.json")
    #expect(configuration["r"]?.integer == 2)
    #expect(try factor("lora_A", in: cut).count == 2 * 16)
    let rank = try CommandLineProgram.run(
      all: one + ["--rank", "2", "--output", folder.path + "/no"])
    #expect(rank.status == 2 && rank.errors.contains("use svd"), "\(rank.errors)")
  }

  @Test func `a command line that contradicts itself says how`() throws {
    let out = ["--output", folder.path + "/out"]
    let both = ["--model", base, "--adapter", first, "--adapter", second]
    for (arguments, status, words) in [
      (["--model", base], Int32(2), "anneal merge recipe.yaml"),
      (["recipe.yaml", "--model", base], 2, "one of the two"),
      (both + ["--weights", "1"], 2, "1 weight for 2 adapters"),
      (both + ["--weights", "1,x"], 2, "'x'"),
      (both + ["--method", "ties"], 2, "--density"),
      (both + ["--method", "cat", "--density", "0.5"], 2, "no density"),
      (both + ["--method", "tise", "--density", "0.5"], 2, "Did you mean ties?"),
      (both + ["--method", "linear", "--rank", "9"], 2, "--rank"),
      (both + ["--base-precision", "full"], 2, "not in codes"),
      (["--model", base, "--adapter", base], 3, "adapter_config.json"),
      (["--model", base, "--adapter", first, "--weights", "3e38"], 3, "not finite"),
      ([folder.path + "/none.yaml"], 2, "no such recipe"),
    ] {
      let outcome = try CommandLineProgram.run(all: ["merge"] + arguments + out)
      #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments) \(outcome.errors)")
    }
    #expect(!Folder.exists(folder.path + "/out"))
  }

  @Test func `a recipe makes one model of several`() throws {
    let recipe = try folder.write(
      """
      merge_method: slerp
      base_model: \(base)
      models:
        - model: \(Self.models)/a
      parameters:
        t: [0, 1]
      dtype: float32
      """, to: "merge.yaml")
    let out = folder.path + "/out"
    let report = try done("merge", recipe, "--output", out)
    #expect(report["layers"]?.integer == 3 && report["tensors"]?.integer == 30)
    #expect(try run("merge", recipe, "--output", out).status == 2)
    #expect(try run("merge", recipe, "--output", out, "--overwrite").status == 0)
    let merged = try scores("--model", out)
    #expect(largestDifference(merged, try scores("--model", base)) > 1e-2)
    #expect(Folder.holdsFile(out + "/merge.yaml") && Folder.holdsFile(out + "/tokenizer.json"))
    let card = try String(decoding: fileBytes(out + "/README.md"), as: UTF8.self)
    #expect(card.contains("merge_method: slerp") && !card.contains(Self.models), "\(card)")
  }

  @Test func `an adapter of a coded base wants a choice and tells what it costs`() throws {
    let model = try tinyModelFolder(folder)
    let data = try folder.write(
      (1...12).map { #"{"prompt": "cat \#($0)", "completion": " mat \#($0)"}"# + "\n" }.joined(),
      to: "rows.jsonl")
    let trained = try CommandLineProgram.run(
      all: ["train", "--model", model, "--data", data, "--output", folder.path + "/run"]
        + ["max_steps=3", "learning_rate=1e-2", "dtype=float32", "max_length=64"]
        .flatMap { ["--set", $0] } + ["--set", "quantization_bit=4", "--set", "val_size=0.25"])
    #expect(trained.status == 0, "\(trained.errors)")
    let adapter = folder.path + "/run/last"
    let out = folder.path + "/out"
    let asked = try run("merge", "--model", model, "--adapter", adapter, "--output", out)
    #expect(asked.status == 2, "\(asked.errors)")
    #expect(asked.errors.contains("nf4") && asked.errors.contains("dequantized"))
    let exact = try done(
      "merge", "--model", model, "--adapter", adapter, "--output", out, "--base-precision",
      "dequantized")
    // The codes' own values: nothing but the order of sums differs.
    #expect(try #require(exact["divergence"]?["largest_logit_difference"]?.number) < 1e-3)
    let full = try done(
      "merge", "--model", model, "--adapter", adapter, "--output", out, "--base-precision", "full",
      "--overwrite", "--data", data)
    let divergence = try #require(full["divergence"]?["mean_kl_nats_per_token"]?.number)
    #expect(divergence > 1e-5 && divergence < 1)
    // The card says what the folder is made of.
    let card = try String(decoding: fileBytes(out + "/README.md"), as: UTF8.self)
    for words in [
      "library_name: transformers", "nf4", "full values", "rows.jsonl", "run/last", "learning rate",
    ] { #expect(card.contains(words), "\(words): \(card)") }
    let own = try String(decoding: fileBytes(adapter + "/README.md"), as: UTF8.self)
    #expect(own.hasPrefix("---\nlibrary_name: peft\n") && own.contains("model-index"), "\(own)")
    #expect(!card.contains(folder.path) && !own.contains(folder.path))
    let refused = try run(
      "merge", "--model", model, "--adapter", adapter, "--output", folder.path + "/other",
      "--base-precision", "full", "--max-divergence", "1e-9")
    #expect(refused.status == 4 && refused.errors.contains("nats/token"), "\(refused.errors)")
    #expect(!Folder.exists(folder.path + "/other"))
  }

  @Test func `a model stored in codes needs its full values by name`() throws {
    // bitsandbytes' codes of the tiny llama, with a tokenizer beside them.
    for name in ["llama", "llama-nf4"] {
      try Folder.create("\(folder.path)/\(name)")
      for file in ["config.json", "model.safetensors"] {
        try AtomicFile.copy(
          Fixture.path("models/\(name)/\(file)"), to: "\(folder.path)/\(name)/\(file)")
      }
      try AtomicFile.copy(base + "/tokenizer.json", to: "\(folder.path)/\(name)/tokenizer.json")
    }
    let arguments = [
      "merge", "--model", folder.path + "/llama-nf4", "--adapter",
      Fixture.path("models/llama-lora"), "--output", folder.path + "/out", "--json",
    ]
    let full = arguments + ["--base-precision", "full"]
    #expect(try CommandLineProgram.run(all: arguments).status == 2)
    #expect(try CommandLineProgram.run(all: full).errors.contains("--base"))
    let outcome = try CommandLineProgram.run(all: full + ["--base", folder.path + "/llama"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try JSON(parsing: outcome.output)["base_codes"]?.string == "nf4")
    let merged = try scores("--model", folder.path + "/out")
    let expected = try scores(
      "--model", folder.path + "/llama", "--adapter", Fixture.path("models/llama-lora"))
    #expect(largestDifference(merged, expected) <= 1e-4)
  }

  @Test func `what is extracted is what was merged`() throws {
    let (tuned, lora) = (folder.path + "/tuned", folder.path + "/lora")
    _ = try done("merge", "--model", base, "--adapter", first, "--output", tuned)
    let report = try done(
      "extract", "--model", base, "--tuned", tuned, "--rank", "4", "--output", lora)
    // The change has rank 4, up to rounding.
    #expect((report["explained"]?.number ?? 0) > 0.999_99)
    #expect(report["modules"]?.members.count == 6 && report["not_covered"]?.members.isEmpty == true)
    let difference = largestDifference(
      try scores("--model", base, "--adapter", lora), try scores("--model", tuned))
    #expect(difference <= 1e-3, "\(difference)")
    // Of a model that differs everywhere, a low rank holds a part, and norms are told.
    let part = try done(
      "extract", "--model", base, "--tuned", Self.models + "/a", "--rank", "2", "--output", lora,
      "--overwrite", "--modules-to-save", "lm_head,embed_tokens")
    let explained = try #require(part["explained"]?.number)
    #expect(explained > 0.2 && explained < 0.9)
    #expect(part["not_covered"]?["model.norm.weight"] != nil)
    #expect(part["not_covered"]?["lm_head.weight"] == nil)
    #expect(try scores("--model", base, "--adapter", lora).count == 7)
    let same = try run(
      "extract", "--model", base, "--tuned", base, "--rank", "2", "--output", folder.path + "/no")
    #expect(same.status == 3 && same.errors.contains("nothing to extract"), "\(same.errors)")
    let wrong = try run(
      "extract", "--model", base, "--tuned", tuned, "--rank", "2", "--targets", "wq", "--output",
      folder.path + "/no")
    #expect(wrong.status == 2 && wrong.errors.contains("q_proj"), "\(wrong.errors)")
  }
}
