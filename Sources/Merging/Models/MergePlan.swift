internal import AnnealFiles
internal import AnnealTorch

/// What a recipe means for its models: every tensor of the new model and what it is made of.
///
/// Everything that can be wrong is found while the plan is made, before anything is read or written.
public struct MergePlan {
  /// How many layers the new model has.
  public let layers: Int
  /// For each of them, the layer of the first model that goes into it.
  public let origins: [(model: String, layer: Int)]
  /// The rows of the new embedding.
  public internal(set) var vocabularySize: Int
  let recipe: MergeRecipe
  let weights: [ModelWeights]
  let tensors: [PlannedMerge]

  /// Bytes of values that will be written.
  public var bytes: Int { tensors.reduce(0) { $0 + $1.bytes } }
  /// How many tensors there are.
  public var count: Int { tensors.count }
  /// The type that most values are written in, by its usual name.
  public var dtypeName: String { (tensors.first?.outputType ?? .float32).rawValue }

  /// The plan of `recipe`.
  ///
  /// - Parameter weights: of every model that the recipe names.
  public init(_ recipe: MergeRecipe, weights: [ModelWeights]) throws {
    let slices = try recipe.slices.map { try PlannedSlice($0, recipe, weights) }
    guard let first = slices.first, let last = slices.last else {
      throw AnnealError(
        .recipe, "there is nothing to merge", at: .init(file: recipe.file),
        remedy: "Name models, or slices with their sources.")
    }
    var tensors = try first.outside { TensorPlace.isBefore($0) }
    var origins: [(String, Int)] = []
    for slice in slices {
      for index in 0..<slice.count {
        tensors += try slice.layer(index, as: origins.count)
        origins.append(slice.origin(index))
      }
    }
    tensors += try last.outside { !TensorPlace.isBefore($0) }
    self.recipe = recipe
    self.weights = weights
    self.tensors = tensors
    self.origins = origins
    layers = origins.count
    vocabularySize =
      tensors.first { TensorPlace.hasRowsOfTokens($0.name) }?.shape.first ?? 0
  }
}

/// A slice of a recipe whose models are known.
private struct PlannedSlice {
  let slice: MergeRecipe.Slice
  let recipe: MergeRecipe
  let weights: [ModelWeights]
  /// The place of each source's model in `weights`.
  let models: [Int]
  /// The first layer of each source.
  let starts: [Int]
  /// How many layers the slice has.
  let count: Int

  init(_ slice: MergeRecipe.Slice, _ recipe: MergeRecipe, _ weights: [ModelWeights]) throws {
    self.slice = slice
    self.recipe = recipe
    self.weights = weights
    models = try slice.sources.map { source in
      guard let place = weights.firstIndex(where: { $0.folder == source.model }) else {
        throw AnnealError(.recipe, "the model is not known: \(source.model)", at: source.place)
      }
      return place
    }
    let ranges = try zip(slice.sources, models).map { source, model in
      try Self.range(source, of: weights[model])
    }
    starts = ranges.map(\.lowerBound)
    count = ranges.first?.count ?? 0
    try check(ranges)
  }

  private static func range(
    _ source: MergeRecipe.Source, of weights: ModelWeights
  ) throws -> Range<Int> {
    let range = source.layers ?? 0..<weights.layers
    guard range.upperBound <= weights.layers else {
      throw AnnealError(
        .recipe,
        "layer_range ends at \(range.upperBound); \(source.model) has \(weights.layers) layers",
        at: source.place)
    }
    return range
  }

  private func check(_ ranges: [Range<Int>]) throws {
    guard count > 0 else {
      throw AnnealError(.recipe, "a slice has no layers", at: slice.place)
    }
    if let other = ranges.firstIndex(where: { $0.count != count }) {
      throw AnnealError(
        .recipe,
        "\(slice.sources[0].model) gives \(count) layers and \(slice.sources[other].model) "
          + "\(ranges[other].count); they are merged one by one", at: slice.place,
        remedy: "Give layer_range of equal length.")
    }
    if let twice = models.indices.first(where: { models.firstIndex(of: models[$0]) != $0 }) {
      throw AnnealError(
        .recipe, "\(slice.sources[twice].model) stands twice in one slice", at: slice.place,
        remedy: "Merge a model with another, or stack its layers as slices of their own.")
    }
    let others = slice.sources.filter { $0.model != recipe.base }.count
    if let fault = recipe.method.fault(
      others: others, hasBase: others < slice.sources.count)
    {
      throw AnnealError(
        .recipe, "'\(recipe.method.name)' cannot merge these models: \(fault)", at: slice.place)
    }
  }

  /// The layer that goes first into layer `index` of the slice.
  func origin(_ index: Int) -> (String, Int) {
    (slice.sources[0].model, starts[0] + index)
  }

  /// The tensors outside the layers whose names are `chosen`.
  func outside(_ chosen: (String) -> Bool) throws -> [PlannedMerge] {
    let names = models.map { model in
      weights[model].names.filter { TensorPlace.layer(of: $0) == nil && chosen($0) }
    }
    return try merges(names, place: 0, output: { $0 }, input: { _, name in name })
  }

  /// The tensors of layer `index` of the slice, which is layer `number` of the new model.
  func layer(_ index: Int, as number: Int) throws -> [PlannedMerge] {
    let names = zip(models, starts).map { model, start in
      weights[model].names.compactMap { name in
        TensorPlace.layer(of: name).flatMap { $0.number == start + index ? $0.rest : nil }
      }
    }
    return try merges(
      names, place: count > 1 ? Double(index) / Double(count - 1) : 1,
      output: { TensorPlace.prefix + "\(number).\($0)" },
      input: { TensorPlace.prefix + "\(starts[$0] + index).\($1)" })
  }

  private func merges(
    _ names: [[String]], place: Double, output: (String) -> String, input: (Int, String) -> String
  ) throws -> [PlannedMerge] {
    let all = names[0]
    for (source, found) in names.enumerated().dropFirst() {
      let (a, b) = (Set(all), Set(found))
      guard let odd = a.symmetricDifference(b).sorted().first else { continue }
      let (lacks, has) = a.contains(odd) ? (source, 0) : (0, source)
      throw AnnealError(
        .model,
        "there is no \(input(lacks, odd)); \(slice.sources[has].model) has \(input(has, odd))",
        at: .init(file: slice.sources[lacks].model),
        remedy: "Models that are merged need the same architecture.")
    }
    return try all.map { name in
      try merge(output(name), models.indices.map { input($0, name) }, place)
    }
  }

  private func merge(
    _ name: String, _ inputs: [String], _ place: Double
  ) throws -> PlannedMerge {
    let entries = try zip(models, inputs).map { model, input in
      guard let entry = weights[model].entry(input) else {
        throw AnnealError(
          .model, "the tensor \(input) is missing", at: .init(file: weights[model].folder))
      }
      return entry
    }
    let leading = slice.sources.firstIndex { $0.model == recipe.base } ?? 0
    let stored = DType(safetensors: entries[leading].dtype) ?? .float32
    let dtype = recipe.dtype ?? stored
    let reader = SettingReader(recipe: recipe, slice: slice, place: place)
    let planned = PlannedMerge(
      name: name, shape: try shape(entries, name), dtype: dtype,
      outputType: recipe.outputType ?? dtype,
      sources: try inputs.enumerated().map { index, input in
        let isBase = slice.sources[index].model == recipe.base
        return PlannedMerge.Source(
          model: models[index], name: input, isBase: isBase,
          values: try reader.values(
            recipe.method.sourceParameters, of: input, source: index, isBase: isBase))
      },
      values: try reader.values(recipe.method.parameters, of: name))
    if let fault = recipe.method.fault(
      values: planned.values, sources: planned.sources.map(\.values))
    {
      throw AnnealError(
        .recipe, "'\(recipe.method.name)' cannot make \(name): \(fault)", at: slice.place)
    }
    return planned
  }

  /// The extents that all have; rows behind the tokens, which only fill up, may differ in number.
  private func shape(_ entries: [SafetensorsEntry], _ name: String) throws -> [Int] {
    var shape = entries[0].shape
    if TensorPlace.hasRowsOfTokens(name), shape.count == 2,
      let rows = entries.compactMap(\.shape.first).min()
    {
      let needed = models.map { weights[$0].vocabularySize }.max() ?? 0
      if rows >= needed { shape[0] = rows }
    }
    for (entry, model) in zip(entries, models) {
      let isSame =
        entry.shape == shape
        || TensorPlace.hasRowsOfTokens(name) && entry.shape.count == shape.count
          && entry.shape.dropFirst() == shape.dropFirst()
          && (entry.shape.first ?? 0) >= (shape.first ?? 0)
      guard isSame else {
        throw AnnealError(
          .model, "\(entry.name) has extents \(entry.shape); \(name) needs \(shape)",
          at: .init(file: weights[model].folder),
          remedy: "Models that are merged need the same architecture and the same tokenizer.")
      }
    }
    return shape
  }
}

/// Reads parameters where a recipe may say them: at the source, the slice, or for all.
private struct SettingReader {
  let recipe: MergeRecipe
  let slice: MergeRecipe.Slice
  let place: Double

  func values(
    _ parameters: [MergeParameter], of name: String, source: Int? = nil, isBase: Bool = false
  ) throws -> [String: Double] {
    var values: [String: Double] = [:]
    for parameter in parameters {
      let levels =
        (source.map { [slice.sources[$0].settings] } ?? []) + [slice.settings, recipe.settings]
      let found = levels.lazy.compactMap {
        $0[parameter.name]?.value(for: name, at: place)
      }.first
      if found == nil, parameter.isRequired, !isBase {
        throw AnnealError(
          .recipe, "the parameter '\(parameter.name)' is missing for \(name)",
          at: source.map { slice.sources[$0].place } ?? slice.place,
          remedy: "Add it under parameters of the model, the slice or the whole recipe.")
      }
      values[parameter.name] = found ?? parameter.fallback
    }
    return values
  }
}
