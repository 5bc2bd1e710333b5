#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Names that stand for other files.
public enum SymbolicLink {
  /// Makes `path` a link to `target`, a path from the link's own folder; what stood there is
  /// replaced in one step.
  public static func write(to path: String, target: String) throws {
    let partial = "\(path).partial-\(Partial.name())"
    guard symlink(target, partial) == 0, rename(partial, path) == 0 else {
      let reason = errno
      unlink(partial)
      throw StorageError.from(reason, writing: path)
    }
  }

  /// What the link at `path` names; nil when it is no link.
  public static func target(of path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { room in
      room.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), room.count) }
        ?? 0
    }
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
