/// Examples side by side without padding, as one forward pass takes them.
///
/// `N` tokens, `M` of them
/// predict a token that bears loss.
public struct PackedBatch: Sendable, Hashable {
  /// Token ids, `N`.
  public private(set) var ids: [Int32] = []
  /// Each token's place in its own document, `N`.
  public private(set) var positions: [Int32] = []
  /// Where each document begins, and `N` at the end.
  public private(set) var bounds: [Int] = [0]
  /// The row that each token belongs to, `N`.
  public private(set) var rows: [Int32] = []
  /// The places whose next token is learned, rising, `M`.
  ///
  /// Never a document's last place.
  public private(set) var lossPositions: [Int] = []
  /// The tokens that follow them, `M`.
  public private(set) var lossTargets: [Int32] = []

  /// How many tokens bear loss, `M`.
  public var lossTokens: Int { lossPositions.count }

  /// Packs `examples` in their order.
  public init(_ examples: [Example]) {
    let count = examples.reduce(0) { $0 + $1.ids.count }
    ids.reserveCapacity(count)
    positions.reserveCapacity(count)
    rows.reserveCapacity(count)
    for example in examples where !example.ids.isEmpty { append(example) }
  }

  private mutating func append(_ example: Example) {
    let start = ids.count
    ids += example.ids
    positions += 0..<Int32(clamping: example.ids.count)
    rows += repeatElement(Int32(truncatingIfNeeded: example.row), count: example.ids.count)
    for place in example.ids.indices.dropFirst() where example.lossMask[place] {
      lossPositions.append(start + place - 1)
      lossTargets.append(example.ids[place])
    }
    bounds.append(ids.count)
  }
}
