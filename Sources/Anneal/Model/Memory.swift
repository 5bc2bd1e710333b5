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
  /// What this process may use, bytes: the machine's, or its control group's when that is less.
  public static var physicalBytes: Int? {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let machine = pages > 0 ? pages * sysconf(Int32(_SC_PAGESIZE)) : nil
    return [machine, groupLimit].compactMap { $0 }.min()
  }

  private static var groupLimit: Int? {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].lazy.compactMap {
      path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { text in
        Int(text.filter { !$0.isWhitespace })
      }
    }.first
  }
}
