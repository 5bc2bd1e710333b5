internal import AnnealTorch

/// A weighted mean of all models.
///
/// Paper: arXiv 2203.05482 (model soups).
struct LinearMerge: MergeMethod {
  let name = "linear"
  let parameters = [MergeParameter("normalize", default: 1)]
  let sourceParameters = [MergeParameter("weight", isRequired: true)]

  func fault(others: Int, hasBase: Bool) -> String? { nil }

  func fault(values: [String: Double], sources: [[String: Double]]) -> String? {
    guard (values["normalize"] ?? 0) != 0 else { return nil }
    let weights = sources.map { $0["weight"] ?? 1 }
    let (sum, size) = (weights.reduce(0, +), weights.reduce(0) { $0 + abs($1) })
    // Not a number is no sum either.
    guard !(abs(sum) > 1e-6 * size) else { return nil }
    return "its weights add up to \(sum), and a mean is divided by that; set normalize: false for "
      + "their sum"
  }

  /// Computed in float32 and rounded once, whatever the type.
  func merged(_ input: MergeInput) throws -> Tensor {
    let tensors = try input.sources.map { try $0.load() }
    let weights = input.sources.map { rounded($0.values["weight"] ?? 1, to: .float32) }
    let divisor = input.isOn("normalize") ? weights.reduce(0, +) : 1
    return valueByValue(tensors) { parts in
      let total = sum(zip(parts, weights).map { $0.to(.float32) * $1 })
      return (total / divisor).to(parts[0].dtype)
    }
  }
}
