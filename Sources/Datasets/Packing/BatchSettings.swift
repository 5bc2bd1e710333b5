/// How rows become micro-batches and optimizer steps.
public struct BatchSettings: Sendable, Hashable {
  /// How much a micro-batch holds.
  public enum Size: Sendable, Hashable {
    /// So many rows, or so many bins when packing.
    case rows(Int)
    /// As many whole rows as fit into so many tokens, one row at least.
    case tokens(Int)
  }

  /// How much a micro-batch holds.
  public var size: Size
  /// Micro-batches an optimizer step.
  public var accumulation: Int
  /// Tokens of a bin that rows are packed into; nil leaves rows as they are.
  public var packedLength: Int?
  /// Whether the order changes from epoch to epoch; false keeps the file's order.
  public var isShuffled: Bool

  /// Settings; numbers below 1 count as 1.
  public init(
    _ size: Size, accumulation: Int = 1, packedLength: Int? = nil, isShuffled: Bool = true
  ) {
    self.size =
      switch size {
      case .rows(let count): .rows(max(1, count))
      case .tokens(let count): .tokens(max(1, count))
      }
    self.accumulation = max(1, accumulation)
    self.packedLength = packedLength.map { max(1, $0) }
    self.isShuffled = isShuffled
  }

  /// Micro-batches of `count` rows; with `packing`, of `count` bins of so many tokens.
  public static func rows(_ count: Int, accumulate: Int = 1, packing: Int? = nil) -> BatchSettings {
    BatchSettings(.rows(count), accumulation: accumulate, packedLength: packing)
  }

  /// Micro-batches of whole rows up to `count` tokens.
  public static func tokens(_ count: Int, accumulate: Int = 1) -> BatchSettings {
    BatchSettings(.tokens(count), accumulation: accumulate)
  }
}
