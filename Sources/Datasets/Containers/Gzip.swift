internal import AnnealFiles
internal import CZlib

/// gzip (RFC 1952), also of several members one after another.
final class Gzip: Compression {
  static let endings = ["gz", "gzip"]
  static let magic: [UInt8] = [0x1F, 0x8B]
  static let name = "gzip"
  static let command = "gzip"

  private let path: String
  // zlib keeps the address of its state.
  private let state: UnsafeMutablePointer<z_stream>
  private var input: PackedInput
  private var isInsideMember = true

  init(_ source: any ByteProducer, path: String) throws {
    self.path = path
    input = PackedInput(source)
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    // 16 more than the largest window asks for gzip's header and checksum.
    let status = inflateInit2_(state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw AnnealError(.outOfMemory, "no memory to unpack the file", at: .init(file: path))
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
  }

  func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool {
    var wanted = count
    while wanted > 0 {
      try input.refill()
      if input.isOver {
        if isInsideMember { throw Self.fault("the file ends inside of it", in: path) }
        return false
      }
      if !isInsideMember, !beginMember() { continue }
      wanted -= try inflate(min(wanted, 1 << 18), into: &bytes)
    }
    return true
  }

  /// Begins the next member; false when there is only padding so far.
  private func beginMember() -> Bool {
    while input.consumed < input.bytes.count, input.bytes[input.consumed] == 0 {
      input.consumed += 1
    }
    guard input.consumed < input.bytes.count else { return false }
    inflateReset(state)
    isInsideMember = true
    return true
  }

  /// Unpacks up to `count` bytes; how many came.
  private func inflate(_ count: Int, into bytes: inout [UInt8]) throws -> Int {
    let start = input.consumed
    guard start < input.bytes.count else { return 0 }
    var status = Z_OK
    var used = 0
    let part = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      input.bytes.withUnsafeMutableBufferPointer { input in
        state.pointee.next_in = input.baseAddress.map { $0 + start }
        state.pointee.avail_in = UInt32(input.count - start)
        state.pointee.next_out = output.baseAddress
        state.pointee.avail_out = UInt32(count)
        status = CZlib.inflate(state, Z_NO_FLUSH)
        used = input.count - start - Int(state.pointee.avail_in)
        filled = count - Int(state.pointee.avail_out)
      }
    }
    input.consumed += used
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isInsideMember = false
    default: throw Self.fault("it is damaged", in: path)
    }
    if bytes.isEmpty { bytes = part } else { bytes += part }
    return part.count
  }
}
