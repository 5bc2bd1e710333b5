public import AnnealTorch

/// What a forward pass knows beside its activations.
///
/// Activations are `[N, D]`: the `N` tokens of all documents in the pass, side by side. There is no
/// batch dimension and no padding, so packing, shared prompts and batched generation are one thing.
public struct Pass {
  /// Each token's place in its own document, `[N]`, int64.
  public var positions: Tensor
  /// Where each document begins among the `N` tokens, and `N` itself at the end.
  public var bounds: [Int]
  /// Earlier keys and values, one cache a document; empty while training.
  public var caches: [KVCache] = []
  /// The adapters that are on.
  public var attachments: [Site: [any Attachment]] = [:]
  /// Whether only results of matrix products are kept for the gradient, and what follows from them
  /// at little cost is computed again.
  public var keepsOnlyProducts = false
  /// The randomness of dropout; nil outside training.
  public var dropout: DropoutKey?
  /// Cosines and sines of the rotary embedding at `positions`, made once by the model.
  public var rotary: RotaryTables?

  /// Whether replies grow by this pass: it reads what earlier ones have left.
  public var generates: Bool { !caches.isEmpty }

  /// A pass over documents of the given lengths, each from its own beginning.
  public init(positions: Tensor, bounds: [Int]) {
    self.positions = positions
    self.bounds = bounds
  }

  /// One document of `count` tokens that begins at `offset`.
  public static func document(_ count: Int, from offset: Int = 0, on device: Device = .cpu) -> Pass
  {
    Pass(
      positions: Tensor((offset..<offset + count).map { $0 }).to(device), bounds: [0, count])
  }

  /// The same pass through the base model: a reference costs no second model.
  public func withoutAdapters() -> Pass {
    var pass = self
    pass.attachments = [:]
    return pass
  }
}

/// What dropout is a pure function of, beside the site and the width: no generator has a state, so
/// recomputing a block, splitting a batch and resuming a run all see the same mask.
public struct DropoutKey {
  /// The run's seed.
  public var seed: UInt64
  /// The optimizer step, from 0.
  public var step: UInt64
  /// The row of the dataset that each token belongs to, `[N]`, int64.
  public var rows: Tensor
  /// Each token's place in that row, `[N]`, int64.
  public var positions: Tensor

  /// The dropout of one optimizer step.
  public init(seed: UInt64, step: UInt64, rows: Tensor, positions: Tensor) {
    self.seed = seed
    self.step = step
    self.rows = rows
    self.positions = positions
  }

  /// A mask of 0 and 1/(1−p) for the tokens' input to `site`, `[N, width]`.
  public func mask(_ probability: Double, width: Int, site: Site, dtype: DType) -> Tensor {
    dropoutMask(
      count: rows, positions: positions, width: width, probability: probability, seed: seed,
      step: step, site: RandomKey(seed: 0, name: site.path).stream, dtype: dtype)
  }
}
