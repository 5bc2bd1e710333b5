internal import AnnealTorch

/// One model's tensor as it is, or scaled; with slices, layers of models are stacked so.
struct Passthrough: MergeMethod {
  let name = "passthrough"
  let parameters: [MergeParameter] = []
  let sourceParameters = [MergeParameter("scale")]

  func fault(others: Int, hasBase: Bool) -> String? {
    others + (hasBase ? 1 : 0) == 1 ? nil : "it takes one model for each slice"
  }

  func merged(_ input: MergeInput) throws -> Tensor {
    let value = try input.sources[0].load()
    return input.sources[0].values["scale"].map { value * $0 } ?? value
  }
}
