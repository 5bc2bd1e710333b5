internal import CTorch

/// A dropout mask `[N, width]` whose values depend on nothing but names: 0 with `probability`,
/// else `1/(1 − probability)`.
///
/// A value is a pure function of (seed, step, site) and of the token's row, its position and the
/// column, by Philox4x32-10: the same token gets the same mask whatever else is in the batch,
/// when it is computed again, and for any number of threads.
///
/// - Parameters:
///   - rows: which record each token belongs to, `[N]`, int64, below 2³².
///   - positions: each token's place in its record, `[N]`, int64, below 2³².
public func dropoutMask(
  count rows: Tensor, positions: Tensor, width: Int, probability: Double, seed: UInt64,
  step: UInt64, site: UInt64, dtype: DType
) -> Tensor {
  let key = mixed(mixed(mixed(seed) ^ step) ^ site)
  return Tensor.make(of: [rows, positions]) {
    ct_dropout_mask(
      rows.pointer, positions.pointer, Int64(width), probability, key, dtype.code, $0)
  }
}

/// SplitMix64's finalizer: a bijection that spreads each bit over the word (Steele, Lea, Flood, 2014).
private func mixed(_ word: UInt64) -> UInt64 {
  var z = word &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
