/// The 256 visible characters that stand for bytes in a byte-level vocabulary (GPT-2's mapping).
///
/// Printable bytes stand for themselves; the others, in order, take the scalars from U+0100 on, so
/// that a space is `Ġ` and a newline `Ċ`.
enum ByteLevelAlphabet {
  /// The scalar of each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0...255 as ClosedRange<UInt8>).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? Unicode.Scalar(byte)
      }
    }
  }()

  private static let spellings: [[UInt8]] = scalars.map { Array(String($0).utf8) }

  /// The scalar of a byte, in UTF-8.
  static func spelling(of byte: UInt8) -> [UInt8] { spellings[Int(byte)] }

  /// The byte of each scalar below U+0180; -1 where a scalar stands for none.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x180)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = Int16(byte) }
    return bytes
  }()

  /// The bytes that `token` spells, or nil when one of its characters stands for no byte.
  static func decoded(_ token: some Sequence<Unicode.Scalar>) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in token {
      guard scalar.value < 0x180, bytes[Int(scalar.value)] >= 0 else { return nil }
      result.append(UInt8(truncatingIfNeeded: bytes[Int(scalar.value)]))
    }
    return result
  }

  /// The characters that stand for `bytes`.
  static func encoded(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(scalars[Int(byte)]) }
    return text
  }
}
