public import AnnealDatasets

/// Everything that decides a training run.
///
/// The values here are the defaults; `RecipeKey.all` gives each its key, type, unit and meaning. A
/// recipe that was read is resolved: defaults that hang on other keys are filled in.
public struct Recipe: Sendable, Equatable {
  // Model
  /// The base model's folder.
  public var modelNameOrPath: String
  /// An adapter's folder to go on training.
  public var adapterNameOrPath: String?
  /// A chat template: a file, or a built-in template's name; nil for the model's own.
  public var chatTemplate: String?
  /// Bits a value of the base's linear weights is coded in, 4 or 8; nil leaves them as they are.
  public var quantizationBit: Int?
  /// The data type of the codes.
  public var quantizationType = QuantizationType.nf4
  /// Whether the scales of 4-bit codes are coded too.
  public var doubleQuantization = true

  // Method
  /// What is learned from the data.
  public var stage = Stage.sft
  /// Which values are trained.
  public var finetuningType = FinetuningType.lora
  /// The adapter's rank `r`.
  public var loraRank = 16
  /// The adapter's strength: updates are scaled by `alpha / rank`.
  public var loraAlpha = 32.0
  /// Probability that an adapter's input value is dropped while training.
  public var loraDropout = 0.0
  /// Which linear layers get an adapter.
  public var loraTargetModules = Targets.allLinear
  /// Whether updates are scaled by `alpha / √rank`.
  public var useRSLoRA = false
  /// Modules that are trained whole and saved with the adapter.
  public var loraModulesToSave: [String] = []

  // Data
  /// Training data.
  public var datasets: [DataSource]
  /// Evaluation data of its own.
  public var evalDatasets: [DataSource] = []
  /// The folder of LLaMA-Factory's `dataset_info.json`, when data sets are named by its entries.
  public var datasetDir: String?
  /// How the rows of several data sets make an epoch.
  public var mixStrategy = MixStrategy.concatenate
  /// How likely each of the datasets is when rows are drawn; empty to go by their weights.
  public var interleaveProbs: [Double] = []
  /// What evens out the sizes of data sets when rows are drawn by temperature.
  public var mixTemperature = 2.0
  /// What happens to rows that cannot be used.
  public var onError = BadRowPolicy.stop
  /// Share of the training rows held out for evaluation.
  public var valSize = 0.1
  /// Longest sequence, in tokens.
  public var maxLength = 1024
  /// Whether short rows share a sequence, each attending only to itself.
  public var packing = true
  /// Whether prompts bear loss too.
  public var trainOnInputs = false
  /// Roles whose turns bear loss.
  public var rolesToTrain = ["assistant"]
  /// Threads that prepare data; nil for all cores.
  public var datasetNumProc: Int?
  /// The folder in which prepared rows are kept, or `none`; nil for the cache folder.
  public var datasetPreparedPath: String?

  // Batches
  /// Sequences in a micro-batch.
  public var perDeviceTrainBatchSize = 8
  /// Sequences in an evaluation batch.
  public var perDeviceEvalBatchSize = 8
  /// Micro-batches in an optimizer step.
  public var gradientAccumulationSteps = 1
  /// Passes over the training data.
  public var numTrainEpochs = 3.0
  /// Optimizer steps after which the run ends; nil for whole epochs.
  public var maxSteps: Int?

  // Optimizer
  /// Peak learning rate.
  public var learningRate = 2e-4
  /// How the learning rate goes on after the warm-up.
  public var lrSchedulerType = Scheduler.cosine
  /// Learning rate at the end, as a share of the peak.
  public var minLRRatio = 0.0
  /// Share of the run in which the learning rate rises.
  public var warmupRatio = 0.03
  /// Optimizer steps in which the learning rate rises; nil to use the share.
  public var warmupSteps: Int?
  /// The optimizer.
  public var optim = Optimizer.adamw
  /// Adam's decay of the first moment.
  public var adamBeta1 = 0.9
  /// Adam's decay of the second moment.
  public var adamBeta2 = 0.999
  /// Adam's term against division by zero.
  public var adamEpsilon = 1e-8
  /// Decoupled weight decay.
  public var weightDecay = 0.0
  /// Largest norm of the gradient; 0 for no clipping.
  public var maxGradNorm = 1.0
  /// Share of each target's probability that is spread over the vocabulary.
  public var labelSmoothingFactor = 0.0
  /// Weight of the squared logarithm of softmax's denominator.
  public var zLossWeight = 0.0
  /// Whether values move during the backward pass, block by block.
  public var optimizerInBwd = false

  // Machine
  /// Number format of the base.
  public var dtype = Precision.auto
  /// Which activations are computed again in the backward pass.
  public var gradientCheckpointing = Checkpointing.none
  /// What is kept out of memory until it is needed.
  public var offload = Offload.none
  /// `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
  public var device = "auto"
  /// Threads of computation; nil for one a core.
  public var threads: Int?
  /// Memory that tensors may take; nil for what the machine has.
  public var memoryLimit: ByteCount?
  /// Seed of every random choice.
  public var seed = 42

  // Run folder
  /// The run's folder.
  public var outputDir: String
  /// Whether a folder that is already there is replaced.
  public var overwriteOutputDir = false
  /// Steps between rows of metrics.
  public var loggingSteps = Interval.steps(1)
  /// When the model is evaluated.
  public var evalStrategy = Strategy.steps
  /// Steps between evaluations.
  public var evalSteps = Interval.share(0.1)
  /// When a checkpoint is saved.
  public var saveStrategy = Strategy.steps
  /// Steps between checkpoints.
  public var saveSteps = Interval.share(0.1)
  /// Checkpoints that are kept; older ones are deleted.
  public var saveTotalLimit: Int? = 2
  /// Evaluations without improvement after which the run stops; nil for never.
  public var earlyStoppingPatience: Int?
  /// Where the run goes on from.
  public var resumeFromCheckpoint = Resume.never

  /// The default run that trains `model` on `datasets` and writes `output`.
  public init(model: String, datasets: [DataSource], output: String) {
    modelNameOrPath = model
    self.datasets = datasets
    outputDir = output
  }
}

extension Recipe {
  /// Learning rate when none is given.
  ///
  /// LoRA's factors start small and take about ten times the rate
  /// of a full update (arXiv 2106.09685, appendix D; arXiv 2405.09673).
  static func defaultLearningRate(_ type: FinetuningType) -> Double { type == .lora ? 2e-4 : 2e-5 }

  /// Fills in the defaults that hang on other keys, for keys that are not among `given`.
  mutating func fillDefaults(given: Set<String>) {
    if !given.contains("learning_rate") {
      learningRate = Self.defaultLearningRate(finetuningType)
    }
    if !given.contains("quantization_type"), quantizationBit == 8 { quantizationType = .int8 }
    if !given.contains("lora_alpha") { loraAlpha = 2 * Double(loraRank) }
    if !given.contains("gradient_checkpointing"), offload.movesActivations {
      gradientCheckpointing = .full
    }
    if let folder = datasetDir {
      datasets = datasets.flatMap { $0.lookedUp(in: folder) }
      evalDatasets = evalDatasets.flatMap { $0.lookedUp(in: folder) }
      datasetDir = nil
    }
    if !given.contains("val_size"), !evalDatasets.isEmpty { valSize = 0 }
    if !given.contains("per_device_eval_batch_size") {
      perDeviceEvalBatchSize = perDeviceTrainBatchSize
    }
    if !given.contains("eval_strategy"), valSize == 0, evalDatasets.isEmpty { evalStrategy = .no }
  }

  /// Whether there is anything to evaluate on.
  public var hasEvaluation: Bool { valSize > 0 || !evalDatasets.isEmpty }

  /// Optimizer steps of warm-up in a run of `total` steps.
  public func warmup(of total: Int) -> Int {
    warmupSteps ?? Int((warmupRatio * Double(max(total, 0))).rounded(.up))
  }
}
