#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that grows from one attempt to the next, until it is whole and gets its own name.
public final class PartialFile {
  /// The file's path.
  public let path: String
  /// Its bytes so far, those of earlier attempts too.
  public private(set) var count: Int

  private let descriptor: Int32

  /// Opens the file at `path`, with what an earlier attempt left in it.
  public init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw StorageError.from(errno, writing: path) }
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw StorageError.from(errno, writing: path) }
    count = Int(end)
  }

  deinit { close(descriptor) }

  /// Appends `bytes`.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = pwrite(descriptor, part.baseAddress, min(part.count, 1 << 30), off_t(count))
      if written < 0 {
        if errno == EINTR { continue }
        throw StorageError.from(errno, writing: path, neededBytes: rest.count)
      }
      count += written
      rest = rest.dropFirst(written)
    }
  }

  /// Throws all bytes away.
  public func empty() throws {
    guard ftruncate(descriptor, 0) == 0 else { throw StorageError.from(errno, writing: path) }
    count = 0
  }

  /// Gives the file, once its bytes are on the disk, the name `path`.
  public func move(to path: String) throws {
    guard fsync(descriptor) == 0, rename(self.path, path) == 0 else {
      throw StorageError.from(errno, writing: path)
    }
    synchronize(folder: Folder.parent(of: path) ?? ".")
  }
}
