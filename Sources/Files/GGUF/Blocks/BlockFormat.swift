/// How the values of a tensor are stored in a GGUF file: rows cut into blocks, each block some bytes
/// (ggml, ggml-common.h).
public protocol BlockFormat: SendableMetatype {
  /// The format's name, such as `Q4_K`.
  static var name: String { get }
  /// The format's number in a file.
  static var number: UInt32 { get }
  /// Values of a block.
  static var valuesPerBlock: Int { get }
  /// Bytes of a block.
  static var bytesPerBlock: Int { get }
  /// The root-mean-square error of a row, relative to the row's own root mean square, that rounding
  /// to this format stays below.
  static var tolerance: Double { get }

  /// Writes one block.
  ///
  /// - Parameters:
  ///   - values: the block's values, finite.
  ///   - importance: weights of their squared errors; nil for equal ones.
  ///   - bytes: where the block goes.
  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>)

  /// Reads one block.
  static func decode(_ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>)

  /// Writes `count` blocks, one behind the other.
  static func encode(
    blocks count: Int, _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>)

  /// Reads `count` blocks, one behind the other.
  static func decode(
    blocks count: Int, _ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>)
}

extension BlockFormat {
  /// Writes `count` blocks, one behind the other.
  public static func encode(
    blocks count: Int, _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    for block in 0..<count {
      encode(
        values + block * valuesPerBlock, importance: importance.map { $0 + block * valuesPerBlock },
        into: bytes + block * bytesPerBlock)
    }
  }

  /// Reads `count` blocks, one behind the other.
  public static func decode(
    blocks count: Int, _ bytes: UnsafePointer<UInt8>, into values: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<count {
      decode(bytes + block * bytesPerBlock, into: values + block * valuesPerBlock)
    }
  }

  /// Whether rows of `width` values can be stored.
  public static func fits(width: Int) -> Bool { width > 0 && width % valuesPerBlock == 0 }

  /// The bytes of a tensor with extents `shape`; nil when its rows are no whole number of blocks or
  /// it is too large.
  public static func byteCount(ofValuesIn shape: [Int]) -> Int? {
    guard (shape.last ?? 1) % valuesPerBlock == 0 else { return nil }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, extent >= 0 else { return nil }
      count = product
    }
    let (bytes, overflow) = (count / valuesPerBlock).multipliedReportingOverflow(by: bytesPerBlock)
    return overflow ? nil : bytes
  }
}

/// The formats that are known, one line each.
public enum BlockFormats {
  /// All of them, the plain ones first.
  public static let all: [any BlockFormat.Type] = [
    F32.self, F16.self, BF16.self,
    Q8_0.self, Q4_0.self, Q4_1.self, Q5_0.self, Q5_1.self,
    Q2_K.self, Q3_K.self, Q4_K.self, Q5_K.self, Q6_K.self,
  ]

  /// Their names.
  public static var names: [String] { all.map { $0.name } }

  /// The format with a number; nil when it is not known.
  public static func numbered(_ number: UInt32) -> (any BlockFormat.Type)? {
    all.first { $0.number == number }
  }

  /// The format with a name; nil when it is not known.
  public static func named(_ name: String) -> (any BlockFormat.Type)? {
    all.first { $0.name == name }
  }
}
