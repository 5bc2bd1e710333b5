public import AnnealFiles
public import AnnealNeural
internal import AnnealTorch

/// Low-rank adaptation: `y += (alpha / rank) · dropout(x)·Aᵀ·Bᵀ` beside a frozen map.
///
/// `A` begins uniformly random and `B` zero, so that step 0 equals the base. Trains
/// `rank · (in + out)` values a map, in float32. Paper: arXiv 2106.09685; rank-stabilised scaling
/// `alpha / √rank`: arXiv 2312.03732.
public struct LoRA: Adapter {
  /// `peft_type`.
  public static let name = "LORA"
  /// The rank of the update, `r`.
  public var rank: Int
  /// The numerator of the update's scale.
  public var alpha: Double
  /// The probability that an input value is dropped while training.
  public var dropout: Double
  /// The maps it is attached to.
  public var targets: Targets
  /// Whether the scale is `alpha / √rank` instead of `alpha / rank`.
  public var isRankStabilized: Bool

  /// A LoRA.
  public init(
    rank: Int = 16, alpha: Double = 32, dropout: Double = 0, targets: Targets = .all,
    isRankStabilized: Bool = false
  ) {
    self.rank = rank
    self.alpha = alpha
    self.dropout = dropout
    self.targets = targets
    self.isRankStabilized = isRankStabilized
  }

  /// What the product of the factors is multiplied by.
  public var scale: Double {
    alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))
  }

  /// A fresh update at `site`.
  public func attachment(at site: Site, seed: UInt64) -> (any Attachment)? {
    // Kaiming's uniform start with a = √5, as PEFT has it: bounds of 1/√in.
    let bound = 1 / Double(site.inputs).squareRoot()
    let key = RandomKey(seed: seed, name: site.path + ".lora_A")
    return LowRankAttachment(
      LowRank(
        a: .uniform([rank, site.inputs], in: -bound...bound, key: key),
        b: .zeros([site.outputs, rank]), scale: scale, dropout: dropout))
  }

  /// A saved update at `site`.
  public func attachment(
    at site: Site, saved parameters: SavedParameters
  ) throws -> any Attachment {
    LowRankAttachment(
      LowRank(
        a: try parameters("lora_A.weight", [rank, site.inputs]),
        b: try parameters("lora_B.weight", [site.outputs, rank]), scale: scale, dropout: dropout))
  }
}

extension LoRA {
  /// Settings that change what is computed and that this method does not have.
  private static let unsupported = ["use_dora", "use_qalora", "lora_bias", "fan_in_fan_out"]

  /// Reads PEFT's `adapter_config.json`.
  public init(configuration: JSON, file: String) throws {
    let place = AnnealError.Place(file: file)
    guard let rank = configuration["r"]?.integer, rank > 0 else {
      throw AnnealError(.model, "'r' is missing or not a positive whole number", at: place)
    }
    if let bias = configuration["bias"]?.string, bias != "none" {
      throw AnnealError(
        .model, "the adapter trains biases ('\(bias)'), which is not supported", at: place)
    }
    for key in Self.unsupported where configuration[key]?.bool == true {
      throw AnnealError(.model, "the adapter uses '\(key)', which is not supported", at: place)
    }
    for key in ["rank_pattern", "alpha_pattern"] where configuration[key]?.members.isEmpty == false
    {
      throw AnnealError(.model, "the adapter uses '\(key)', which is not supported", at: place)
    }
    // Others begin by taking the factors out of the base's own weight, here as at every loading.
    let start = configuration["init_lora_weights"]?.string ?? "true"
    guard ["true", "gaussian", "eva", "orthogonal"].contains(start.lowercased()) else {
      throw AnnealError(
        .model, "the adapter begins with init_lora_weights '\(start)', which changes the base",
        at: place,
        remedy: "Convert it to a plain LoRA with PEFT (path_initial_model_for_weight_conversion).")
    }
    self.init(
      rank: rank, alpha: configuration["lora_alpha"]?.number ?? 8,
      dropout: configuration["lora_dropout"]?.number ?? 0,
      targets: try Targets(peft: configuration["target_modules"], file: file),
      isRankStabilized: configuration["use_rslora"]?.bool ?? false)
  }

  /// PEFT's keys of a LoRA.
  public var configuration: JSON {
    [
      "r": .integer(rank), "lora_alpha": .number(alpha), "lora_dropout": .number(dropout),
      "use_rslora": .bool(isRankStabilized), "use_dora": false, "bias": "none",
      "fan_in_fan_out": false, "init_lora_weights": true, "target_modules": targets.peft,
    ]
  }
}

extension AttachedAdapter {
  /// A LoRA whose factors are known, such as those combined from other adapters.
  ///
  /// - Parameters:
  ///   - adapter: its settings; its scale is that of the factors.
  ///   - modules: modules kept in full beside it.
  public convenience init(
    _ adapter: LoRA, factors: [(site: Site, factors: LowRank)], modules: [SavedModule] = []
  ) {
    self.init(
      adapter, attachments: factors.map { ($0.site, LowRankAttachment($0.factors)) },
      modules: modules)
  }
}

/// The factors at one site.
private final class LowRankAttachment: Attachment {
  private let factors: LowRank

  init(_ factors: LowRank) { self.factors = factors }

  var lowRank: LowRank? { factors }

  var parameters: [(name: String, value: Tensor)] {
    [("lora_A.weight", factors.a), ("lora_B.weight", factors.b)]
  }

  func merged(into weight: Tensor) -> Tensor? {
    weight + factors.b.matmul(factors.a).to(weight.device) * factors.scale
  }
}
