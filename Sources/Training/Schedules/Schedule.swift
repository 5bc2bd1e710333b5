#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The learning rate as a function of the optimizer step.
public struct Schedule: Sendable, Hashable {
  /// How the rate falls after the warm-up.
  public enum Shape: String, Sendable, CaseIterable {
    /// It stays at its peak.
    case constant
    /// It falls along a line.
    case linear
    /// It falls along half a cosine.
    case cosine
  }

  /// How the rate falls after the warm-up.
  public var shape: Shape
  /// The highest rate.
  public var peak: Double
  /// Optimizer steps over which the rate rises to its peak.
  public var warmup: Int
  /// The rate at the end, as a share of the peak.
  public var floor: Double

  /// A schedule.
  public init(_ shape: Shape, peak: Double, warmup: Int = 0, floor: Double = 0) {
    self.shape = shape
    self.peak = peak
    self.warmup = warmup
    self.floor = floor
  }

  /// `peak`, after a warm-up.
  public static func constant(peak: Double, warmup: Int = 0) -> Schedule {
    Schedule(.constant, peak: peak, warmup: warmup)
  }

  /// From `peak` to 0 along a line.
  public static func linear(peak: Double, warmup: Int = 0) -> Schedule {
    Schedule(.linear, peak: peak, warmup: warmup)
  }

  /// From `peak` to 0 along half a cosine.
  public static func cosine(peak: Double, warmup: Int = 0) -> Schedule {
    Schedule(.cosine, peak: peak, warmup: warmup)
  }

  /// The rate of optimizer step `step`, from 0, of `total`.
  ///
  /// The first step of a warm-up is not wasted on a rate of 0.
  public func rate(at step: Int, of total: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup + 1) }
    let progress = min(1, Double(step - warmup) / Double(max(1, total - warmup)))
    switch shape {
    case .constant: return peak
    case .linear: return peak * (floor + (1 - floor) * (1 - progress))
    case .cosine: return peak * (floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress)))
    }
  }
}
