#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that is read from its beginning in parts, for those too large to map or to hold.
public final class InputFile {
  /// The file's path.
  public let path: String

  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Throws: `AnnealError` of kind `data` when there is no such file or it cannot be read.
  public init(path: String) throws {
    self.path = path
    descriptor = openForReading(path)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
  }

  /// A file that is open already; it is closed with this object.
  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Appends up to `count` more bytes to `bytes`.
  ///
  /// - Returns: whether there may be more.
  /// - Throws: `AnnealError` of kind `data` when the system cannot read, as of a folder.
  public func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool {
    let part = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let room = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        // One call takes at most 2 GiB on Linux, and macOS refuses more than Int32.max.
        let got = readDescriptor(descriptor, room, Swift.min(room.count, 1 << 30))
        if got < 0 {
          if errno == EINTR { continue }
          throw Self.failure(path, errno)
        }
        if got == 0 { return }
        filled += got
      }
    }
    if bytes.isEmpty { bytes = part } else { bytes += part }
    return part.count == count
  }

  private static func failure(_ path: String, _ number: Int32) -> AnnealError {
    if number == EISDIR {
      return AnnealError(
        .data, "this is a folder; a file is expected", at: .init(file: path),
        remedy: "Name a file in it.")
    }
    if number == ENOENT || number == ENOTDIR {
      return AnnealError(
        .data, "there is no such file", at: .init(file: path), remedy: "Check the path.")
    }
    return AnnealError(
      .data, "the file cannot be read: \(String(cString: strerror(number)))",
      at: .init(file: path), remedy: "Check the path.")
  }
}

/// Opens the file at `path` for reading; a negative number when that fails, and `errno` tells why.
///
/// Standard input is opened by its name where the system can, and taken as it is where it cannot, as
/// when it is a socket.
func openForReading(_ path: String) -> Int32 {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor < 0, errno == ENXIO, path == "/dev/stdin" else { return descriptor }
  return dup(0)
}

/// The system's `read`, whose name the method hides.
private func readDescriptor(
  _ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer, _ count: Int
) -> Int {
  read(descriptor, bytes.baseAddress, count)
}
