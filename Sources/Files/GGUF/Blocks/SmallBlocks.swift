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

/// A format of 32 levels of 4 bits, or of 5, whose fifth bits lie in four bytes before the others.
protocol LevelBlockFormat: SmallBlockFormat {
  /// Bits of a level: 4 or 5.
  static var bits: Int { get }
}

extension LevelBlockFormat {
  static var highest: Int32 { (1 << Int32(bits)) - 1 }

  /// Bytes of 32 levels.
  static var levelBytes: Int { 4 * bits }

  static func setLevels(_ bytes: UnsafeMutablePointer<UInt8>, _ level: (Int) -> UInt8) {
    if bits > 4 { setFifthBits(bytes, level) }
    setNibbles(bytes + (levelBytes - 16), level)
  }

  static func level(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
    let low = nibble(bytes + (levelBytes - 16), index)
    return bits > 4 ? low | fifthBit(bytes, index) : low
  }
}

/// A scale and levels around 0.
protocol CenteredBlockFormat: LevelBlockFormat {}

extension CenteredBlockFormat {
  static var bytesPerBlock: Int { 2 + levelBytes }
  /// The level of 0.
  private static var center: Int { 1 << (bits - 1) }

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let center = Float(center)
    let scale = extreme(values) / -center
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    setLevels(bytes + 2) { level(values[$0] * inverse + (center + 0.5), highest: highest) }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let scale = bytes.half(at: 0)
    for index in 0..<32 { values[index] = scale * Float(Int(level(bytes + 2, index)) - center) }
  }
}

/// A scale, an offset and levels from 0.
protocol ShiftedBlockFormat: LevelBlockFormat {}

extension ShiftedBlockFormat {
  static var bytesPerBlock: Int { 4 + levelBytes }

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let (low, high) = range(values)
    let scale = (high - low) / Float(highest)
    let inverse = inverse(scale)
    bytes.setHalf(scale, at: 0)
    bytes.setHalf(low, at: 2)
    setLevels(bytes + 4) { level((values[$0] - low) * inverse + 0.5, highest: highest) }
  }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    let (scale, low) = (bytes.half(at: 0), bytes.half(at: 2))
    for index in 0..<32 { values[index] = scale * Float(level(bytes + 4, index)) + low }
  }
}

/// 4 bits a value around 0, 4.5 in all.
enum Q4_0: CenteredBlockFormat {
  static let name = "Q4_0"
  static let number: UInt32 = 2
  static let tolerance = 0.3
  static let bits = 4
}

/// 4 bits a value and an offset, 5 in all.
enum Q4_1: ShiftedBlockFormat {
  static let name = "Q4_1"
  static let number: UInt32 = 3
  static let tolerance = 0.3
  static let bits = 4
}

/// 5 bits a value around 0, 5.5 in all.
enum Q5_0: CenteredBlockFormat {
  static let name = "Q5_0"
  static let number: UInt32 = 6
  static let tolerance = 0.15
  static let bits = 5
}

/// 5 bits a value and an offset, 6 in all.
enum Q5_1: ShiftedBlockFormat {
  static let name = "Q5_1"
  static let number: UInt32 = 7
  static let tolerance = 0.15
  static let bits = 5
}
