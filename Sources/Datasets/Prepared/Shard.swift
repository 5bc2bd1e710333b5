internal import AnnealFiles

/// A file of prepared rows: tokens, masks and places of some thousand rows, side by side.
///
/// A safetensors file, so that other programs can read it: `ids` and `loss_mask` of all tokens,
/// `examples` and `records` as `ShardRows` has them, `fingerprints`, and what was said of rows that
/// were left out as JSON.
final class Shard: Sendable {
  /// How many records it has.
  let recordCount: Int
  /// How many examples it has.
  let exampleCount: Int
  /// How many tokens it has.
  let tokenCount: Int

  private let file: RandomAccessFile
  private let ranges: [String: Range<Int>]

  private static let types = [
    "ids": "I32", "loss_mask": "U8", "examples": "I32", "records": "I32", "fingerprints": "U64",
    "details": "U8", "bad": "U8",
  ]

  /// Opens the shard at `path`.
  ///
  /// - Throws: `AnnealError` when it is no shard or its parts do not fit together.
  init(path: String) throws {
    let header = try SafetensorsFile(path: path)
    var ranges: [String: Range<Int>] = [:]
    var counts: [String: Int] = [:]
    for (name, type) in Self.types {
      guard let entry = header.entry(name), entry.dtype == type else {
        throw Self.fault(path, "it has no \(name) of type \(type)")
      }
      ranges[name] = entry.byteRange
      counts[name] = entry.shape.reduce(1, *)
    }
    self.ranges = ranges
    (recordCount, tokenCount) = (counts["fingerprints", default: 0], counts["ids", default: 0])
    exampleCount = counts["examples", default: 0] / ShardRows.exampleWidth
    guard counts["records"] == recordCount * ShardRows.recordWidth,
      counts["examples"] == exampleCount * ShardRows.exampleWidth,
      counts["loss_mask"] == tokenCount
    else { throw Self.fault(path, "its parts do not fit together") }
    file = try RandomAccessFile(path: path)
  }

  private static func fault(_ path: String, _ what: String) -> AnnealError {
    AnnealError(
      .data, "this is no shard of prepared rows: \(what)", at: .init(file: path),
      remedy: "Remove its folder; the rows are prepared anew.")
  }

  // MARK: Reading

  /// The numbers of the records in `range`, `ShardRows.recordWidth` each.
  func records(_ range: Range<Int>) throws -> [Int32] {
    try values("records", range, width: ShardRows.recordWidth)
  }

  /// The numbers of the examples in `range`, `ShardRows.exampleWidth` each.
  func examples(_ range: Range<Int>) throws -> [Int32] {
    try values("examples", range, width: ShardRows.exampleWidth)
  }

  /// The fingerprints of all records.
  func fingerprints() throws -> [UInt64] { try values("fingerprints", 0..<recordCount, width: 1) }

  /// The tokens in `range`, and which are learned.
  func tokens(_ range: Range<Int>) throws -> (ids: [Int32], lossMask: [Bool]) {
    let mask: [UInt8] = try values("loss_mask", range, width: 1)
    return (try values("ids", range, width: 1), mask.map { $0 != 0 })
  }

  /// What was said of records that were left out.
  func details() throws -> [Int: String] {
    var details: [Int: String] = [:]
    for entry in try json("details") {
      guard let record = entry[0]?.integer, let text = entry[1]?.string else { continue }
      details[record] = text
    }
    return details
  }

  /// The rows that could not be used.
  func bad(files: [String]) throws -> [BadRow] {
    try json("bad").compactMap { BadRow(kept: $0, files: files) }
  }

  /// How many rows could not be used.
  func badCount() throws -> Int { try json("bad").count }

  private func json(_ name: String) throws -> [JSON] {
    let bytes: [UInt8] = try values(name, 0..<(ranges[name]?.count ?? 0), width: 1)
    return try JSON(parsing: bytes, file: file.path).array ?? []
  }

  /// The values of the rows in `range` of a tensor with so many columns.
  private func values<Value: BitwiseCopyable>(
    _ name: String, _ range: Range<Int>, width: Int
  ) throws -> [Value] {
    let size = MemoryLayout<Value>.stride * width
    let whole = ranges[name] ?? 0..<0
    guard range.lowerBound >= 0, range.upperBound <= whole.count / size else {
      throw Self.fault(file.path, "\(name) ends before \(range.upperBound)")
    }
    let start = whole.lowerBound + range.lowerBound * size
    let bytes = try file.read(start..<start + range.count * size)
    let count = range.count * width
    return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      filled = count
    }
  }
}

extension ShardRows {
  /// Writes the shard into `folder`, under a name that begins with `name` and holds its hash.
  ///
  /// - Returns: the file's name and its SHA-256.
  func write(to folder: String, name: String) throws -> (file: String, hash: String) {
    let path = "\(folder)/\(name).new"
    try SafetensorsWriter.write(
      to: path, metadata: ["format": "anneal.prepared"],
      tensors: [
        tensor("ids", "I32", [ids.count], ids),
        tensor("loss_mask", "U8", [lossMask.count], lossMask),
        tensor("examples", "I32", [exampleCount, Self.exampleWidth], examples),
        tensor("records", "I32", [recordCount, Self.recordWidth], records),
        tensor("fingerprints", "U64", [recordCount], fingerprints), text("details", details),
        text("bad", bad),
      ])
    let hash = try SHA256Digest.hex(reading: path)
    let file = Self.file(name, hash)
    try Folder.move(path, to: "\(folder)/\(file)")
    return (file, hash)
  }

  /// The name of the file of shard `name` whose SHA-256 is `hash`.
  static func file(_ name: String, _ hash: String) -> String {
    "\(name)-\(hash.prefix(16)).safetensors"
  }

  private func text(_ name: String, _ values: [JSON]) -> SafetensorsTensor {
    let bytes = Array(JSON.array(values).text().utf8)
    return tensor(name, "U8", [bytes.count], bytes)
  }

  private func tensor(
    _ name: String, _ type: String, _ shape: [Int], _ values: [some BitwiseCopyable]
  ) -> SafetensorsTensor {
    SafetensorsTensor(name: name, dtype: type, shape: shape) { body in
      try values.withUnsafeBytes { try body($0) }
    }
  }
}
