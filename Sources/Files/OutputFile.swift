#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file open for writing from its beginning.
public final class OutputFile {
  /// The file's path.
  public let path: String
  /// Bytes written so far.
  public private(set) var count = 0

  private var descriptor: Int32
  /// How many bytes the whole file will have, for the message when the disk is full.
  private let expectedBytes: Int?

  /// Creates the file at `path`, or empties it.
  public init(path: String, expectedBytes: Int? = nil) throws {
    self.path = path
    self.expectedBytes = expectedBytes
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw StorageError.from(errno, writing: path) }
  }

  deinit {
    if descriptor >= 0 { _ = closeDescriptor(descriptor) }
  }

  /// Appends `bytes`.
  ///
  /// - Throws: `AnnealError` of kind `storage`, with needed and free bytes when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      // One call takes at most 2 GiB on Linux, and macOS refuses more than Int32.max.
      let written = writeDescriptor(descriptor, chunk, Swift.min(chunk.count, 1 << 30))
      if written < 0 {
        if errno == EINTR { continue }
        let needed = Swift.max(expectedBytes ?? 0, count + rest.count) - count
        throw StorageError.from(errno, writing: path, neededBytes: needed)
      }
      count += written
      rest = rest.dropFirst(written)
    }
  }

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Appends `text` as UTF-8.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Closes the file once its bytes are on the disk.
  public func close() throws {
    guard descriptor >= 0 else { return }
    defer { descriptor = -1 }
    let synchronized = fsync(descriptor)
    // Pipes and devices cannot be synchronised, and need not be.
    let reason = synchronized != 0 && errno != EINVAL && errno != ENOTSUP ? errno : 0
    let closed = closeDescriptor(descriptor)
    if reason != 0 { throw StorageError.from(reason, writing: path) }
    if closed != 0 { throw StorageError.from(errno, writing: path) }
  }
}

// The methods above hide the system's functions of the same names.
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func writeDescriptor(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ count: Int)
  -> Int
{ write(descriptor, bytes.baseAddress, count) }

/// Failures of the disk.
enum StorageError {
  /// The failure that the system's error `number` stands for.
  static func from(_ number: Int32, writing path: String, neededBytes: Int? = nil) -> AnnealError {
    let place = AnnealError.Place(file: path)
    switch number {
    case ENOSPC, EDQUOT:
      let needed = neededBytes.map { "\($0) more bytes are needed" } ?? "more room is needed"
      let free = Disk.freeBytes(at: path).map { ", \($0) are free" } ?? ""
      return AnnealError(
        .storage, "the disk is full: \(needed)\(free)", at: place,
        remedy: "Make room or choose another folder. What was there before is untouched.")
    case ENOENT, ENOTDIR:
      return AnnealError(
        .storage, "the folder to write into does not exist", at: place,
        remedy: "Make it first, or choose another folder.")
    case EACCES, EPERM, EROFS:
      return AnnealError(
        .storage, "the file may not be written: \(String(cString: strerror(number)))", at: place,
        remedy: "Choose a folder that you may write to.")
    default:
      return AnnealError(
        .storage, "the file cannot be written: \(String(cString: strerror(number)))", at: place)
    }
  }
}
