/// A value in the metadata of a GGUF file.
public enum GGUFValue: Sendable, Hashable {
  /// A whole number of 8 bits without sign.
  case uint8(UInt8)
  /// A whole number of 8 bits.
  case int8(Int8)
  /// A whole number of 16 bits without sign.
  case uint16(UInt16)
  /// A whole number of 16 bits.
  case int16(Int16)
  /// A whole number of 32 bits without sign.
  case uint32(UInt32)
  /// A whole number of 32 bits.
  case int32(Int32)
  /// A number of 32 bits.
  case float32(Float)
  /// `true` or `false`.
  case bool(Bool)
  /// A text.
  case string(String)
  /// Values of one type, by that type.
  case array(GGUFValueType, [GGUFValue])
  /// A whole number of 64 bits without sign.
  case uint64(UInt64)
  /// A whole number of 64 bits.
  case int64(Int64)
  /// A number of 64 bits.
  case float64(Double)

  /// The value's type.
  public var type: GGUFValueType {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }

  /// An array of texts.
  public static func strings(_ texts: some Sequence<String>) -> GGUFValue {
    .array(.string, texts.map { .string($0) })
  }

  /// An array of numbers of 32 bits.
  public static func floats(_ numbers: some Sequence<Float>) -> GGUFValue {
    .array(.float32, numbers.map { .float32($0) })
  }

  /// An array of whole numbers of 32 bits.
  public static func integers(_ numbers: some Sequence<Int32>) -> GGUFValue {
    .array(.int32, numbers.map { .int32($0) })
  }
}

/// The types of metadata by the numbers that the format gives them.
public enum GGUFValueType: UInt32, Sendable, Hashable {
  /// 8 and 16 bits, with and without sign.
  case uint8, int8, uint16, int16
  /// 32 bits.
  case uint32, int32, float32
  /// One byte, 0 or 1.
  case bool
  /// A length and as many bytes of UTF-8.
  case string
  /// A type, a count and as many values.
  case array
  /// 64 bits.
  case uint64, int64, float64

  /// Bytes a value takes; nil when that depends on the value.
  var size: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }
}

extension GGUFValue {
  /// Appends the value's bytes, little-endian, without its type.
  ///
  /// - Returns: whether the value can be written: the elements of an array must be of its type, and
  ///   not arrays themselves.
  func append(to bytes: inout [UInt8]) -> Bool {
    func put(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    switch self {
    case .uint8(let value): put(value)
    case .int8(let value): put(value)
    case .uint16(let value): put(value)
    case .int16(let value): put(value)
    case .uint32(let value): put(value)
    case .int32(let value): put(value)
    case .uint64(let value): put(value)
    case .int64(let value): put(value)
    case .float32(let value): put(value.bitPattern)
    case .float64(let value): put(value.bitPattern)
    case .bool(let value): bytes.append(value ? 1 : 0)
    case .string(let text):
      put(UInt64(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    case .array(let type, let elements):
      guard type != .array, elements.allSatisfy({ $0.type == type }) else { return false }
      put(type.rawValue)
      put(UInt64(elements.count))
      for element in elements where !element.append(to: &bytes) { return false }
    }
    return true
  }
}
