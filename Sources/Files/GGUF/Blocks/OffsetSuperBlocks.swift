/// A format of 8 groups of 32 values with scales and offsets of 6 bits, packed into 12 bytes.
protocol OffsetSuperBlockFormat: SuperBlockFormat {
  /// The highest level.
  static var highestLevel: Float { get }
  /// Where the lower four bits of the levels begin.
  static var nibblesStart: Int { get }
}

extension OffsetSuperBlockFormat {
  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    withRoom { codes, scales, offsets in
      let block = AffineSuperBlock<GroupPair>(highestLevel: highestLevel, highestScale: 63)
      let (scale, offset) = block.fit(
        values, importance: importance, groupScales: scales, groupOffsets: offsets, codes: codes)
      bytes.setHalf(scale, at: 0)
      bytes.setHalf(offset, at: 2)
      for group in 0..<4 {
        let (low, high) = (UInt8(scales[group]), UInt8(scales[group + 4]))
        let (lowOffset, highOffset) = (UInt8(offsets[group]), UInt8(offsets[group + 4]))
        bytes[4 + group] = low | (high >> 4) << 6
        bytes[8 + group] = lowOffset | (highOffset >> 4) << 6
        bytes[12 + group] = high & 15 | highOffset << 4
      }
      setFifthBits(bytes, codes)
      setNibbles(bytes + nibblesStart, run: 32) { UInt8(codes[$0]) }
    }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let (scale, offset) = (bytes.half(at: 0), bytes.half(at: 2))
    for group in 0..<8 {
      let (size, shift) = packed(bytes + 4, group)
      let (groupScale, groupOffset) = (scale * Float(size), offset * Float(shift))
      for index in 32 * group..<32 * group + 32 {
        let level = nibble(bytes + nibblesStart, run: 32, index) | fifthBit(bytes, index)
        values[index] = groupScale * Float(level) - groupOffset
      }
    }
  }

  /// The scale and the offset of a group: those of the first four groups in six bits of a byte, the
  /// rest in what is left.
  private static func packed(
    _ bytes: UnsafePointer<UInt8>, _ group: Int
  ) -> (scale: UInt8, offset: UInt8) {
    if group < 4 { return (bytes[group] & 63, bytes[group + 4] & 63) }
    let shared = bytes[group + 4]
    return (
      shared & 15 | (bytes[group - 4] >> 6) << 4, shared >> 4 | (bytes[group] >> 6) << 4
    )
  }

  private static func setFifthBits(
    _ bytes: UnsafeMutablePointer<UInt8>, _ codes: UnsafeMutablePointer<Float>
  ) {
    if highestLevel > 15 { setBits(bytes + 16) { UInt8(codes[$0]) >> 4 } }
  }

  private static func fifthBit(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
    highestLevel > 15 ? bit(bytes + 16, index) << 4 : 0
  }
}

/// 4 bits a value, 4.5 in all.
enum Q4_K: OffsetSuperBlockFormat {
  static let name = "Q4_K"
  static let number: UInt32 = 12
  static let bytesPerBlock = 144
  static let tolerance = 0.25
  static let highestLevel: Float = 15
  static let nibblesStart = 16
}

/// 5 bits a value, 5.5 in all.
enum Q5_K: OffsetSuperBlockFormat {
  static let name = "Q5_K"
  static let number: UInt32 = 13
  static let bytesPerBlock = 176
  static let tolerance = 0.12
  static let highestLevel: Float = 31
  static let nibblesStart = 48
}
