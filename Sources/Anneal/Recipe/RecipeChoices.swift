extension Recipe {
  /// What is learned from the data.
  public enum Stage: String, Sendable, CaseIterable, RecipeChoice {
    /// Supervised fine-tuning: loss on the replies of conversations and prompts.
    case sft
    /// Continued pre-training, or pre-training from scratch: loss on every token of raw text.
    case pt

    static let later = [
      "rm", "ppo", "dpo", "kto", "ipo", "orpo", "simpo", "grpo", "rloo", "reward",
    ]
  }

  /// Which values are trained.
  public enum FinetuningType: String, Sendable, CaseIterable, RecipeChoice {
    /// Low-rank adapters beside frozen linear layers (arXiv 2106.09685).
    case lora
    /// Every weight of the model.
    case full

    static let instead = ["qlora": "Write finetuning_type: lora and quantization_bit: 4."]

    static let later = ["freeze", "oft", "dora", "adalora", "ia3", "llama-adapter"]
  }

  /// The data type of a coded base.
  public enum QuantizationType: String, Sendable, CaseIterable, RecipeChoice {
    /// 4 bits, quantiles of the normal distribution.
    case nf4
    /// 4-bit floating point.
    case fp4
    /// 8-bit whole numbers.
    case int8

    static let later = ["bnb", "gptq", "awq", "aqlm", "quanto", "eetq", "hqq", "mxfp4", "fp8"]

    /// Bits a value.
    var bits: Int { self == .int8 ? 8 : 4 }
  }

  /// How the learning rate goes on after the warm-up.
  public enum Scheduler: String, Sendable, CaseIterable, RecipeChoice {
    /// It stays at its peak.
    case constant
    /// It falls in a straight line to the end.
    case linear
    /// It falls along half a cosine to the end (arXiv 1608.03983).
    case cosine

    static let synonyms: [String: Scheduler] = ["constant_with_warmup": .constant]
    static let later = [
      "cosine_with_restarts", "polynomial", "inverse_sqrt", "reduce_lr_on_plateau",
      "cosine_with_min_lr", "warmup_stable_decay", "rex",
    ]
  }

  /// The optimizer.
  public enum Optimizer: String, Sendable, CaseIterable, RecipeChoice {
    /// Adam with decoupled weight decay (arXiv 1711.05101), float32 state.
    case adamw

    static let synonyms: [String: Optimizer] = [
      "adamw_torch": .adamw, "adamw_torch_fused": .adamw, "adamw_hf": .adamw,
    ]
    static let later = [
      "adamw_8bit", "adamw_bnb_8bit", "paged_adamw_8bit", "paged_adamw_32bit", "adafactor",
      "lion", "sgd", "muon", "galore_adamw", "schedule_free_adamw", "adam", "lomo",
    ]
  }

  /// The number format of the base model's weights and activations.
  public enum Precision: String, Sendable, CaseIterable, RecipeChoice {
    /// `bfloat16` where the device computes it fast, else `float32`.
    case auto
    /// 32 bits a value.
    case float32
    /// 16 bits a value, with float32's range.
    case bfloat16

    static let synonyms: [String: Precision] = ["fp32": .float32, "bf16": .bfloat16]
    static let later = ["float16", "fp16", "half", "float8"]
  }

  /// Which activations are kept for the backward pass, and which are computed again.
  public enum Checkpointing: String, Sendable, CaseIterable, RecipeChoice {
    /// All are kept: fastest, most memory.
    case none
    /// Results of matrix products are kept: a quarter less, at little cost.
    case selective
    /// Only each block's input is kept: about a third more computation, least memory.
    case full

    static let synonyms: [String: Checkpointing] = [
      "true": .full, "yes": .full, "on": .full, "false": .none, "no": .none, "off": .none,
    ]
    private static let moved = "Write gradient_checkpointing: full and offload: activations."
    static let instead = ["unsloth": moved, "offload": moved, "offload_disk": moved]
  }

  /// What is kept out of memory, or off the GPU, until it is needed.
  public enum Offload: String, Sendable, CaseIterable, RecipeChoice {
    /// Nothing: fastest, most memory.
    case none
    /// The frozen base's linear weights stay in their file and are read for each product.
    case weights
    /// What goes into recomputed blocks waits in a file, or in the processor's memory for a GPU.
    case activations
    /// Both.
    case all

    static let synonyms: [String: Offload] = ["false": .none, "no": .none, "off": .none]

    /// Whether weights stay in their file.
    var streamsWeights: Bool { self == .weights || self == .all }
    /// Whether activations wait elsewhere.
    var movesActivations: Bool { self == .activations || self == .all }
  }

  /// When something is done during a run.
  public enum Strategy: String, Sendable, CaseIterable, RecipeChoice {
    /// Never.
    case no
    /// Every so many optimizer steps.
    case steps
    /// At the end of every epoch.
    case epoch

    static let synonyms: [String: Strategy] = ["none": .no, "false": .no]
    static let later = ["best"]
  }
}
