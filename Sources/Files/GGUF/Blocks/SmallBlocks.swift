/// A format of blocks of 32 values that share one scale, perhaps with an offset.
///
/// The scale is found from the block's extremes alone, as ggml's reference does it, so that the bytes
/// are those of every other converter.
protocol SmallBlockFormat: BlockFormat {}

extension SmallBlockFormat {
  static var valuesPerBlock: Int { 32 }

  /// The value of the largest magnitude, of several the first, with its sign.
  static func extreme(_ values: UnsafePointer<Float>) -> Float {
    var found: Float = 0
    for index in 0..<32 where values[index].magnitude > found.magnitude { found = values[index] }
    return found
  }

  /// The smallest and the largest value.
  static func range(_ values: UnsafePointer<Float>) -> (low: Float, high: Float) {
    var (low, high) = (values[0], values[0])
    for index in 1..<32 {
      low = min(low, values[index])
      high = max(high, values[index])
    }
    return (low, high)
  }

  /// 1 divided by a scale; 0 for one that is too small to divide by.
  static func inverse(_ scale: Float) -> Float {
    let inverse = 1 / scale
    return inverse.isFinite ? inverse : 0
  }

  /// The level that a shifted value falls in: its whole part, at most `highest`.
  static func level(_ value: Float, highest: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(highest, Int32(value))))
  }

  /// Puts levels of four bits side by side: those of the first half below.
  static func setNibbles(
    _ bytes: UnsafeMutablePointer<UInt8>, _ level: (Int) -> UInt8
  ) {
    for index in 0..<16 { bytes[index] = level(index) & 15 | level(index + 16) << 4 }
  }

  /// Puts the fifth bits of levels into four bytes.
  static func setFifthBits(
    _ bytes: UnsafeMutablePointer<UInt8>, _ level: (Int) -> UInt8
  ) {
    for byte in 0..<4 {
      bytes[byte] = (0..<8).reduce(0) { $0 | (level(8 * byte + $1) >> 4 & 1) << UInt8($1) }
    }
  }

  /// The level of four bits of a value.
  static func nibble(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
    index < 16 ? bytes[index] & 15 : bytes[index - 16] >> 4
  }

  /// The fifth bit of a value's level, in its place.
  static func fifthBit(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
    (bytes[index / 8] >> UInt8(index % 8) & 1) << 4
  }
}

/// 8 bits a value: a scale of 16 bits and 32 whole numbers, 8.5 bits a value in all.
enum Q8_0: SmallBlockFormat {
  static let name = "Q8_0"
  static let number: UInt32 = 8
  static let bytesPerBlock = 34
  static let tolerance = 0.02

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let scale = extreme(values).magnitude / 127
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    for index in 0..<32 {
      let level = (values[index] * inverse).rounded(.toNearestOrAwayFromZero)
      bytes[2 + index] = UInt8(bitPattern: Int8(max(-127, min(127, level))))
    }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let scale = bytes.half(at: 0)
    for index in 0..<32 { values[index] = Float(Int8(bitPattern: bytes[2 + index])) * scale }
  }
}

/// 4 bits a value: a scale and 32 levels from -8, 4.5 bits a value in all.
enum Q4_0: SmallBlockFormat {
  static let name = "Q4_0"
  static let number: UInt32 = 2
  static let bytesPerBlock = 18
  static let tolerance = 0.3

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let scale = extreme(values) / -8
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    setNibbles(bytes + 2) { level(values[$0] * inverse + 8.5, highest: 15) }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let scale = bytes.half(at: 0)
    for index in 0..<32 { values[index] = scale * Float(Int(nibble(bytes + 2, index)) - 8) }
  }
}

/// 4 bits a value: a scale, an offset and 32 levels from 0, 5 bits a value in all.
enum Q4_1: SmallBlockFormat {
  static let name = "Q4_1"
  static let number: UInt32 = 3
  static let bytesPerBlock = 20
  static let tolerance = 0.3

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let (low, high) = range(values)
    let scale = (high - low) / 15
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    bytes.setHalf(low, at: 2)
    setNibbles(bytes + 4) { level((values[$0] - low) * inverse + 0.5, highest: 15) }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let (scale, low) = (bytes.half(at: 0), bytes.half(at: 2))
    for index in 0..<32 { values[index] = scale * Float(nibble(bytes + 4, index)) + low }
  }
}

/// 5 bits a value: a scale and 32 levels from -16, 5.5 bits a value in all.
enum Q5_0: SmallBlockFormat {
  static let name = "Q5_0"
  static let number: UInt32 = 6
  static let bytesPerBlock = 22
  static let tolerance = 0.15

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let scale = extreme(values) / -16
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    setFifthBits(bytes + 2) { level(values[$0] * inverse + 16.5, highest: 31) }
    setNibbles(bytes + 6) { level(values[$0] * inverse + 16.5, highest: 31) }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let scale = bytes.half(at: 0)
    for index in 0..<32 {
      let level = nibble(bytes + 6, index) | fifthBit(bytes + 2, index)
      values[index] = scale * Float(Int(level) - 16)
    }
  }
}

/// 5 bits a value: a scale, an offset and 32 levels from 0, 6 bits a value in all.
enum Q5_1: SmallBlockFormat {
  static let name = "Q5_1"
  static let number: UInt32 = 7
  static let bytesPerBlock = 24
  static let tolerance = 0.15

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let (low, high) = range(values)
    let scale = (high - low) / 31
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    bytes.setHalf(low, at: 2)
    setFifthBits(bytes + 4) { level((values[$0] - low) * inverse + 0.5, highest: 31) }
    setNibbles(bytes + 8) { level((values[$0] - low) * inverse + 0.5, highest: 31) }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let (scale, low) = (bytes.half(at: 0), bytes.half(at: 2))
    for index in 0..<32 {
      let level = nibble(bytes + 8, index) | fifthBit(bytes + 4, index)
      values[index] = scale * Float(level) + low
    }
  }
}
