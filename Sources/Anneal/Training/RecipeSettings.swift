internal import AnnealAdapters
internal import AnnealDatasets
internal import AnnealFiles
internal import AnnealNeural
internal import AnnealText
internal import AnnealTorch
internal import AnnealTraining

// What the words of a recipe mean to the engine.
extension Recipe {
  /// The method, for `finetuning_type: lora`.
  var adapter: LoRA {
    LoRA(
      rank: loraRank, alpha: loraAlpha, dropout: loraDropout, targets: targets,
      isRankStabilized: useRSLoRA)
  }

  /// How the base's linear weights are coded; nil leaves them as they are.
  var quantization: Quantization? {
    guard quantizationBit != nil else { return nil }
    let kind: QuantizedWeight.Kind =
      switch quantizationType {
      case .nf4: .nf4
      case .fp4: .fp4
      case .int8: .int8
      }
    return Quantization(kind: kind, isDouble: doubleQuantization)
  }

  private var targets: AnnealAdapters.Targets {
    switch loraTargetModules {
    case .allLinear: .all
    case .names(let names): .init(.names(names))
    case .pattern(let pattern): .init(.pattern(pattern))
    }
  }

  /// How rows become examples.
  var preparation: PreparationSettings {
    var settings =
      switch stage {
      case .pt: ContinuedPretraining(maxTokens: maxLength).preparation
      case .sft: SupervisedFineTuning(maxTokens: maxLength, mask: mask).preparation
      }
    settings.threads = datasetNumProc
    return settings
  }

  /// How the data sets make an epoch; nil when all rows are read.
  var mixture: Mixture? {
    guard mixStrategy != .concatenate else { return nil }
    return Mixture(
      mixStrategy, weights: interleaveProbs.isEmpty ? datasets.map(\.weight) : interleaveProbs,
      temperature: mixTemperature, seed: UInt64(seed))
  }

  /// Makes rows no longer than a model has positions; what to say when that changed anything.
  mutating func fitLength(to positions: Int) -> String? {
    guard maxLength > positions else { return nil }
    defer { maxLength = positions }
    return "max_length is \(positions), not \(maxLength): the model has no more positions"
  }

  private var mask: TrainingMask {
    if trainOnInputs { return .everything }
    return rolesToTrain == ["assistant"] ? .assistant : .roles(rolesToTrain)
  }

  /// How the run trains; the warm-up is a share of the steps, so `total` must be known.
  func settings(totalSteps: Int?) -> TrainingSettings {
    let shape: Schedule.Shape =
      switch lrSchedulerType {
      case .constant: .constant
      case .linear: .linear
      case .cosine: .cosine
      }
    let schedule = Schedule(
      shape, peak: learningRate, warmup: totalSteps.map(warmup) ?? 0, floor: minLRRatio)
    let optimizer = OptimizerSettings(
      schedule, beta1: adamBeta1, beta2: adamBeta2, epsilon: adamEpsilon, weightDecay: weightDecay)
    var settings = TrainingSettings(
      optimizer: optim.kind.init(optimizer),
      batch: .rows(
        perDeviceTrainBatchSize, accumulate: gradientAccumulationSteps,
        packing: packing ? maxLength : nil),
      epochs: numTrainEpochs, maxSteps: maxSteps, maxGradientNorm: maxGradNorm,
      checkpointing: checkpointing, seed: UInt64(seed))
    settings.activationFolder = offload.movesActivations ? outputDir : nil
    settings.updatesInBackward = optimizerInBwd
    settings.regularization = LossRegularization(
      labelSmoothing: labelSmoothingFactor, zLoss: zLossWeight)
    return settings
  }

  private var checkpointing: ActivationCheckpointing {
    switch gradientCheckpointing {
    case .none: .none
    case .selective: .selective
    case .full: .full
    }
  }

  /// The type of the weights on `device`; nothing else is ever chosen silently.
  func dtype(on device: Device) -> DType {
    switch dtype {
    case .auto: Hardware.fastest(on: device)
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }
}

extension LanguageModel {
  /// Loads the base of `recipe` as it is trained: in its type and codes, with the adapter on.
  static func load(for recipe: Recipe) throws -> LanguageModel {
    let device = try Hardware.device(recipe.device)
    let model = try LanguageModel.load(
      from: recipe.modelNameOrPath, adapter: recipe.adapterNameOrPath, on: device,
      as: recipe.dtype(on: device), quantization: recipe.quantization,
      isStreamed: recipe.offload.streamsWeights, template: recipe.chatTemplate)
    if recipe.finetuningType == .full, model.isQuantized {
      throw AnnealError(
        .recipe, "the base's weights are stored in codes, which cannot be trained in full",
        at: .init(file: recipe.modelNameOrPath),
        remedy: "Use finetuning_type: lora, or the base's unquantised weights.")
    }
    if recipe.offload.streamsWeights, model.isQuantized {
      throw AnnealError(
        .recipe, "offload: the base's weights are stored in codes, which are not streamed",
        at: .init(file: recipe.modelNameOrPath),
        remedy: "Use offload: activations or none; codes take little memory.")
    }
    model.hasLearnedTemplate = recipe.stage == .sft
    if recipe.finetuningType == .lora, recipe.adapterNameOrPath == nil {
      try recipe.checkRank(for: model)
      do {
        try model.attach(
          recipe.adapter, modulesToSave: recipe.loraModulesToSave, seed: UInt64(recipe.seed))
      } catch let error as TorchError where error.code == .outOfMemory {
        throw AnnealError(
          .outOfMemory, "the adapter does not fit into memory: \(error.message)",
          remedy: "Use a lower lora_rank, fewer lora_target_modules or lora_modules_to_save, or "
            + "raise memory_limit.")
      }
    }
    return model
  }
}

extension Recipe {
  /// Throws where the rank exceeds that of every matrix it could be added to.
  fileprivate func checkRank(for model: LanguageModel) throws {
    let largest = model.network.inventory.linears.map { min($0.site.inputs, $0.site.outputs) }.max()
    guard let largest, loraRank > largest else { return }
    throw AnnealError(
      .recipe, "lora_rank is \(loraRank); the base's largest matrix has rank \(largest)",
      remedy: "Usual ranks are 8 to 64; finetuning_type: full trains whole matrices.")
  }

  /// The recipe with `~` in its paths written out, as a run opens them.
  var withWholePaths: Recipe {
    func whole(_ path: String) -> String {
      path == "~" || path.hasPrefix("~/") ? Folder.home + path.dropFirst() : path
    }
    var copy = self
    copy.modelNameOrPath = whole(modelNameOrPath)
    copy.adapterNameOrPath = adapterNameOrPath.map(whole)
    copy.chatTemplate = chatTemplate.map(whole)
    copy.outputDir = whole(outputDir)
    copy.datasetPreparedPath = datasetPreparedPath.map(whole)
    if case .checkpoint(let path) = resumeFromCheckpoint {
      copy.resumeFromCheckpoint = .checkpoint(whole(path))
    }
    for index in datasets.indices {
      copy.datasets[index].path = whole(datasets[index].path)
      copy.datasets[index].schema = datasets[index].schema.map(whole)
    }
    for index in evalDatasets.indices {
      copy.evalDatasets[index].path = whole(evalDatasets[index].path)
      copy.evalDatasets[index].schema = evalDatasets[index].schema.map(whole)
    }
    return copy
  }

  /// The recipe with paths below this folder, or the user's own, written as such.
  var withoutPrivatePaths: Recipe {
    portable(workingDirectory: Folder.current, home: Folder.home)
  }
}
