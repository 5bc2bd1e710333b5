#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Files that appear whole or not at all: written beside their place, synchronised, then renamed.
public enum AtomicFile {
  /// Writes `text` as UTF-8 to `path`.
  public static func write(_ text: String, to path: String) throws {
    try write(to: path) { try $0.write(text) }
  }

  /// Writes `bytes` to `path`.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try write(to: path, expectedBytes: bytes.count) { try $0.write(bytes) }
  }

  /// Writes what `body` puts into the file it receives to `path`.
  ///
  /// When `body` throws or the disk is full, what stood at `path` before stays as it was. Leftovers of
  /// processes that were killed on the way are cleared.
  ///
  /// - Parameters:
  ///   - expectedBytes: how long the file will be, for the check before and the message.
  ///   - check: called with the path of the finished file before it takes its place; when it throws,
  ///     the file is gone again.
  public static func write(
    to path: String, expectedBytes: Int? = nil, checkedBy check: (String) throws -> Void = { _ in },
    _ body: (OutputFile) throws -> Void
  ) throws {
    let folder = Folder.parent(of: path) ?? "."
    if let expectedBytes, let free = Disk.freeBytes(at: folder), free < expectedBytes {
      throw StorageError.from(ENOSPC, writing: path, neededBytes: expectedBytes)
    }
    let prefix = ".\(Folder.name(of: path)).partial-"
    Partial.clearLeftovers(prefix, in: folder)
    let partial = "\(folder)/\(prefix)\(Partial.name())"
    do {
      let file = try OutputFile(path: partial, expectedBytes: expectedBytes)
      try body(file)
      try file.close()
      try check(partial)
      guard rename(partial, path) == 0 else { throw StorageError.from(errno, writing: path) }
    } catch {
      unlink(partial)
      throw renamed(error, from: partial, to: path)
    }
    synchronize(folder: folder)
  }

  /// The same failure, told about the path the caller knows.
  private static func renamed(
    _ error: any Error, from partial: String, to path: String
  ) -> any Error {
    guard var error = error as? AnnealError, error.place?.file == partial else { return error }
    error.place?.file = path
    return error
  }
}

/// Makes the names in `folder` durable; where a system cannot, the files themselves still are.
func synchronize(folder: String) {
  let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
