internal import AnnealTorch

/// The base, and what each other model differs from it by, weighted.
///
/// Papers: arXiv 2212.04089 (task arithmetic), arXiv 2306.01708 (TIES), arXiv 2311.03099 (DARE).
struct TaskMerge: MergeMethod {
  let name: String
  private let pruning: Pruning?
  private let electsSigns: Bool
  private let normalizes: Bool

  init(
    _ name: String, _ pruning: Pruning? = nil, electsSigns: Bool = false, normalizes: Bool = false
  ) {
    self.name = name
    self.pruning = pruning
    self.electsSigns = electsSigns
    self.normalizes = normalizes
  }

  var parameters: [MergeParameter] {
    [
      MergeParameter("normalize", default: normalizes ? 1 : 0),
      MergeParameter("rescale", default: pruning == .random ? 1 : 0),
      MergeParameter("int8_mask", default: 0), MergeParameter("lambda", default: 1),
    ]
  }

  var sourceParameters: [MergeParameter] {
    [MergeParameter("weight", isRequired: true), MergeParameter("density", default: 1)]
  }

  func fault(others: Int, hasBase: Bool) -> String? {
    hasBase ? nil : "there is no base_model, which differences are taken from"
  }

  func merged(_ input: MergeInput) throws -> Tensor {
    let base = try (input.base ?? input.sources[0]).load()
    guard !input.others.isEmpty else { return base }
    let rule = TaskRule(
      pruning: pruning, rescaling: input.isOn("rescale") ? .bySum : .none, least: 1,
      sum: WeightedSum(
        signs: electsSigns ? .total : nil, weighsVotes: true,
        divisor: input.isOn("normalize") ? .weights : .one))
    let difference = rule(
      try input.others.map { try $0.load() - base },
      weights: input.others.map { $0.values["weight"] ?? 1 },
      densities: input.others.map { $0.values["density"] ?? 1 }, mask: input.mask,
      keys: input.others.map(\.key))
    let scale = input.values["lambda"] ?? 1
    return valueByValue([base, difference]) { parts in
      parts[0] + (scale == 1 ? parts[1] : parts[1] * scale)
    }
  }
}
