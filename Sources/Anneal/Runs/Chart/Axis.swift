#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A scale from values to a share of a panel's extent, with ticks at round numbers.
struct Axis: Sendable {
  let low: Double
  let high: Double
  let isLogarithmic: Bool

  /// The axis that shows `values`, with a little air.
  ///
  /// - Parameters:
  ///   - includesZero: whether the axis begins at zero, for quantities whose size matters.
  ///   - allowsLogarithm: whether the scale is logarithmic when values span more than a factor of 8;
  ///     below that a linear scale shows as much and reads more easily.
  init(showing values: [Double], includesZero: Bool = false, allowsLogarithm: Bool = false) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    isLogarithmic = allowsLogarithm && low > 0 && high / low > 8
    if isLogarithmic {
      self.low = low / 1.12
      self.high = high * 1.12
      return
    }
    if includesZero { low = min(0, low) }
    if high - low <= abs(high) * 1e-9 {
      let air = high == 0 ? 1 : abs(high) * 0.1
      high += air
      if !includesZero { low -= air }
    }
    let air = (high - low) * 0.06
    self.low = includesZero && low == 0 ? 0 : low - air
    self.high = high + air
  }

  /// An axis that shows exactly `low` to `high`.
  init(exactly low: Double, _ high: Double) {
    self.low = low
    self.high = high > low ? high : low + 1
    isLogarithmic = false
  }

  /// Where `value` lies: 0 at the low end, 1 at the high end.
  func position(_ value: Double) -> Double {
    isLogarithmic
      ? (log(max(value, low / 1e6)) - log(low)) / (log(high) - log(low))
      : (value - low) / (high - low)
  }

  /// At most about `count` round values on the axis.
  func ticks(_ count: Int) -> [Double] {
    isLogarithmic ? logarithmicTicks(count) : linearTicks(count)
  }

  private func linearTicks(_ count: Int) -> [Double] {
    let step = Self.roundStep((high - low) / Double(max(count, 1)))
    guard step > 0, step.isFinite else { return [low] }
    let first = (low / step).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [low] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private func logarithmicTicks(_ count: Int) -> [Double] {
    let decades = log10(high / low)
    let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let all: [[Double]] = [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]
    let digits = all.first { Double($0.count) * decades <= Double(count) } ?? [1]
    return exponents.flatMap { exponent in
      digits.map { $0 * pow(10, Double(exponent)) }
    }
    .filter { $0 >= low && $0 <= high }
  }

  /// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `step`.
  static func roundStep(_ step: Double) -> Double {
    guard step > 0, step.isFinite else { return 0 }
    let power = pow(10, log10(step).rounded(.down))
    let digit = [1, 2, 2.5, 5, 10].first { $0 * power >= step * (1 - 1e-9) } ?? 10
    return digit * power
  }
}
