/// Reads the wire format of protocol buffers (protobuf.dev, "Encoding"), one field after another.
///
/// It knows no schema: what a field means is its caller's business. Every value lies inside the bytes
/// that were given; what does not is a broken message.
struct ProtobufReader {
  /// A field's value by its wire type.
  enum Value {
    case integer(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private let message: ArraySlice<UInt8>
  private var position: Int

  init(_ message: ArraySlice<UInt8>) {
    self.message = message
    position = message.startIndex
  }

  /// Gives each field of `message` to `body`; false when the message is broken.
  static func fields(
    of message: ArraySlice<UInt8>, _ body: (Int, Value) throws -> Void
  ) rethrows -> Bool {
    var reader = ProtobufReader(message)
    while reader.position < message.endIndex {
      guard let (number, value) = reader.field() else { return false }
      try body(number, value)
    }
    return true
  }

  private mutating func field() -> (Int, Value)? {
    guard let key = integer(), key >> 3 > 0, key >> 3 < 1 << 29 else { return nil }
    let value: Value?
    switch key & 7 {
    case 0: value = integer().map { .integer($0) }
    case 1: value = fixed(8).map { .fixed64($0) }
    case 2: value = slice().map { .bytes($0) }
    case 5: value = fixed(4).map { .fixed32(UInt32(truncatingIfNeeded: $0)) }
    // Groups went out of use before any file that is read here was written.
    default: value = nil
    }
    return value.map { (Int(key >> 3), $0) }
  }

  /// Seven bits a byte, the lowest first, at most ten bytes.
  private mutating func integer() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < message.endIndex else { return nil }
      let byte = message[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func fixed(_ count: Int) -> UInt64? {
    guard message.endIndex - position >= count else { return nil }
    defer { position += count }
    return message[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func slice() -> ArraySlice<UInt8>? {
    guard let length = integer(), length <= UInt64(message.endIndex - position) else { return nil }
    defer { position += Int(length) }
    return message[position..<position + Int(length)]
  }
}

extension ProtobufReader.Value {
  /// The integer, as the format spells enumerations, booleans and 32-bit numbers.
  var int: Int? {
    if case .integer(let value) = self {
      Int(truncatingIfNeeded: Int64(bitPattern: value))
    } else {
      nil
    }
  }

  var bool: Bool? { int.map { $0 != 0 } }

  var float: Float? { if case .fixed32(let value) = self { Float(bitPattern: value) } else { nil } }

  var bytes: ArraySlice<UInt8>? { if case .bytes(let value) = self { value } else { nil } }
}
