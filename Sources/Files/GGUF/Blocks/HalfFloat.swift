/// Numbers of 16 bits (IEEE 754 binary16) by their bits.
///
/// Written out, since a `Float16` is missing on some platforms that Swift runs on, and slow where the
/// processor does not know it.
enum HalfFloat {
  /// The largest finite number.
  static let largest: Float = 65_504

  /// The nearest number, of two the even one.
  @inline(__always)
  static func bits(_ value: Float) -> UInt16 {
    let sign = value.bitPattern >> 16 & 0x8000
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    // The unit in the last place of a number at 0.5 is that of the small numbers here.
    let small = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
    let normal = (magnitude &+ 0x0FFF &+ (magnitude >> 13 & 1)) >> 13 &- (112 << 10)
    let finite = magnitude < 0x3880_0000 ? small : normal
    let large: UInt32 = magnitude > 0x7F80_0000 ? 0x7E00 : 0x7C00
    return UInt16(truncatingIfNeeded: sign | (magnitude >= 0x477F_F000 ? large : finite))
  }

  /// The number that `bits` stand for.
  @inline(__always)
  static func value(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF)
    let small = (Float(magnitude) * 0x1p-24).bitPattern
    let normal = magnitude << 13 &+ (112 << 23)
    let finite = magnitude < 0x0400 ? small : normal
    return Float(bitPattern: sign | (magnitude >= 0x7C00 ? 0x7F80_0000 | magnitude << 13 : finite))
  }

  /// `value` as a file of 16 bits gives it back.
  static func rounded(_ value: Float) -> Float { self.value(bits(value)) }
}

/// Numbers in the bytes of a block, little-endian.
extension UnsafePointer<UInt8> {
  /// The number of 16 bits with a fraction at a byte.
  func half(at index: Int) -> Float {
    HalfFloat.value(UInt16(self[index]) | UInt16(self[index + 1]) << 8)
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Puts the number of 16 bits with a fraction nearest to `value` at a byte.
  func setHalf(_ value: Float, at index: Int) {
    let bits = HalfFloat.bits(value)
    self[index] = UInt8(truncatingIfNeeded: bits)
    self[index + 1] = UInt8(truncatingIfNeeded: bits >> 8)
  }
}
