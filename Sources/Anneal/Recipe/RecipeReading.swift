#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import AnnealFiles

extension Recipe {
  /// The resolved recipe of a file, `--set` options and flags.
  ///
  /// A flag beats `--set`, which beats the file, which beats the default.
  ///
  /// - Parameters:
  ///   - path: the recipe's file, or nil when everything is given otherwise.
  ///   - settings: `key=value`, the value in YAML.
  ///   - flags: keys with the literal values of flags; an empty list is a flag that was not given.
  /// - Throws: `AnnealError` of kind `recipe` that names file, line and key.
  public init(
    file path: String?, settings: [String] = [], flags: KeyValuePairs<String, [String]> = [:]
  ) throws {
    let text = try path.map(Self.contents)
    try self.init(yaml: text ?? "", file: path ?? "", settings: settings, flags: flags)
  }

  /// The resolved recipe of YAML `text`, `--set` options and flags.
  public init(
    yaml text: String, file: String = "recipe", settings: [String] = [],
    flags: KeyValuePairs<String, [String]> = [:]
  ) throws {
    let layers = [
      try RecipeLayer(yaml: text, file: file), try RecipeLayer(settings: settings),
      try RecipeLayer(flags: flags),
    ]
    var entries: [String: (word: String, node: RecipeNode)] = [:]
    for layer in layers { entries.merge(layer.entries) { $1 } }
    let named = Set(entries.keys)
    entries = entries.filter { !$0.value.node.isNull }
    self.init(model: "", datasets: [], output: "")
    for key in RecipeKey.all {
      if let entry = entries[key.name] {
        try key.read(entry.node, &self)
      } else if key.isRequired {
        throw Self.missing(key, file: file)
      }
    }
    fillDefaults(given: Set(entries.keys))
    try check(entries.mapValues(\.node), named: named, file: file)
  }

  private static func missing(_ key: RecipeKey, file: String) -> AnnealError {
    let place = file.isEmpty ? nil : AnnealError.Place(file: file)
    return AnnealError(
      .recipe, "the key \(key.name) is missing", at: place,
      remedy: "Add `\(key.name): …`. \(key.summary)")
  }

  private static func contents(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw AnnealError(
        .recipe, isThere ? "the recipe cannot be read" : "there is no such recipe",
        at: .init(file: path), remedy: "Check the path; a recipe is a YAML file.")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

extension Recipe {
  /// Throws where two keys contradict each other.
  ///
  /// - Parameter named: the keys that are written down, those without a value too.
  private func check(
    _ given: [String: RecipeNode], named: Set<String>, file: String
  ) throws {
    func fault(_ key: String, _ message: String, _ remedy: String) -> AnnealError {
      let place = given[key]?.place(key) ?? AnnealError.Place(file: file, field: key)
      return AnnealError(.recipe, message, at: place, remedy: remedy)
    }
    if finetuningType == .full, adapterNameOrPath != nil {
      throw fault(
        "adapter_name_or_path", "an adapter cannot be trained on with finetuning_type: full",
        "Use finetuning_type: lora, or merge the adapter first (`anneal merge`).")
    }
    if finetuningType == .full, quantizationBit != nil {
      throw fault(
        "quantization_bit", "codes cannot be trained with finetuning_type: full",
        "Use finetuning_type: lora, or leave the key out.")
    }
    if finetuningType == .full, offload.streamsWeights {
      throw fault(
        "offload", "weights that are trained cannot stay in their file: finetuning_type is full",
        "Use finetuning_type: lora, or offload: activations.")
    }
    if quantizationBit != nil, offload.streamsWeights {
      throw fault(
        "offload", "codes of \(quantizationBit ?? 4) bits are made in memory and stay there",
        "Use offload: activations, or leave quantization_bit out and read the weights as they are.")
    }
    if offload.movesActivations, gradientCheckpointing != .full {
      throw fault(
        "offload",
        "gradient_checkpointing: \(gradientCheckpointing.rawValue) keeps activations in the graph",
        "Use gradient_checkpointing: full, or offload: weights.")
    }
    let details = ["quantization_type", "double_quantization"]
    if !named.contains("quantization_bit"), let key = details.first(where: given.keys.contains) {
      throw fault(
        key, "nothing is held in codes without quantization_bit",
        "Add quantization_bit: 4 (or 8), or leave \(key) out.")
    }
    if let bits = quantizationBit, quantizationType.bits != bits {
      throw fault(
        "quantization_type",
        "\(quantizationType.rawValue) has \(quantizationType.bits) bits; "
          + "quantization_bit is \(bits)", "Leave the key out, or change quantization_bit.")
    }
    if finetuningType == .full, !loraModulesToSave.isEmpty {
      throw fault(
        "lora_modules_to_save", "finetuning_type: full already trains every module",
        "Leave the key out, or use finetuning_type: lora.")
    }
    if adapterNameOrPath != nil,
      let key = given.keys.sorted().first(where: { $0.hasPrefix("lora_") || $0 == "use_rslora" })
    {
      throw fault(
        key, "an adapter that is gone on with keeps its own \(key)",
        "Leave the key out, or begin a new adapter without adapter_name_or_path.")
    }
    if evalStrategy != .no, !hasEvaluation {
      throw fault(
        "eval_strategy", "there is nothing to evaluate on",
        "Set val_size above 0, or give eval_datasets.")
    }
    if earlyStoppingPatience != nil, evalStrategy == .no {
      throw fault(
        "early_stopping_patience", "early stopping needs evaluations",
        "Set eval_strategy to steps or epoch, and val_size above 0 or eval_datasets.")
    }
    if optimizerInBwd, gradientAccumulationSteps > 1 {
      throw fault(
        "optimizer_in_bwd", "the values cannot move before all micro-batches of a step are summed",
        "Set gradient_accumulation_steps: 1 (a larger per_device_train_batch_size reads as many "
          + "rows), or optimizer_in_bwd: false.")
    }
    if optimizerInBwd, maxGradNorm > 0 {
      throw fault(
        "optimizer_in_bwd",
        "the values move before the gradient's norm is known, so it cannot be clipped",
        "Set max_grad_norm: 0, or optimizer_in_bwd: false.")
    }
    if !interleaveProbs.isEmpty, mixStrategy == .concatenate {
      throw fault(
        "interleave_probs", "all rows are read with mix_strategy: concatenate",
        "Set mix_strategy: interleave_first_exhausted or another that draws, or leave the key out.")
    }
    if !interleaveProbs.isEmpty,
      interleaveProbs.count != datasets.count || interleaveProbs.contains(where: { $0 <= 0 })
    {
      throw fault(
        "interleave_probs",
        "found \(interleaveProbs.count) numbers for \(datasets.count) datasets; expected one above 0 "
          + "for each", "Give one for each of the datasets, in their order.")
    }
    if stage == .sft, !trainOnInputs, rolesToTrain.isEmpty {
      throw fault(
        "roles_to_train", "no role is left to learn from", "Name one, such as [assistant].")
    }
    if !Self.isDevice(device) {
      throw fault(
        "device", "found \(device), expected auto, cpu, cuda, cuda:N or mps",
        "Leave the key out to use the best device there is.")
    }
  }

  private static func isDevice(_ text: String) -> Bool {
    if ["auto", "cpu", "cuda", "mps"].contains(text) { return true }
    return text.hasPrefix("cuda:") && Int(text.dropFirst(5)).map { $0 >= 0 } ?? false
  }
}
