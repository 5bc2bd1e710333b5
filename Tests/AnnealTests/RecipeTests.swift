import AnnealDatasets
import AnnealFiles
import Testing

@testable import Anneal

private let minimal = """
  model_name_or_path: models/base
  datasets: data/train.jsonl
  output_dir: runs/one
  """

private func failure(_ text: String, settings: [String] = []) -> String {
  do {
    _ = try Recipe(yaml: text, file: "r.yaml", settings: settings)
    return "no error"
  } catch {
    return "\(error)"
  }
}

@Suite struct RecipeTests {
  @Test func `three keys are enough and the rest has defaults`() throws {
    let recipe = try Recipe(yaml: minimal)
    #expect(recipe.modelNameOrPath == "models/base")
    #expect(recipe.datasets == [Recipe.DataSource(path: "data/train.jsonl")])
    #expect(recipe.finetuningType == .lora)
    #expect(recipe.learningRate == 2e-4)
    #expect(recipe.loraAlpha == 32)
    #expect(recipe.valSize == 0.1)
    #expect(
      recipe
        == Recipe(
          model: "models/base", datasets: [.init(path: "data/train.jsonl")], output: "runs/one"))
  }

  @Test func `columns of data are mapped in this project's keys and in those of others`() throws {
    func source(_ text: String) throws -> Recipe.DataSource {
      let recipe = try Recipe(
        yaml: "model_name_or_path: m\noutput_dir: o\ndatasets:\n  - {path: a, \(text)}")
      // What the resolved recipe says is read as the same.
      #expect(try Recipe(yaml: recipe.yaml).datasets == recipe.datasets, "\(recipe.yaml)")
      return try #require(recipe.datasets.first)
    }
    let own = try source(
      "field_map: {question: Frage}, labels: {0: no, 1: yes}, roles: {user: [K, L]}, system: s")
    #expect(
      own.mapping
        == RowMapping(
          columns: [("question", "Frage")], roles: [("K", "user"), ("L", "user")],
          labels: [("0", "no"), ("1", "yes")], constants: [("system", "s")]))
    let factory = try source(
      "formatting: sharegpt, columns: {messages: m}, tags: {role_tag: r, user_tag: U}")
    #expect(factory.type == "sharegpt")
    #expect(
      factory.mapping
        == RowMapping(
          columns: [("conversations", "m")], messageKeys: [("role", "r")], roles: [("U", "user")]))
    let axolotl = try source(
      "type: alpaca, field_instruction: q, message_field_role: who, ds_type: json")
    #expect(
      axolotl.mapping
        == RowMapping(columns: [("instruction", "q")], messageKeys: [("role", "who")]))
    let text = "\ndatasets: [{path: a, field_mop: {a: b}}]"
    let plain = "model_name_or_path: m\noutput_dir: o"
    #expect(failure(plain + text).contains("Did you mean field_map?"))
    #expect(
      failure(plain + "\ndatasets: [{path: a, field_map: 3}]").contains("datasets[0].field_map"))
  }

  @Test func `defaults follow the keys they hang on`() throws {
    let full = try Recipe(yaml: minimal + "\nfinetuning_type: full\nmicro_batch_size: 2")
    #expect(full.learningRate == 2e-5)
    #expect(full.perDeviceEvalBatchSize == 2)
    let wide = try Recipe(yaml: minimal + "\nlora_r: 64\neval_datasets: [a.jsonl, b.jsonl]")
    #expect(wide.loraAlpha == 128)
    #expect(wide.valSize == 0)
    #expect(wide.evalDatasets.map(\.path) == ["a.jsonl", "b.jsonl"])
    let blind = try Recipe(yaml: minimal + "\nval_size: 0")
    #expect(blind.evalStrategy == .no)
  }

  @Test func `what is offloaded fits the rest of the recipe, or the key is named`() throws {
    let recipe = try Recipe(yaml: minimal + "\noffload: all")
    #expect(recipe.offload == .all)
    #expect(recipe.gradientCheckpointing == .full)
    #expect(recipe.settings(totalSteps: 1).activationFolder == "runs/one")
    let weights = try Recipe(yaml: minimal + "\noffload: weights")
    #expect(weights.gradientCheckpointing == .none)
    #expect(weights.settings(totalSteps: 1).activationFolder == nil)
    for (text, word) in [
      ("offload: weights\nfinetuning_type: full", "finetuning_type"),
      ("offload: all\nquantization_bit: 4", "4 bits"),
      ("offload: activations\ngradient_checkpointing: none", "gradient_checkpointing"),
    ] {
      let message = failure(minimal + "\n" + text)
      #expect(message.contains("offload") && message.contains(word), "\(message)")
    }
    _ = try Recipe(yaml: minimal + "\noffload: activations\nfinetuning_type: full")
    #expect(
      failure(minimal + "\ngradient_checkpointing: offload").contains("offload: activations"))
  }

  @Test func `values read as people write them`() throws {
    let recipe = try Recipe(
      yaml: minimal + """

        learning_rate: 2e-3
        save_strategy: no
        gradient_checkpointing: true
        num_epochs: 1.5
        max_steps: 1_200
        eval_steps: 0.25
        save_steps: 50
        memory_limit: 7.5 GiB
        lora_target_modules: [q_proj, v_proj]
        optimizer: adamw_torch
        lr_scheduler: constant_with_warmup
        bf16: true
        resume_from_checkpoint: runs/one/checkpoints/step-10
        """)
    #expect(recipe.learningRate == 0.002)
    #expect(recipe.saveStrategy == .no)
    #expect(recipe.gradientCheckpointing == .full)
    #expect(recipe.numTrainEpochs == 1.5)
    #expect(recipe.maxSteps == 1200)
    #expect(recipe.evalSteps == .share(0.25))
    #expect(recipe.evalSteps.steps(of: 10) == 3)
    #expect(recipe.saveSteps == .steps(50))
    #expect(recipe.memoryLimit?.bytes == 8_053_063_680)
    #expect(recipe.loraTargetModules == .names(["q_proj", "v_proj"]))
    #expect(recipe.optim == .adamw)
    #expect(recipe.lrSchedulerType == .constant)
    #expect(recipe.dtype == .bfloat16)
    #expect(recipe.resumeFromCheckpoint == .checkpoint("runs/one/checkpoints/step-10"))
  }

  @Test(arguments: [
    ("all", Recipe.Targets.allLinear), ("all-linear", .allLinear),
    ("q_proj", .names(["q_proj"])), ("q_proj, k_proj", .names(["q_proj", "k_proj"])),
    ("'.*mlp.*'", .pattern(".*mlp.*")),
  ])
  func `targets are all, names or a pattern`(text: String, targets: Recipe.Targets) throws {
    let recipe = try Recipe(yaml: minimal + "\nlora_target: \(text)")
    #expect(recipe.loraTargetModules == targets)
  }

  @Test(arguments: ["adamw_8bit", "adamw_bnb_8bit", "paged_adamw_8bit"])
  func `8-bit AdamW goes by the names of other tools`(name: String) throws {
    let recipe = try Recipe(
      yaml: minimal + "\noptim: \(name)\noptimizer_in_bwd: true\nmax_grad_norm: 0")
    #expect(recipe.optim.rawValue == "adamw_8bit")
    #expect(recipe.yaml.contains("optim: adamw_8bit"))
    #expect(recipe.optimizerInBwd)
  }

  @Test func `datasets may say their format, part and weight`() throws {
    let recipe = try Recipe(
      yaml: """
        base_model: m
        output: o
        datasets:
          - path: a.json
            type: alpaca
            weight: 0.5
          - b.jsonl
        """)
    #expect(
      recipe.datasets == [
        .init(path: "a.json", type: "alpaca", weight: 0.5), .init(path: "b.jsonl"),
      ])
  }

  @Test func `a flag beats a setting, a setting the file, the file the default`() throws {
    let text = minimal + "\nseed: 1\nlora_rank: 4\ndtype: float32"
    let recipe = try Recipe(
      yaml: text, settings: ["seed=2", "lora_r=8", "max_length=64"],
      flags: ["seed": ["3"], "device": [], "datasets": ["x: y.jsonl", "z.jsonl"]])
    #expect(recipe.seed == 3)
    #expect(recipe.loraRank == 8)
    #expect(recipe.maxLength == 64)
    #expect(recipe.dtype == .float32)
    #expect(recipe.device == "auto")
    #expect(recipe.datasets.map(\.path) == ["x: y.jsonl", "z.jsonl"])
    #expect(try Recipe(yaml: text, settings: ["bf16=true"]).dtype == .bfloat16)
  }

  @Test(arguments: [
    ("learning_rat: 1", ["r.yaml:4:learning_rat: unknown key", "Did you mean learning_rate?"]),
    ("sequence_length: 1", ["unknown key", "sequence_len (that is, max_length)"]),
    ("learning_rate: fast", ["r.yaml:4:learning_rate", "found fast, expected a number"]),
    ("lora_rank: 0", ["found 0, expected a whole number, 1 or more"]),
    ("lora_rank: [1, 2]", ["found a list of 2, expected a whole number"]),
    ("val_size: 1.5", ["expected a number, from 0 to below 1"]),
    ("packing: maybe", ["found maybe, expected true or false"]),
    ("stage: dpo", ["does not support stage: dpo yet", "sft, pt"]),
    ("stage: sftt", ["expected one of sft, pt", "Did you mean sft?"]),
    ("use_dora: true", ["does not support the key use_dora", "DoRA is not supported yet"]),
    ("quantization_bit: 3", ["found 3, expected a whole number, 4 or 8"]),
    ("quantization_bit: 8\nquantization_type: nf4", ["nf4 has 4 bits; quantization_bit is 8"]),
    ("quantization_bit: 4\nfinetuning_type: full", ["codes cannot be trained"]),
    ("optim: adamw8bit", ["expected one of adamw, adamw_8bit", "Did you mean adamw_8bit?"]),
    ("optim: lion", ["does not support optim: lion yet", "adamw, adamw_8bit"]),
    ("optimizer_in_bwd: true", ["r.yaml:4:optimizer_in_bwd", "Set max_grad_norm: 0"]),
    (
      "max_grad_norm: 0\noptimizer_in_bwd: true\ngradient_accumulation_steps: 2",
      ["r.yaml:5:optimizer_in_bwd", "Set gradient_accumulation_steps: 1"]
    ),
    ("finetuning_type: qlora", ["Write finetuning_type: lora and quantization_bit: 4."]),
    ("load_in_4bit: true", ["Write quantization_bit: 4."]),
    ("beta: 0.1", ["Preference training is not supported yet"]),
    ("lora_r: 8\nlora_rank: 8", ["are the same setting, given twice", "(line 4)"]),
    ("seed: 1\nseed: 2", ["the key seed stands here twice", "r.yaml:"]),
    ("bf16: true\ndtype: float32", ["bf16 asks for bfloat16 and dtype for float32"]),
    ("dtype: float32\nbf16: true", ["dtype asks for float32 and bf16 for bfloat16"]),
    ("dtype: float16", ["does not support dtype: float16 yet"]),
    ("seed: [1", ["r.yaml:5:1: not valid YAML"]),
    ("\tseed: 1", ["not valid YAML"]),
    ("eval_datasets:\n  - pth: a", ["r.yaml:5:eval_datasets[0].pth", "Did you mean path?"]),
    ("eval_datasets:\n  - type: alpaca", ["expected a mapping with a path"]),
    ("eval_steps: 2.5", ["a whole number of steps, or a share of the run below 1"]),
    ("memory_limit: much", ["expected an amount such as 8GB"]),
    ("device: gpu", ["expected auto, cpu, cuda, cuda:N or mps"]),
    ("finetuning_type: full\nadapter_name_or_path: a", ["finetuning_type: full"]),
    ("val_size: 0\neval_strategy: steps", ["nothing to evaluate on"]),
    ("val_size: 0\nearly_stopping_patience: 2", ["early stopping needs evaluations"]),
    ("learning_rate: nan", ["expected a number"]),
    ("seed: 99999999999999999999", ["expected a whole number"]),
    (
      "sed: 1\nuse_dora: true\nlearning_rat: 1",
      ["3 keys cannot be used", "r.yaml:4:sed: unknown", "use_dora", "r.yaml:6:learning_rat"]
    ),
    (
      "eval_datasets: [{path: a.jsonl, type: sharegtp}]",
      ["r.yaml:4:eval_datasets[0].type", "did you mean 'sharegpt'?"]
    ),
  ])
  func `a wrong key says where, what and how to mend it`(text: String, parts: [String]) {
    let message = failure(minimal + "\n" + text)
    for part in parts { #expect(message.contains(part), "\(message)") }
  }

  @Test func `a missing key is named with its meaning`() {
    #expect(failure("").contains("the key model_name_or_path is missing"))
    #expect(failure("model: m\ndataset: d").contains("r.yaml: the key output_dir is missing"))
    #expect(failure("- a").contains("found a list of 1, expected lines of `key: value`"))
    #expect(failure(minimal, settings: ["seed"]).contains("--set seed lacks a value"))
    #expect(failure(minimal, settings: ["sed=1"]).contains("--set:sed: unknown key"))
  }

  @Test func `names of LLaMA-Factory's catalogue are found in its folder`() throws {
    let text =
      "model: m\ndataset: identity, alpaca_en_demo,more/own.jsonl\noutput_dir: o\n"
      + "dataset_dir: data\ndo_train: true\nplot_loss: true\n"
    let recipe = try Recipe(yaml: text)
    #expect(
      recipe.datasets.map(\.path) == ["identity, alpaca_en_demo,more/own.jsonl"])
    let named = try Recipe(yaml: text.replacing(",more/own.jsonl", with: ""))
    #expect(
      named.datasets.map(\.path) == [
        "data/dataset_info.json#identity", "data/dataset_info.json#alpaca_en_demo",
      ])
    #expect(named.datasetDir == nil)
  }

  @Test func `what other tools switch off is accepted`() throws {
    let off = "\nfp16: false\nload_in_4bit: false\nreport_to: none\nuse_dora: no\nseed: null"
    #expect(try Recipe(yaml: minimal + off) == Recipe(yaml: minimal))
  }

  @Test func `null on the command line takes back what the file says`() throws {
    let text = minimal + "\neval_datasets: held-out.jsonl\nseed: 3"
    let recipe = try Recipe(yaml: text, settings: ["eval_datasets=null", "seed=~"])
    #expect(recipe == (try Recipe(yaml: minimal)))
  }

  @Test func `a file that is not there is a recipe error`() {
    #expect(throws: AnnealError.self) { try Recipe(file: "no/such/recipe.yaml") }
  }

  @Test func `the resolved recipe reads back as itself`() throws {
    let recipe = try Recipe(
      yaml: minimal + """

        lora_target_modules: '.*\\.(q|v)_proj'
        chat_template: "odd: name # yes"
        eval_datasets: [{path: v.jsonl, type: alpaca, weight: 2}, w.csv]
        memory_limit: 8GB
        max_steps: 10
        adam_epsilon: 1e-6
        resume_from_checkpoint: true
        lora_modules_to_save: [lm_head]
        """)
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
    for key in RecipeKey.all { #expect(recipe.yaml.contains("\n\(key.name):")) }
  }

  @Test func `changed keys are listed with both values`() throws {
    let before = try Recipe(yaml: minimal)
    let after = try Recipe(yaml: minimal + "\nlearning_rate: 1e-4\nsave_steps: 7")
    let changes = after.changedKeys(from: before)
    #expect(changes.map(\.key) == ["learning_rate", "save_steps"])
    #expect(changes.map(\.affectsResult) == [true, false])
    #expect(changes[0].description == "learning_rate: 0.0002 → 0.0001")
    #expect(before.changedKeys(from: before).isEmpty)
  }

  @Test func `a portable recipe does not tell whose machine it ran on`() throws {
    var recipe = Recipe(
      model: "/home/ann/models/m", datasets: [.init(path: "/home/ann/p/d.jsonl")],
      output: "/home/ann/p/out")
    recipe.chatTemplate = "chatml"
    let portable = recipe.portable(workingDirectory: "/home/ann/p", home: "/home/ann")
    #expect(portable.modelNameOrPath == "~/models/m")
    #expect(portable.datasets[0].path == "d.jsonl")
    #expect(portable.outputDir == "out")
    #expect(!portable.yaml.contains("/home/ann"))
  }

  @Test func `no word means two keys, and no supported key is called unsupported`() {
    let words = RecipeKey.all.flatMap { [$0.name] + $0.aliases }
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { RecipeLater.keys[$0] == nil })
  }
}
