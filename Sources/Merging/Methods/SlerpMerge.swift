internal import AnnealTorch

/// The point at `t` of the arc from the base (0) to another model (1).
struct SlerpMerge: MergeMethod {
  let name = "slerp"
  let parameters = [MergeParameter("t", isRequired: true)]
  let sourceParameters: [MergeParameter] = []

  func fault(others: Int, hasBase: Bool) -> String? {
    guard hasBase else { return "there is no base_model, which the arc begins at" }
    return others <= 1 ? nil : "it goes from the base to one other model; there are \(others)"
  }

  func merged(_ input: MergeInput) throws -> Tensor {
    let base = try (input.base ?? input.sources[0]).load()
    guard let other = input.others.first, input.base != nil else { return base }
    return Interpolation.arc(input.values["t"] ?? 0, base, try other.load()).to(base.dtype)
  }
}
