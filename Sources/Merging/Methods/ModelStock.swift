internal import AnnealTorch

/// The point between the base and the mean of the others that their angle says is best.
///
/// With more than two others, the angle is that of the mean of their cosines. Paper: arXiv 2403.19522.
struct ModelStock: MergeMethod {
  let name = "model_stock"
  let parameters = [MergeParameter("filter_wise", default: 0)]
  let sourceParameters: [MergeParameter] = []

  func fault(others: Int, hasBase: Bool) -> String? {
    guard hasBase else { return "there is no base_model" }
    return others >= 2 ? nil : "it needs two models or more beside the base; there are \(others)"
  }

  func merged(_ input: MergeInput) throws -> Tensor {
    let base = try (input.base ?? input.sources[0]).load()
    let others = input.others
    guard others.count >= 2 else { return base }
    let rows = input.isOn("filter_wise") ? [base.rank > 1 ? base.size(0) : 1, -1] : [1, -1]
    let offsets = try others.map { (try $0.load() - base).reshaped(rows) }
    let cosine = meanCosine(offsets)
    let count = Double(others.count)
    // Where offsets cancel each other out, there is no such point, and the base stays.
    let divisor = cosine * (count - 1) + 1
    let isNone = divisor.abs() .< 1e-6
    let share = (cosine * count / divisor.filled(where: isNone, with: 1))
      .filled(where: isNone, with: 0).to(base.dtype).unsqueezed(1)
    let total = try others.dropFirst().reduce(others[0].load()) { try $0 + $1.load() }
    let mean = total / count
    return (mean.reshaped(rows) * share + base.reshaped(rows) * (1 - share)).reshaped(base.shape)
  }

  /// The mean of the cosines of all pairs, a row each.
  private func meanCosine(_ offsets: [Tensor]) -> Tensor {
    let lengths = offsets.map { $0.norm(-1) }
    var cosines: [Tensor] = []
    for i in offsets.indices {
      for j in offsets.indices where j > i {
        let product = (offsets[i] * offsets[j]).to(.float32).sum(-1)
        cosines.append(
          (product / (lengths[i] * lengths[j]).maximum(1e-6)).clamped(min: -1, max: 1))
      }
    }
    return sum(cosines) / Double(max(1, cosines.count))
  }
}
