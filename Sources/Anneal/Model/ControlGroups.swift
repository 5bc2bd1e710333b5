#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The control groups that a process is in, and what they let it have of memory.
///
/// Limits of a group hold for those inside it too, so all groups up to the root are asked, of both
/// versions of the interface (Linux, `Documentation/admin-guide/cgroup-v2.rst` and
/// `cgroup-v1/memory.rst`).
struct ControlGroups {
  /// Folders with the files of version 2, the process's own group first.
  private let unified: [String]
  /// Folders with the files of version 1's memory controller.
  private let legacy: [String]

  /// The groups of this process.
  static var own: ControlGroups {
    ControlGroups(
      membership: (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "",
      root: "/sys/fs/cgroup")
  }

  /// The groups that `membership`, a text such as `/proc/self/cgroup`, names below `root`.
  init(membership: String, root: String) {
    var (unified, legacy) = ([root], [root + "/memory"])
    for line in membership.split(separator: "\n") {
      // number:controllers:path, such as `0::/user.slice` or `4:memory:/jobs`.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[0] == "0", parts[1].isEmpty { unified = Self.folders(parts[2], root) }
      if parts[1].split(separator: ",").contains("memory") {
        legacy = Self.folders(parts[2], root + "/memory")
      }
    }
    (self.unified, self.legacy) = (unified, legacy)
  }

  /// The group's folder and those above it.
  ///
  /// In a container the path may be that of the host, and only the root is there.
  private static func folders(_ path: Substring, _ root: String) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { count in
      names.prefix(count).reduce(root) { $0 + "/" + $1 }
    }
  }

  /// The least limit, bytes; nil where there is none.
  var limit: Int? { groups.map(\.limit).min() }

  /// What the limits leave beside what is in use, bytes; nil where there is no limit.
  ///
  /// Pages of files can be taken back at any time, so they count as free.
  var available: Int? { groups.map { max(0, $0.limit - $0.used) }.min() }

  private var groups: [(limit: Int, used: Int)] {
    unified.compactMap { group($0, limit: "memory.max", used: "memory.current", prefix: "") }
      + legacy.compactMap {
        group($0, limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", prefix: "total_")
      }
  }

  private func group(
    _ folder: String, limit: String, used: String, prefix: String
  ) -> (limit: Int, used: Int)? {
    // `max`, or a number near 2^63, is no limit.
    guard let most = number(folder + "/" + limit), most < 1 << 60 else { return nil }
    let all = number(folder + "/" + used) ?? 0
    let file = statistic(prefix.isEmpty ? "file" : "total_cache", in: folder)
    // Files that are in memory alone cannot be taken back.
    let kept = statistic(prefix + "shmem", in: folder)
    return (most, max(0, all - file + kept))
  }

  private func number(_ path: String) -> Int? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { text in
      Int(text.filter { !$0.isWhitespace })
    }
  }

  /// A line of `memory.stat`, bytes.
  private func statistic(_ name: String, in folder: String) -> Int {
    let path = folder + "/memory.stat"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == name { return Int(words[1]) ?? 0 }
    }
    return 0
  }
}
