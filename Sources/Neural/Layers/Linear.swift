public import AnnealTorch

/// `y = x·Wᵀ + b`, `[N, in]` → `[N, out]`, and whatever is attached to it.
public final class Linear {
  /// Where the map lies and how large it is.
  public let site: Site
  /// How its weight is held.
  public let storage: any WeightStorage
  /// `[out]`, when there is one.
  public let bias: Weight?

  /// Loads a map from `inputs` to `outputs`.
  public init(
    _ inputs: Int, _ outputs: Int, _ role: Role, bias hasBias: Bool = false, _ weights: Weights
  ) throws {
    site = Site(path: weights.path, role: role, inputs: inputs, outputs: outputs)
    storage = try weights.storage([outputs, inputs])
    bias = hasBias ? try weights.weight("bias", [outputs], start: .zeros) : nil
    weights.inventory.register(self)
  }

  /// The map of `x`, `[N, in]` → `[N, out]`, with the pass's adapters.
  public func callAsFunction(_ x: Tensor, in pass: Pass) -> Tensor { self(.values(x), in: pass) }

  /// The map of an input that is a tensor or made of two, with the pass's adapters.
  public func callAsFunction(_ input: LinearInput, in pass: Pass) -> Tensor {
    let attached = pass.attachments[site] ?? []
    let updates = attached.compactMap { $0.lowRank?.update(for: input.like, at: site, in: pass) }
    let others = attached.filter { $0.lowRank == nil }
    let product: (LinearInput) -> Tensor = { [storage, bias] input in
      storage.product(
        input, bias: bias?.value, updates: updates, generates: pass.generates)
    }
    guard !others.isEmpty else { return product(input) }
    let base: (Tensor) -> Tensor = { product(.values($0)) }
    let wrapped = others.reduce(base) { inner, attachment in
      { attachment($0, around: inner, in: pass) }
    }
    return wrapped(input.tensor)
  }
}
