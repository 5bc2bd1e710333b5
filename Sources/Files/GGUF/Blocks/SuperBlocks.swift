/// A format of super-blocks of 256 values in groups with scales of their own.
protocol SuperBlockFormat: BlockFormat {}

extension SuperBlockFormat {
  static var valuesPerBlock: Int { 256 }

  /// Room for levels, scales and offsets of a super-block, and a call of `body` with it.
  static func withRoom(
    _ body: (
      _ codes: UnsafeMutablePointer<Float>, _ scales: UnsafeMutablePointer<Float>,
      _ offsets: UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256 + 32) { room in
      guard let start = room.baseAddress else { return }
      room.initialize(repeating: 0)
      body(start, start + 256, start + 272)
    }
  }

  /// Puts two bits of each of 256 codes into 64 bytes: value `32 s + j` of a half in the bits `2 s`
  /// of byte `j`.
  static func setPairs(
    _ bytes: UnsafeMutablePointer<UInt8>, _ code: (Int) -> UInt8
  ) {
    for half in 0..<2 {
      for byte in 0..<32 {
        let first = 128 * half + byte
        bytes[32 * half + byte] =
          code(first) & 3 | (code(first + 32) & 3) << 2 | (code(first + 64) & 3) << 4
          | code(first + 96) << 6
      }
    }
  }

  /// The two bits of the value at `index`.
  static func pair(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
    bytes[index / 128 * 32 + index % 32] >> UInt8(index % 128 / 32 * 2) & 3
  }

  /// Puts one bit of each of 256 codes into 32 bytes: value `32 s + j` in bit `s` of byte `j`.
  static func setBits(_ bytes: UnsafeMutablePointer<UInt8>, _ bit: (Int) -> UInt8) {
    for byte in 0..<32 {
      bytes[byte] = (0..<8).reduce(0) { $0 | (bit(32 * $1 + byte) & 1) << UInt8($1) }
    }
  }

  /// The bit of the value at `index`.
  static func bit(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
    bytes[index % 32] >> UInt8(index / 32) & 1
  }

  /// Puts four bits of each of 256 codes into 128 bytes: runs of `run` values in the lower and the
  /// next `run` in the upper halves of as many bytes.
  static func setNibbles(
    _ bytes: UnsafeMutablePointer<UInt8>, run: Int, _ code: (Int) -> UInt8
  ) {
    for part in 0..<(128 / run) {
      for byte in 0..<run {
        let first = 2 * run * part + byte
        bytes[run * part + byte] = code(first) & 15 | code(first + run) << 4
      }
    }
  }

  /// The four bits of the value at `index`.
  static func nibble(_ bytes: UnsafePointer<UInt8>, run: Int, _ index: Int) -> UInt8 {
    let byte = bytes[index / (2 * run) * run + index % run]
    return index / run % 2 == 0 ? byte & 15 : byte >> 4
  }
}

/// 2 bits a value: 16 groups with scales and offsets of 4 bits, 2.625 bits a value in all.
enum Q2_K: SuperBlockFormat {
  static let name = "Q2_K"
  static let number: UInt32 = 10
  static let bytesPerBlock = 84
  static let tolerance = 0.7

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    withRoom { codes, scales, offsets in
      let block = AffineSuperBlock<SIMD16<Float>>(highestLevel: 3, highestScale: 15)
      let (scale, offset) = block.fit(
        values, importance: importance, groupScales: scales, groupOffsets: offsets, codes: codes)
      for group in 0..<16 { bytes[group] = UInt8(scales[group]) | UInt8(offsets[group]) << 4 }
      setPairs(bytes + 16) { UInt8(codes[$0]) }
      bytes.setHalf(scale, at: 80)
      bytes.setHalf(offset, at: 82)
    }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let (scale, offset) = (bytes.half(at: 80), bytes.half(at: 82))
    for group in 0..<16 {
      let size = scale * Float(bytes[group] & 15)
      let shift = offset * Float(bytes[group] >> 4)
      for index in 16 * group..<16 * group + 16 {
        values[index] = size * Float(pair(bytes + 16, index)) - shift
      }
    }
  }
}

/// 3 bits a value: 16 groups with scales of 6 bits, 3.4375 bits a value in all.
enum Q3_K: SuperBlockFormat {
  static let name = "Q3_K"
  static let number: UInt32 = 11
  static let bytesPerBlock = 110
  static let tolerance = 0.4

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    withRoom { codes, scales, _ in
      let block = SymmetricSuperBlock(levels: -4...3, scales: -32...31)
      let scale = block.fit(values, importance: importance, groupScales: scales, codes: codes)
      setBits(bytes) { UInt8(codes[$0] + 4) >> 2 }
      setPairs(bytes + 32) { UInt8(codes[$0] + 4) }
      for byte in 0..<12 { bytes[96 + byte] = 0 }
      for group in 0..<16 {
        let code = UInt8(scales[group] + 32)
        bytes[96 + group % 8] |= (code & 15) << UInt8(group / 8 * 4)
        bytes[104 + group % 4] |= (code >> 4) << UInt8(group / 4 * 2)
      }
      bytes.setHalf(scale, at: 108)
    }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let scale = bytes.half(at: 108)
    for group in 0..<16 {
      let low = bytes[96 + group % 8] >> UInt8(group / 8 * 4) & 15
      let high = bytes[104 + group % 4] >> UInt8(group / 4 * 2) & 3
      let size = scale * Float(Int(low | high << 4) - 32)
      for index in 16 * group..<16 * group + 16 {
        let level = pair(bytes + 32, index) | bit(bytes, index) << 2
        values[index] = size * Float(Int(level) - 4)
      }
    }
  }
}

/// 6 bits a value: 16 groups with scales of 8 bits, 6.5625 bits a value in all.
enum Q6_K: SuperBlockFormat {
  static let name = "Q6_K"
  static let number: UInt32 = 14
  static let bytesPerBlock = 210
  static let tolerance = 0.06

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    withRoom { codes, scales, _ in
      let block = SymmetricSuperBlock(levels: -32...31, scales: -128...127)
      let scale = block.fit(values, importance: importance, groupScales: scales, codes: codes)
      setNibbles(bytes, run: 64) { UInt8(codes[$0] + 32) }
      setPairs(bytes + 128) { UInt8(codes[$0] + 32) >> 4 }
      for group in 0..<16 { bytes[192 + group] = UInt8(bitPattern: Int8(scales[group])) }
      bytes.setHalf(scale, at: 208)
    }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let scale = bytes.half(at: 208)
    for group in 0..<16 {
      let size = scale * Float(Int8(bitPattern: bytes[192 + group]))
      for index in 16 * group..<16 * group + 16 {
        let level = nibble(bytes, run: 64, index) | pair(bytes + 128, index) << 4
        values[index] = size * Float(Int(level) - 32)
      }
    }
  }
}
