#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where `strftime_now` takes the time from.
struct Clock: Sendable {
  /// Seconds since 1970, or nil for the system's clock.
  var fixed: Int?

  static let system = Clock()

  /// The time in the system's zone, or in UTC for a fixed one.
  func now() -> LocalTime {
    var broken = tm()
    if var seconds = fixed.map({ time_t($0) }) {
      gmtime_r(&seconds, &broken)
    } else {
      var seconds = time(nil)
      localtime_r(&seconds, &broken)
    }
    return LocalTime(broken: broken)
  }
}

/// A moment as a calendar shows it.
struct LocalTime {
  fileprivate var broken: tm

  /// The C library's `strftime`.
  func formatted(_ format: String) throws -> String {
    guard format.utf8.count <= 256 else { throw Fault("the time format is too long") }
    // A leading space tells an empty result from one that does not fit.
    var buffer = [CChar](repeating: 0, count: 8192)
    var broken = broken
    let count = strftime(&buffer, buffer.count, " " + format, &broken)
    guard count > 0 else { throw Fault("the time format is too long") }
    let bytes = buffer[1..<count].map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
