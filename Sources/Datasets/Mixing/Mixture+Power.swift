#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Mixture {
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
