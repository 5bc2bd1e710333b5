/// The metadata of a GGUF file, mapped into memory and checked.
///
/// Layout (ggml, docs/gguf.md, versions 2 and 3, little-endian): the magic `GGUF`; the version, 32
/// bits; the counts of tensors and of metadata entries, 64 bits each; then the entries, each a name,
/// a type of 32 bits and a value. A string is its length in 64 bits and its bytes; an array its
/// elements' type, their count in 64 bits and the elements. Nothing is read beyond the file's end.
public final class GGUFFile: Sendable {
  /// The file's path.
  public let path: String
  /// How many tensors it says it holds.
  public let tensorCount: Int
  /// The names of the metadata in the order of the file.
  public let names: [String]

  private let file: MappedFile
  private let entries: [String: Entry]

  private struct Entry: Sendable {
    var type: ValueType
    /// How many values: 1, or an array's elements.
    var count: Int
    var isArray: Bool
    /// Where the first value begins.
    var start: Int
  }

  /// The types by the numbers that the format gives them.
  private enum ValueType: UInt32 {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64
    case float64

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

  /// Opens the file at `path` and walks its metadata.
  ///
  /// - Throws: `AnnealError` of kind `model` that names the entry and the fault.
  public init(path: String) throws {
    self.path = path
    file = try MappedFile(path: path, code: .model)
    var cursor = ByteCursor(file.bytes)
    guard cursor.bytes(4)?.elementsEqual("GGUF".utf8) == true else {
      throw Self.fault("this is not a GGUF file: it does not begin with 'GGUF'", path)
    }
    guard let version = cursor.integer(UInt32.self), version == 2 || version == 3 else {
      throw Self.fault("this version of GGUF is not supported; 2 and 3, little-endian, are", path)
    }
    guard let tensors = cursor.count(), let count = cursor.count() else {
      throw Self.fault("the file ends inside its header", path)
    }
    tensorCount = tensors
    var names: [String] = []
    var entries: [String: Entry] = [:]
    for index in 0..<count {
      // Every entry takes bytes of the file, so a false count ends here and not in memory.
      guard let name = cursor.string(), let entry = Self.entry(&cursor) else {
        throw Self.fault("metadata entry \(index) is broken or reaches beyond the end", path)
      }
      let text = String(decoding: name, as: UTF8.self)
      names.append(text)
      entries[text] = entry
    }
    self.names = names
    self.entries = entries
  }

  /// The string called `name`, ill-formed UTF-8 repaired; nil when it is absent or no string.
  public func string(_ name: String) -> String? {
    guard let entry = entries[name], !entry.isArray, entry.type == .string else { return nil }
    var cursor = ByteCursor(file.bytes, at: entry.start)
    return cursor.string().map { String(decoding: $0, as: UTF8.self) }
  }

  /// The integer called `name`; nil when it is absent, no integer, or beyond 63 bits.
  public func integer(_ name: String) -> Int? {
    guard let entry = entries[name], !entry.isArray else { return nil }
    return integers(entry)?.first
  }

  /// The boolean called `name`.
  public func bool(_ name: String) -> Bool? {
    guard let entry = entries[name], !entry.isArray, entry.type == .bool else { return nil }
    return file.bytes[entry.start] != 0
  }

  /// The elements of an array of strings, as bytes.
  public func strings(_ name: String) -> [[UInt8]]? {
    guard let entry = entries[name], entry.isArray, entry.type == .string else { return nil }
    var cursor = ByteCursor(file.bytes, at: entry.start)
    return (0..<entry.count).compactMap { _ in cursor.string().map { Array($0) } }
  }

  /// The elements of an array of integers.
  public func integers(_ name: String) -> [Int]? {
    guard let entry = entries[name], entry.isArray else { return nil }
    return integers(entry)
  }

  /// The elements of an array of numbers of 32 or 64 bits with a fraction.
  public func numbers(_ name: String) -> [Double]? {
    guard let entry = entries[name], entry.isArray else { return nil }
    var cursor = ByteCursor(file.bytes, at: entry.start)
    switch entry.type {
    case .float32:
      return (0..<entry.count).compactMap { _ in
        cursor.integer(UInt32.self).map { Double(Float(bitPattern: $0)) }
      }
    case .float64:
      return (0..<entry.count).compactMap { _ in
        cursor.integer(UInt64.self).map { Double(bitPattern: $0) }
      }
    default: return nil
    }
  }

  private func integers(_ entry: Entry) -> [Int]? {
    var cursor = ByteCursor(file.bytes, at: entry.start)
    func all<Value: FixedWidthInteger>(_ type: Value.Type) -> [Int]? {
      var values: [Int] = []
      values.reserveCapacity(entry.count)
      for _ in 0..<entry.count {
        guard let value = cursor.integer(type), let integer = Int(exactly: value) else {
          return nil
        }
        values.append(integer)
      }
      return values
    }
    switch entry.type {
    case .uint8: return all(UInt8.self)
    case .int8: return all(Int8.self)
    case .uint16: return all(UInt16.self)
    case .int16: return all(Int16.self)
    case .uint32: return all(UInt32.self)
    case .int32: return all(Int32.self)
    case .uint64: return all(UInt64.self)
    case .int64: return all(Int64.self)
    case .float32, .float64, .bool, .string, .array: return nil
    }
  }

  /// Reads an entry's type and passes over its value; nil when it does not fit into the file.
  private static func entry(_ cursor: inout ByteCursor) -> Entry? {
    guard let number = cursor.integer(UInt32.self), let type = ValueType(rawValue: number) else {
      return nil
    }
    guard type == .array else {
      let start = cursor.position
      guard skip(type, count: 1, &cursor) else { return nil }
      return Entry(type: type, count: 1, isArray: false, start: start)
    }
    // Arrays of arrays are allowed by the format and used by nobody.
    guard let number = cursor.integer(UInt32.self), let type = ValueType(rawValue: number),
      type != .array, let count = cursor.count()
    else { return nil }
    let start = cursor.position
    guard skip(type, count: count, &cursor) else { return nil }
    return Entry(type: type, count: count, isArray: true, start: start)
  }

  private static func skip(_ type: ValueType, count: Int, _ cursor: inout ByteCursor) -> Bool {
    if let size = type.size {
      let (total, overflow) = count.multipliedReportingOverflow(by: size)
      return !overflow && cursor.bytes(total) != nil
    }
    for _ in 0..<count where cursor.string() == nil { return false }
    return true
  }

  private static func fault(_ message: String, _ path: String) -> AnnealError {
    AnnealError(.model, message, at: .init(file: path))
  }
}

/// Reads little-endian values one after another and never beyond the end.
private struct ByteCursor {
  private let all: UnsafeRawBufferPointer
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    all = bytes
    self.position = position
  }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
    let size = Value.bitWidth / 8
    guard all.count - position >= size else { return nil }
    defer { position += size }
    return Value(littleEndian: all.loadUnaligned(fromByteOffset: position, as: type))
  }

  /// A count in 64 bits that is not negative as a signed number.
  mutating func count() -> Int? { integer(UInt64.self).flatMap { Int(exactly: $0) } }

  mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, count <= all.count - position else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: all[position..<position + count])
  }

  mutating func string() -> UnsafeRawBufferPointer? { count().flatMap { bytes($0) } }
}
