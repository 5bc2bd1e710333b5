public import AnnealTorch

/// A way to make one tensor of the same tensor of several models.
///
/// Names, parameters and results are those of mergekit.
public protocol MergeMethod: Sendable {
  /// `merge_method` in a recipe.
  var name: String { get }
  /// What it is told about a tensor as a whole.
  var parameters: [MergeParameter] { get }
  /// What it is told about a tensor of each model; the base needs none of it.
  var sourceParameters: [MergeParameter] { get }
  /// What is wrong with so many models, in words; nil where they can be merged.
  ///
  /// - Parameter others: models beside the base, or all where there is none.
  func fault(others: Int, hasBase: Bool) -> String?
  /// What is wrong with the parameters of a tensor, in words; nil where it can be made by them.
  ///
  /// - Parameters:
  ///   - values: the method's parameters.
  ///   - sources: those of each model, in the order of the recipe.
  func fault(values: [String: Double], sources: [[String: Double]]) -> String?
  /// The merged tensor, in the type of the base or else of the first model.
  func merged(_ input: MergeInput) throws -> Tensor
}

extension MergeMethod {
  /// Any numbers will do.
  public func fault(values: [String: Double], sources: [[String: Double]]) -> String? { nil }
}

/// A number that a method is told.
public struct MergeParameter: Sendable {
  /// Its key in a recipe.
  public var name: String
  /// What it is when the recipe does not say; nil leaves it out.
  public var fallback: Double?
  /// Whether the recipe has to say it.
  public var isRequired: Bool

  /// A parameter.
  public init(_ name: String, default fallback: Double? = nil, isRequired: Bool = false) {
    self.name = name
    self.fallback = fallback
    self.isRequired = isRequired
  }
}

/// A tensor of several models that is to become one.
public struct MergeInput {
  /// The tensor of one model.
  public struct Source {
    /// Whether the model is the base.
    public var isBase: Bool
    /// The method's parameters.
    public var values: [String: Double]
    /// What chance is drawn by.
    public var key: RandomKey
    /// Reads it, all of one shape and type.
    public var load: () throws -> Tensor

    /// A tensor that `load` reads.
    public init(
      isBase: Bool, values: [String: Double], key: RandomKey, load: @escaping () throws -> Tensor
    ) {
      self.isBase = isBase
      self.values = values
      self.key = key
      self.load = load
    }
  }

  /// The models in the order of the recipe.
  public var sources: [Source]
  /// The method's parameters.
  public var values: [String: Double]
  /// How chance decides.
  public var mask: RandomMask

  /// A tensor to be merged.
  public init(sources: [Source], values: [String: Double], mask: RandomMask = .seeded) {
    self.sources = sources
    self.values = values
    self.mask = mask
  }

  /// The base's tensor among the sources.
  public var base: Source? { sources.first { $0.isBase } }
  /// Those that are not the base's.
  public var others: [Source] { sources.filter { !$0.isBase } }

  /// Whether a parameter is switched on.
  func isOn(_ name: String) -> Bool { (values[name] ?? 0) != 0 }
}
