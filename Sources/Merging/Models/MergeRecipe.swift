public import AnnealFiles
public import AnnealTorch

/// How whole models are merged into one: what a file in mergekit's form says.
public struct MergeRecipe: Sendable {
  /// Settings by parameter.
  public typealias Settings = [String: MergeSetting]

  /// Layers of one model.
  public struct Source: Sendable {
    /// The model's folder.
    public var model: String
    /// Which layers; nil takes all.
    public var layers: Range<Int>?
    /// Its own parameters.
    public var settings: Settings
    /// Where the recipe names it.
    public var place: AnnealError.Place

    /// Layers of a model.
    public init(
      model: String, layers: Range<Int>? = nil, settings: Settings = [:],
      place: AnnealError.Place
    ) {
      self.model = model
      self.layers = layers
      self.settings = settings
      self.place = place
    }
  }

  /// Layers that are merged with each other, and follow each other in the new model.
  public struct Slice: Sendable {
    /// The layers that become one, as many of each model.
    public var sources: [Source]
    /// Parameters of this slice.
    public var settings: Settings
    /// Where the recipe has it.
    public var place: AnnealError.Place

    /// A slice.
    public init(sources: [Source], settings: Settings = [:], place: AnnealError.Place) {
      self.sources = sources
      self.settings = settings
      self.place = place
    }
  }

  /// Where the new model's tokenizer comes from.
  public enum TokenizerSource: Sendable {
    /// The base, or else the first model.
    case base
    /// The model in a folder.
    case model(String)
  }

  /// The method.
  public var method: any MergeMethod
  /// The slices, first layers first.
  public var slices: [Slice]
  /// The base model's folder.
  public var base: String?
  /// Parameters of all tensors.
  public var settings: Settings
  /// The type that is computed in; nil takes what is stored.
  public var dtype: DType?
  /// The type that is written; nil is the one that is computed in.
  public var outputType: DType?
  /// Where the tokenizer comes from.
  public var tokenizer: TokenizerSource
  /// The recipe's file.
  public var file: String

  /// A recipe.
  public init(
    method: any MergeMethod, slices: [Slice], base: String? = nil, settings: Settings = [:],
    dtype: DType? = nil, outputType: DType? = nil, tokenizer: TokenizerSource = .base, file: String
  ) {
    self.method = method
    self.slices = slices
    self.base = base
    self.settings = settings
    self.dtype = dtype
    self.outputType = outputType
    self.tokenizer = tokenizer
    self.file = file
  }

  /// The model whose configuration the new one has: the base, or else the first.
  public var leader: String { base ?? slices.first?.sources.first?.model ?? "" }

  /// All models' folders, each once, the leader first.
  public var models: [String] {
    var found = [leader]
    for source in slices.flatMap(\.sources) where !found.contains(source.model) {
      found.append(source.model)
    }
    if case .model(let folder) = tokenizer, !found.contains(folder) { found.append(folder) }
    return found.filter { !$0.isEmpty }
  }

  /// The recipe with the base among the sources of the only slice, as a list of models means it.
  public func includingBase() -> MergeRecipe {
    guard let base, slices.count == 1, !slices[0].sources.contains(where: { $0.model == base })
    else { return self }
    var recipe = self
    recipe.slices[0].sources.append(
      Source(model: base, place: AnnealError.Place(file: file, field: "base_model")))
    return recipe
  }
}
