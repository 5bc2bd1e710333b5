/// A GGUF file, mapped into memory and checked: its metadata, and its tensors when they are asked for.
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
  /// Where the metadata end and the list of tensors begins.
  private let tensorsStart: Int

  static let alignmentKey = "general.alignment"

  private struct Entry: Sendable {
    var type: GGUFValueType
    /// How many values: 1, or an array's elements.
    var count: Int
    var isArray: Bool
    /// Where the first value begins.
    var start: Int
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
    tensorsStart = cursor.position
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

  /// The number of 32 or 64 bits with a fraction called `name`.
  public func number(_ name: String) -> Double? {
    guard let entry = entries[name], !entry.isArray else { return nil }
    return numbers(entry)?.first
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
    return numbers(entry)
  }

  private func numbers(_ entry: Entry) -> [Double]? {
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
    guard let number = cursor.integer(UInt32.self), let type = GGUFValueType(rawValue: number)
    else {
      return nil
    }
    guard type == .array else {
      let start = cursor.position
      guard skip(type, count: 1, &cursor) else { return nil }
      return Entry(type: type, count: 1, isArray: false, start: start)
    }
    // Arrays of arrays are allowed by the format and used by nobody.
    guard let number = cursor.integer(UInt32.self), let type = GGUFValueType(rawValue: number),
      type != .array, let count = cursor.count()
    else { return nil }
    let start = cursor.position
    guard skip(type, count: count, &cursor) else { return nil }
    return Entry(type: type, count: count, isArray: true, start: start)
  }

  private static func skip(_ type: GGUFValueType, count: Int, _ cursor: inout ByteCursor) -> Bool {
    if let size = type.size {
      let (total, overflow) = count.multipliedReportingOverflow(by: size)
      return !overflow && cursor.bytes(total) != nil
    }
    for _ in 0..<count where cursor.string() == nil { return false }
    return true
  }

  static func fault(_ message: String, _ path: String) -> AnnealError {
    AnnealError(.model, message, at: .init(file: path))
  }
}

extension GGUFFile {
  /// The tensors in the order of the file.
  ///
  /// - Throws: `AnnealError` of kind `model` that names the tensor and the fault: a type that is not
  ///   known, extents that do not fit it, bytes beyond the file's end.
  public func tensors() throws -> [GGUFTensorEntry] {
    var cursor = ByteCursor(file.bytes, at: tensorsStart)
    var heads: [TensorHead] = []
    for index in 0..<tensorCount {
      // Every tensor takes bytes of the list, so a false count ends here and not in memory.
      guard let head = TensorHead(&cursor) else {
        throw Self.fault("tensor \(index) of the list is broken or reaches beyond the end", path)
      }
      heads.append(head)
    }
    let alignment = integer(Self.alignmentKey) ?? GGUFWriter.standardAlignment
    guard alignment > 0, alignment <= 1 << 20 else {
      throw Self.fault("'\(Self.alignmentKey)' is \(alignment); expected 1 to \(1 << 20)", path)
    }
    let (filled, _) = cursor.position.addingReportingOverflow(alignment - 1)
    return try heads.map { try entry($0, dataStart: filled / alignment * alignment) }
  }

  /// The bytes of `entry`, valid while this object lives.
  ///
  /// Empty for an entry of another file that lies outside this one.
  public func bytes(of entry: GGUFTensorEntry) -> UnsafeRawBufferPointer {
    guard entry.byteRange.upperBound <= file.bytes.count else { return .init(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange])
  }

  /// What the list says of a tensor.
  private struct TensorHead {
    var name: String
    var shape: [Int]
    var type: UInt32
    var offset: Int

    init?(_ cursor: inout ByteCursor) {
      guard let name = cursor.string(), let dimensions = cursor.integer(UInt32.self),
        dimensions <= 4
      else { return nil }
      self.name = String(decoding: name, as: UTF8.self)
      shape = []
      for _ in 0..<dimensions {
        guard let extent = cursor.count() else { return nil }
        shape.insert(extent, at: 0)
      }
      guard let type = cursor.integer(UInt32.self), let offset = cursor.count() else { return nil }
      self.type = type
      self.offset = offset
    }
  }

  private func entry(_ head: TensorHead, dataStart: Int) throws -> GGUFTensorEntry {
    func fault(_ message: String) -> AnnealError {
      Self.fault("tensor \(head.name): \(message)", path)
    }
    guard let format = BlockFormats.numbered(head.type) else {
      throw fault(
        "its type \(head.type) is not known; known are \(BlockFormats.names.joined(separator: ", "))"
      )
    }
    guard let size = format.byteCount(ofValuesIn: head.shape) else {
      throw fault(
        "its extents \(head.shape) are too large, or no whole number of blocks of "
          + "\(format.valuesPerBlock), as \(format.name) needs")
    }
    let (start, isFar) = dataStart.addingReportingOverflow(head.offset)
    let (end, isLong) = start.addingReportingOverflow(size)
    guard !isFar, !isLong, end <= file.bytes.count else {
      throw fault("its bytes lie beyond the file's end; fetch the file again")
    }
    return GGUFTensorEntry(
      name: head.name, format: format, shape: head.shape, byteRange: start..<end)
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
