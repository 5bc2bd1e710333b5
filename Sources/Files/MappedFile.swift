#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file's bytes, mapped into memory: the system reads a page when it is first touched.
///
/// A pipe has no size and cannot be mapped; it is read to its end.
///
/// The mapping is private and writable, so that a careless write through a pointer changes memory
/// of this process and never the file.
public final class MappedFile: Sendable {
  /// The file's path.
  public let path: String
  /// The file's bytes, valid while this object lives.
  ///
  /// Immutable after `init`, and nothing in this class writes through it; so sharing is safe.
  public nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Maps the file at `path`.
  ///
  /// - Parameter code: what kind of failure an unreadable file is.
  /// - Throws: `AnnealError` when there is no such file, it is a folder, or it cannot be read.
  public init(path: String, code: AnnealError.Code = .data) throws {
    self.path = path
    let descriptor = openForReading(path)
    guard descriptor >= 0 else { throw Self.failure(path, errno, code) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw Self.failure(path, errno, code) }
    guard facts.st_mode & S_IFMT != S_IFDIR else { throw Self.failure(path, EISDIR, code) }
    let count = Int(facts.st_size)
    isMapped = facts.st_mode & S_IFMT == S_IFREG && count > 0
    guard isMapped else {
      bytes = try Self.contents(path, descriptor, code)
      return
    }
    let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw Self.failure(path, errno, code) }
    bytes = UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit {
    if !isMapped {
      bytes.deallocate()
    } else if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }

  /// Takes the pages of `range` out of this process; the next use reads them from the file again.
  ///
  /// Nothing happens to what is no mapped file.
  public func letGo(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<bytes.count)
    guard isMapped, !range.isEmpty, let address = bytes.baseAddress else { return }
    let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
    // The mapping begins with a page, so that pages lie at their multiples.
    let first = range.lowerBound / page * page
    let start = UnsafeMutableRawPointer(mutating: address + first)
    // Advice that is refused costs memory at most.
    madvise(start, range.upperBound - first, MADV_DONTNEED)
  }

  /// What a pipe or a device gives until it ends, in memory of its own.
  private static func contents(
    _ path: String, _ descriptor: Int32, _ code: AnnealError.Code
  ) throws -> UnsafeRawBufferPointer {
    var contents: [UInt8] = []
    do {
      let file = InputFile(path: path, descriptor: dup(descriptor))
      while try file.read(1 << 20, into: &contents) {}
    } catch var error as AnnealError {
      error.code = code
      throw error
    }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 16)
    copy.copyBytes(from: contents)
    return UnsafeRawBufferPointer(copy)
  }

  private static func failure(
    _ path: String, _ number: Int32, _ code: AnnealError.Code
  ) -> AnnealError {
    switch number {
    case ENOENT, ENOTDIR: AnnealError(code, "there is no such file", at: .init(file: path))
    case EISDIR: AnnealError(code, "this is a folder; a file is expected", at: .init(file: path))
    case EACCES: AnnealError(code, "the file may not be read", at: .init(file: path))
    default:
      AnnealError(
        code, "the file cannot be read: \(String(cString: strerror(number)))",
        at: .init(file: path))
    }
  }
}

extension JSON {
  /// The value that the file at `path` holds.
  ///
  /// - Throws: `AnnealError` of kind `code` with the place of the first fault.
  public init(contentsOf path: String, code: AnnealError.Code = .data) throws {
    let file = try MappedFile(path: path, code: code)
    do {
      self = try withExtendedLifetime(file) {
        try JSON(parsing: file.bytes.bindMemory(to: UInt8.self), file: path)
      }
    } catch var error as AnnealError {
      error.code = code
      throw error
    }
  }
}
