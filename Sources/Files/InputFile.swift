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
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
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
    AnnealError(
      .data, "the file cannot be read: \(String(cString: strerror(number)))",
      at: .init(file: path), remedy: "Check the path.")
  }
}

/// The system's `read`, whose name the method hides.
private func readDescriptor(
  _ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer, _ count: Int
) -> Int {
  read(descriptor, bytes.baseAddress, count)
}
