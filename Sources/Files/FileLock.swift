#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Sole use of a folder while this object lives.
///
/// An advisory lock (flock) on `.lock` in the folder; the system lets go of it when the process
/// ends, however it ends, so that no stale lock is ever left.
public final class FileLock: Sendable {
  /// The lock's file.
  public let path: String
  private let descriptor: Int32

  /// Locks `folder`, which is there.
  ///
  /// - Throws: `AnnealError` of kind `storage` that names the process which holds the folder.
  public init(folder: String) throws {
    let path = folder + "/.lock"
    // Kept here until the lock is held: an object that is whole closes it in its `deinit`.
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw StorageError.from(errno, writing: path) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      let holder = Self.holder(opened)
      close(opened)
      guard reason == EWOULDBLOCK else { throw StorageError.from(reason, writing: path) }
      throw AnnealError(
        .storage, "the folder is in use by \(holder.map { "process \($0)" } ?? "another process")",
        at: .init(file: folder),
        remedy: "Wait for it to end, stop it, or choose another output_dir.")
    }
    (self.path, descriptor) = (path, opened)
    nameHolder()
  }

  /// Sole use of what `file`, which is made when it is missing, stands for; nil while another has it.
  ///
  /// Waits for nobody. The other may be another program that takes locks by flock too.
  ///
  /// - Parameter isNamed: whether the file is to tell which process has it, for `holder(ofFile:)`.
  public init?(file: String, isNamed: Bool = false) throws {
    let opened = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw StorageError.from(errno, writing: file) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(opened)
      guard reason != EWOULDBLOCK else { return nil }
      throw StorageError.from(reason, writing: file)
    }
    (path, descriptor) = (file, opened)
    if isNamed { nameHolder() }
  }

  /// The process that says in `file` that it holds it; nil when none does.
  public static func holder(ofFile file: String) -> Int? {
    let opened = open(file, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { return nil }
    defer { close(opened) }
    return holder(opened)
  }

  private func nameHolder() {
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  deinit {
    ftruncate(descriptor, 0)
    close(descriptor)
  }

  private static func holder(_ descriptor: Int32) -> Int? {
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return nil }
    return Int(String(decoding: buffer[..<count], as: UTF8.self).filter(\.isNumber))
  }
}
