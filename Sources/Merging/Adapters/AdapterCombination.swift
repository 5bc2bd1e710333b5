internal import AnnealFiles
public import AnnealNeural
public import AnnealTorch

/// A way to combine the low-rank updates of several adapters into one.
///
/// Names and results are those of PEFT's `add_weighted_adapter`.
public protocol AdapterCombination: Sendable {
  /// PEFT's `combination_type`.
  var name: String { get }
  /// Whether a share of the values is kept, which `density` says.
  var hasDensity: Bool { get }
  /// The rank of the result.
  ///
  /// - Parameters:
  ///   - ranks: those of the adapters.
  ///   - wanted: the rank that was asked for, where there is a choice.
  /// - Throws: `AnnealError` of kind `usage` where these ranks cannot be combined.
  func rank(of ranks: [Int], wanted: Int?) throws -> Int
  /// The combined update of one map.
  func combined(_ updates: [WeightedUpdate], settings: CombinationSettings) -> LowRank
}

/// One adapter's update of a map, and how much it counts.
public struct WeightedUpdate {
  /// The factors and their scale.
  public var factors: LowRank
  /// How much it counts; below zero takes away what the adapter has learned.
  public var weight: Double
  /// What chance is drawn by.
  public var key: RandomKey

  /// An update.
  public init(_ factors: LowRank, weight: Double, key: RandomKey) {
    self.factors = factors
    self.weight = weight
    self.key = key
  }
}

/// What a combination is told beside the updates.
public struct CombinationSettings: Sendable {
  /// The rank of the result.
  public var rank: Int
  /// The share of values that are kept.
  public var density: Double
  /// How a sign is agreed on.
  public var signs: SignMajority
  /// How chance decides.
  public var mask: RandomMask

  /// Settings.
  public init(
    rank: Int, density: Double = 1, signs: SignMajority = .total, mask: RandomMask = .seeded
  ) {
    self.rank = rank
    self.density = density
    self.signs = signs
    self.mask = mask
  }
}

/// The combinations that come with Anneal.
public enum AdapterCombinations {
  /// All of them.
  public static let all: [any AdapterCombination] = [
    FactorCombination("linear", .plain), Concatenation(), ProductCombination("svd", .plain),
    FactorCombination("ties", .ties), ProductCombination("ties_svd", .ties),
    FactorCombination("dare_linear", .dareLinear),
    ProductCombination("dare_linear_svd", .dareLinear),
    FactorCombination("dare_ties", .dareTies), ProductCombination("dare_ties_svd", .dareTies),
    FactorCombination("magnitude_prune", .magnitudePrune),
    ProductCombination("magnitude_prune_svd", .magnitudePrune),
  ]

  /// The combination called `name`.
  public static func named(_ name: String) throws -> any AdapterCombination {
    if let found = all.first(where: { $0.name == name }) { return found }
    let guess = nearest(to: name, among: all.map(\.name)).map { " Did you mean \($0)?" } ?? ""
    throw AnnealError(
      .usage, "adapters cannot be combined by '\(name)'",
      remedy: "Methods: \(all.map(\.name).joined(separator: ", ")).\(guess)")
  }
}
