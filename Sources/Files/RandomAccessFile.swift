#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that is read at any place, a part at a time.
///
/// Unlike a mapped file it gives an error, and no signal, when the file is cut short meanwhile.
public final class RandomAccessFile: Sendable {
  /// The file's path.
  public let path: String
  private let descriptor: Int32

  /// Opens the file at `path`.
  public init(path: String) throws {
    self.path = path
    descriptor = openForReading(path)
    guard descriptor >= 0 else {
      throw AnnealError(
        .storage, "the file cannot be read: \(String(cString: strerror(errno)))",
        at: .init(file: path))
    }
  }

  deinit { close(descriptor) }

  /// The bytes at `range`.
  ///
  /// - Throws: `AnnealError` of kind `storage` when the file ends before, or cannot be read.
  public func read(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let room = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        // One call takes at most 2 GiB on Linux, and macOS refuses more than Int32.max.
        let got = pread(
          descriptor, room.baseAddress, min(room.count, 1 << 30),
          off_t(range.lowerBound + filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          let reason =
            got == 0
            ? "it ends at byte \(range.lowerBound + filled)" : String(cString: strerror(errno))
          throw AnnealError(
            .storage, "the file cannot be read to byte \(range.upperBound): \(reason)",
            at: .init(file: path), remedy: "Let no other program write to it meanwhile.")
        }
        filled += got
      }
    }
  }
}
