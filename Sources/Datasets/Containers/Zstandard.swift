internal import AnnealFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Zstandard (RFC 8878), unpacked by the system's libzstd when it has one.
///
/// The library is opened when the first such file is met, so that nothing needs it to be built or to
/// start.
final class Zstandard: Compression {
  static let endings = ["zst", "zstd"]
  static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
  static let name = "Zstandard"
  static let command = "zstd"

  private let path: String
  private let library: ZstandardLibrary
  private let stream: UnsafeMutableRawPointer
  private var input: PackedInput
  private var isInsideFrame = true

  init(_ source: any ByteProducer, path: String) throws {
    self.path = path
    input = PackedInput(source)
    guard let library = ZstandardLibrary.shared else {
      throw AnnealError(
        .data, "the file is compressed with Zstandard, and there is no libzstd to unpack it",
        at: .init(file: path),
        remedy: "Install it (Debian, Ubuntu: libzstd1; Homebrew: zstd), or unpack: zstd -d FILE")
    }
    guard let stream = library.create() else {
      throw AnnealError(.outOfMemory, "no memory to unpack the file", at: .init(file: path))
    }
    (self.library, self.stream) = (library, stream)
  }

  deinit { _ = library.free(stream) }

  func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool {
    var wanted = count
    while wanted > 0 {
      try input.refill()
      let isOver = input.isOver
      if isOver, !isInsideFrame { return false }
      let got = try unpack(min(wanted, 1 << 18), into: &bytes)
      // The library may hold bytes back that no more input is needed for.
      if isOver, got == 0 { throw Self.fault("the file ends inside of it", in: path) }
      wanted -= got
    }
    return true
  }

  private func unpack(_ count: Int, into bytes: inout [UInt8]) throws -> Int {
    var status = 0
    var used = 0
    let part = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      input.bytes.withUnsafeBytes { bytes in
        var from = ZstandardLibrary.Input(
          bytes: bytes.baseAddress, count: bytes.count, position: input.consumed)
        var to = ZstandardLibrary.Output(
          bytes: UnsafeMutableRawPointer(output.baseAddress), count: count, position: 0)
        status = library.decompress(stream, &to, &from)
        (used, filled) = (from.position, to.position)
      }
    }
    if library.isError(status) != 0 {
      let name = library.errorName(status).map { String(cString: $0) } ?? "damaged"
      throw Self.fault("it cannot be unpacked: \(name)", in: path)
    }
    input.consumed = used
    isInsideFrame = status != 0
    if bytes.isEmpty { bytes = part } else { bytes += part }
    return part.count
  }
}

/// The functions of libzstd's stable interface that unpack a stream.
private struct ZstandardLibrary: Sendable {
  /// `ZSTD_inBuffer`.
  struct Input {
    var bytes: UnsafeRawPointer?
    var count: Int
    var position: Int
  }
  /// `ZSTD_outBuffer`.
  struct Output {
    var bytes: UnsafeMutableRawPointer?
    var count: Int
    var position: Int
  }

  typealias Create = @convention(c) @Sendable () -> UnsafeMutableRawPointer?
  typealias Free = @convention(c) @Sendable (UnsafeMutableRawPointer?) -> Int
  typealias Decompress =
    @convention(c) @Sendable (
      UnsafeMutableRawPointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer
    ) -> Int
  typealias IsError = @convention(c) @Sendable (Int) -> UInt32
  typealias ErrorName = @convention(c) @Sendable (Int) -> UnsafePointer<CChar>?

  let create: Create
  let free: Free
  private let decompressStream: Decompress
  let isError: IsError
  let errorName: ErrorName

  static let shared = ZstandardLibrary()

  private init?() {
    let names = [
      "libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib",
      "/usr/local/lib/libzstd.1.dylib",
    ]
    guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first,
      let create = dlsym(handle, "ZSTD_createDStream"),
      let free = dlsym(handle, "ZSTD_freeDStream"),
      let decompress = dlsym(handle, "ZSTD_decompressStream"),
      let isError = dlsym(handle, "ZSTD_isError"),
      let errorName = dlsym(handle, "ZSTD_getErrorName")
    else { return nil }
    self.create = unsafeBitCast(create, to: Create.self)
    self.free = unsafeBitCast(free, to: Free.self)
    decompressStream = unsafeBitCast(decompress, to: Decompress.self)
    self.isError = unsafeBitCast(isError, to: IsError.self)
    self.errorName = unsafeBitCast(errorName, to: ErrorName.self)
  }

  func decompress(
    _ stream: UnsafeMutableRawPointer, _ output: inout Output, _ input: inout Input
  ) -> Int {
    withUnsafeMutablePointer(to: &output) { output in
      withUnsafeMutablePointer(to: &input) { input in
        decompressStream(stream, UnsafeMutableRawPointer(output), UnsafeMutableRawPointer(input))
      }
    }
  }
}
