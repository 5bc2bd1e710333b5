#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file without a name, for bytes that leave memory for a while.
///
/// It is unlinked as soon as it is open, so that it is gone with this object, or with the process,
/// however that ends. Bytes are written by calls and not through a mapping: a full disk is then an
/// error and not a signal.
public final class ScratchFile {
  private let descriptor: Int32
  private let path: String
  private var end = 0

  /// Opens a scratch file in `folder`.
  public init(in folder: String) throws {
    path = "\(folder)/.scratch-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StorageError.from(errno, writing: path) }
    unlink(path)
  }

  deinit { close(descriptor) }

  /// Begins at the front again; what was mapped before must not be used any more.
  public func rewind() { end = 0 }

  /// Writes `bytes` behind what was written before.
  ///
  /// - Returns: where they lie in the file.
  /// - Throws: `AnnealError` of kind `storage`, such as for a full disk.
  public func append(_ bytes: UnsafeRawBufferPointer) throws -> Range<Int> {
    let start = end
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      let place = start + bytes.count - rest.count
      let written = pwrite(descriptor, chunk.baseAddress, min(chunk.count, 1 << 30), off_t(place))
      if written < 0 {
        if errno == EINTR { continue }
        throw StorageError.from(errno, writing: path, neededBytes: rest.count)
      }
      rest = rest.dropFirst(written)
    }
    // Mappings begin where a page does.
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    end = (start + bytes.count + page - 1) / page * page
    return start..<start + bytes.count
  }

  /// The bytes at `range`, which `append(_:)` gave, as long as the result lives.
  public func map(_ range: Range<Int>) throws -> MappedRange {
    let address = mmap(
      nil, range.count, PROT_READ, MAP_PRIVATE, descriptor, off_t(range.lowerBound))
    guard let address, address != MAP_FAILED else {
      throw StorageError.from(errno, writing: path)
    }
    return MappedRange(UnsafeRawBufferPointer(start: address, count: range.count))
  }
}

/// A part of a file, mapped into memory.
public final class MappedRange {
  /// The bytes, valid while this object lives.
  public let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
