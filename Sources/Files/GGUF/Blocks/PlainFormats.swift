/// Numbers of 32 bits.
enum F32: BlockFormat {
  static let name = "F32"
  static let number: UInt32 = 0
  static let valuesPerBlock = 1
  static let bytesPerBlock = 4
  static let tolerance = 0.0

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) { encode(blocks: 1, values, importance: importance, into: bytes) }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    decode(blocks: 1, bytes, into: values)
  }

  static func encode(
    blocks count: Int, _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let target = UnsafeMutableRawPointer(bytes)
    for index in 0..<count {
      target.storeBytes(
        of: values[index].bitPattern.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
  }

  static func decode(
    blocks count: Int, _ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>
  ) {
    let source = UnsafeRawPointer(bytes)
    for index in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      values[index] = Float(bitPattern: UInt32(littleEndian: bits))
    }
  }
}

/// A format of 16 bits a value.
protocol HalfWidthFormat: BlockFormat {
  static func bits(_ value: Float) -> UInt16
  static func value(_ bits: UInt16) -> Float
}

extension HalfWidthFormat {
  static var valuesPerBlock: Int { 1 }
  static var bytesPerBlock: Int { 2 }

  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) { encode(blocks: 1, values, importance: importance, into: bytes) }

  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>) {
    decode(blocks: 1, bytes, into: values)
  }

  static func encode(
    blocks count: Int, _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let target = UnsafeMutableRawPointer(bytes)
    for index in 0..<count {
      target.storeBytes(
        of: bits(values[index]).littleEndian, toByteOffset: 2 * index, as: UInt16.self)
    }
  }

  static func decode(
    blocks count: Int, _ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>
  ) {
    let source = UnsafeRawPointer(bytes)
    for index in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      values[index] = value(UInt16(littleEndian: bits))
    }
  }
}

/// Numbers of 16 bits (IEEE 754 binary16).
enum F16: HalfWidthFormat {
  static let name = "F16"
  static let number: UInt32 = 1
  // Half a unit in the last place is 2⁻¹¹ of a value.
  static let tolerance = 0x1p-11

  static func bits(_ value: Float) -> UInt16 { HalfFloat.bits(value) }
  static func value(_ bits: UInt16) -> Float { HalfFloat.value(bits) }
}

/// The upper half of numbers of 32 bits (bfloat16).
enum BF16: HalfWidthFormat {
  static let name = "BF16"
  static let number: UInt32 = 30
  // Half a unit in the last place is 2⁻⁸ of a value.
  static let tolerance = 0x1p-8

  static func bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    // A number that is none stays one when its lower half goes.
    if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(truncatingIfNeeded: bits >> 16 | 64) }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  static func value(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
}
