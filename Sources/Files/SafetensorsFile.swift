internal import struct OrderedCollections.OrderedDictionary

/// One tensor in a safetensors file.
public struct SafetensorsEntry: Sendable, Hashable {
  /// The tensor's name.
  public let name: String
  /// The type of its values by the format's name, such as `BF16`.
  public let dtype: String
  /// Its extents; empty for a single value.
  public let shape: [Int]
  /// Where its bytes lie, counted from the beginning of the file.
  public let byteRange: Range<Int>
}

/// A safetensors file, mapped into memory and read lazily.
///
/// Layout (huggingface/safetensors, "Format"): eight bytes, little-endian, the header's length;
/// the header, a JSON object from names to type, extents and byte offsets; then the values side by
/// side, without gaps. Everything the header claims is checked before a pointer is handed out.
public final class SafetensorsFile: Sendable {
  /// The largest header that is read, bytes; the reference has the same limit.
  public static let maximumHeaderBytes = 100_000_000

  /// The file's path.
  public let path: String
  /// The tensors' names in the order of their bytes.
  public let names: [String]
  /// What the header's `__metadata__` holds.
  public let metadata: [String: String]

  private let file: MappedFile
  private let entries: [String: SafetensorsEntry]

  /// Opens the file at `path` and checks its header.
  ///
  /// - Throws: `AnnealError` of kind `model` that names the tensor and the fault.
  public init(path: String) throws {
    self.path = path
    file = try MappedFile(path: path, code: .model)
    var header = try SafetensorsHeader(file.bytes, path: path)
    try header.check(fileBytes: file.bytes.count)
    metadata = header.metadata
    names = header.entries.map(\.name)
    entries = Dictionary(header.entries.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// The tensor called `name`; nil when there is none.
  public func entry(_ name: String) -> SafetensorsEntry? { entries[name] }

  /// The bytes of `entry`, little-endian, valid while this object lives.
  ///
  /// Empty for an entry of another file that lies outside this one.
  public func bytes(of entry: SafetensorsEntry) -> UnsafeRawBufferPointer {
    let range = entry.byteRange
    guard range.upperBound <= file.bytes.count else { return .init(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  /// Takes the pages of `entry` out of memory; the next use reads them again.
  public func letGo(_ entry: SafetensorsEntry) { file.letGo(entry.byteRange) }
}

/// The header of a safetensors file while it is read.
struct SafetensorsHeader {
  private(set) var entries: [SafetensorsEntry] = []
  private(set) var metadata: [String: String] = [:]
  private let path: String
  /// Where the tensors' bytes begin in the file.
  private let dataStart: Int

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    self.path = path
    guard bytes.count >= 8 else {
      throw Self.fault(
        path, "the file has \(bytes.count) bytes; a safetensors file has at least 8",
        remedy: Self.downloadAgain)
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(SafetensorsFile.maximumHeaderBytes) else {
      throw Self.fault(
        path,
        "the header claims \(length) bytes; at most \(SafetensorsFile.maximumHeaderBytes) "
          + "are read", remedy: "Is this a safetensors file?")
    }
    dataStart = 8 + Int(length)
    guard dataStart <= bytes.count else {
      throw Self.fault(
        path, "the file ends at byte \(bytes.count), its header needs up to \(dataStart)",
        remedy: Self.downloadAgain)
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])
    let members = try Self.members(text, path)
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, path)
      } else {
        entries.append(try entry(name, value))
      }
    }
    entries.sort { ($0.byteRange.lowerBound, $0.name) < ($1.byteRange.lowerBound, $1.name) }
  }

  /// Checks that every tensor lies in the file and that they touch each other without overlap.
  mutating func check(fileBytes: Int) throws {
    for entry in entries where entry.byteRange.upperBound > fileBytes {
      throw Self.fault(
        path,
        "the file ends at byte \(fileBytes), tensor \(entry.name) needs up to "
          + "\(entry.byteRange.upperBound)", remedy: Self.downloadAgain)
    }
    // Tensors without values may stand anywhere; they take no room.
    var end = dataStart
    var previous = "the header"
    for entry in entries where !entry.byteRange.isEmpty {
      let start = entry.byteRange.lowerBound
      if start < end {
        throw Self.fault(path, "the bytes of \(entry.name) overlap those of \(previous)")
      }
      if start > end {
        throw Self.fault(
          path, "\(start - end) bytes between \(previous) and \(entry.name) belong to no tensor")
      }
      end = entry.byteRange.upperBound
      previous = entry.name
    }
    if end < fileBytes {
      throw Self.fault(path, "\(fileBytes - end) bytes after \(previous) belong to no tensor")
    }
  }

  private func entry(_ name: String, _ value: JSON) throws -> SafetensorsEntry {
    func fault(_ message: String) -> AnnealError {
      Self.fault(path, "tensor \(name): \(message)")
    }
    guard let dtype = value["dtype"]?.string else { throw fault("it has no 'dtype'") }
    guard let size = SafetensorsType.bytes[dtype] else {
      let known = SafetensorsType.bytes.keys.sorted().joined(separator: ", ")
      throw fault("the type \(dtype) is not known; known are \(known)")
    }
    let shape = value["shape"]?.array?.map(\.integer) ?? [nil]
    let offsets = value["data_offsets"]?.array?.map(\.integer) ?? []
    let extents = shape.compactMap { $0 }
    guard extents.count == shape.count, extents.allSatisfy({ $0 >= 0 }) else {
      throw fault("'shape' should be a list of whole numbers from 0")
    }
    guard offsets.count == 2, let begin = offsets[0], let end = offsets[1],
      begin >= 0, begin <= end, end <= Int.max - dataStart
    else { throw fault("'data_offsets' should be two rising whole numbers") }
    guard let needed = Self.product(extents + [size]) else {
      throw fault("its extents \(extents) are too large")
    }
    guard needed == end - begin else {
      throw fault(
        "\(extents) values of \(dtype) take \(needed) bytes; 'data_offsets' gives \(end - begin)")
    }
    return SafetensorsEntry(
      name: name, dtype: dtype, shape: extents, byteRange: dataStart + begin..<dataStart + end)
  }

  private static func members(
    _ text: UnsafeRawBufferPointer, _ path: String
  ) throws -> OrderedDictionary<String, JSON> {
    let header: JSON
    do {
      header = try JSON(parsing: text.bindMemory(to: UInt8.self), file: path)
    } catch let error as AnnealError {
      throw fault(
        path, "the header is \(error.message)", remedy: "Is this a safetensors file?")
    }
    guard let members = header.object else {
      throw fault(path, "the header is \(header.kind); an object is expected")
    }
    return members
  }

  private static func metadata(_ value: JSON, _ path: String) throws -> [String: String] {
    guard let members = value.object else {
      throw fault(path, "__metadata__ is \(value.kind); an object of strings is expected")
    }
    return try members.reduce(into: [:]) { result, member in
      guard let text = member.value.string else {
        throw fault(path, "__metadata__.\(member.key) is \(member.value.kind), not a string")
      }
      result[member.key] = text
    }
  }

  private static func product(_ factors: [Int]) -> Int? {
    if factors.contains(0) { return 0 }
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = next
    }
    return product
  }

  private static let downloadAgain = "Was it copied or downloaded completely? Fetch it again."

  private static func fault(
    _ path: String, _ message: String, remedy: String? = nil
  ) -> AnnealError {
    AnnealError(.model, message, at: .init(file: path), remedy: remedy)
  }
}

/// The types of values that the format defines.
enum SafetensorsType {
  /// Bytes a value, by name.
  static let bytes: [String: Int] = Dictionary(
    uniqueKeysWithValues: ascending.map { ($0.name, $0.bytes) })

  /// All types from the narrowest, in the reference's order, which also orders its files.
  static let ascending: [(name: String, bytes: Int)] = [
    ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E5M2", 1), ("F8_E4M3", 1), ("I16", 2), ("U16", 2),
    ("F16", 2), ("BF16", 2), ("I32", 4), ("U32", 4), ("F32", 4), ("F64", 8), ("I64", 8),
    ("U64", 8),
  ]
}
