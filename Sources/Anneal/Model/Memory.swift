#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The machine's memory.
public enum Memory {
  /// What this process may use, bytes: the machine's, or its control groups' when that is less.
  public static var physicalBytes: Int? {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let machine = pages > 0 ? pages * sysconf(Int32(_SC_PAGESIZE)) : nil
    return [machine, ControlGroups.own.limit].compactMap { $0 }.min()
  }

  /// What is free for this process, bytes.
  ///
  /// The machine's available memory, or what its control groups leave when that is less; nil where
  /// the system does not say.
  public static var availableBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return physicalBytes }
    return [kibibytes << 10, ControlGroups.own.available].compactMap { $0 }.min()
  }

  /// The most that this process has had in memory at once, bytes, with the pages of mapped files.
  public static var peakResidentBytes: Int? {
    var usage = rusage()
    #if canImport(Glibc)
      // In kibibytes.
      guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
      return usage.ru_maxrss << 10
    #else
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
      return usage.ru_maxrss
    #endif
  }
}
