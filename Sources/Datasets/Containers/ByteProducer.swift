internal import AnnealFiles

/// Something that gives bytes in parts until it ends: a file, a pipe, what is unpacked from one.
protocol ByteProducer: AnyObject {
  /// Appends up to `count` more bytes to `bytes`; whether there may be more.
  func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool
}

/// A file of which it is told how much was read.
final class WatchedFile: ByteProducer {
  private let file: InputFile
  private let progress: WorkProgress?
  private let name: String
  private let size: Int
  private var done = 0

  init(path: String) throws {
    file = try InputFile(path: path)
    name = "reading \(Folder.name(of: path))"
    size = Folder.fileBytes(path) ?? 0
    progress = WorkProgress.current
  }

  func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool {
    let before = bytes.count
    let hasMore = try file.read(count, into: &bytes)
    done += bytes.count - before
    // Of a pipe nobody knows how long it is.
    try progress?.step(size > 0 ? done : 0, of: max(1, size), as: name)
    return hasMore
  }
}

/// A producer whose first bytes can be looked at before they are read.
final class PeekedProducer: ByteProducer {
  private let source: any ByteProducer
  /// The bytes looked at and not yet read.
  private(set) var head: [UInt8] = []
  /// Whether `head` is all there is.
  private(set) var isWhole = false

  init(_ source: any ByteProducer) { self.source = source }

  /// Looks at so many bytes, or at all when there are fewer.
  func look(at count: Int) throws {
    while head.count < count, !isWhole {
      isWhole = try !source.read(max(1, count - head.count), into: &head)
    }
  }

  func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool {
    guard !head.isEmpty else { return isWhole ? false : try source.read(count, into: &bytes) }
    if bytes.isEmpty, head.count <= count {
      swap(&bytes, &head)
    } else {
      let part = head.prefix(count)
      bytes += part
      head.removeFirst(part.count)
    }
    return !head.isEmpty || !isWhole
  }
}

/// The bytes of a data file, unpacked when it is compressed.
struct DataBytes {
  /// The file's name without what says that it is compressed: `a.jsonl` of `a.jsonl.gz`.
  let plainName: String
  /// The bytes; something of them has been looked at.
  let bytes: PeekedProducer
  /// How the file holds columns, when it does.
  let columns: ArrowFile.Kind?

  /// How many bytes are looked at to tell what a file is.
  static let looked = 1 << 16

  /// Opens the file at `path`.
  ///
  /// - Throws: `AnnealError` when it cannot be read, or is of a kind that holds no text.
  init(path: String) throws {
    let packed = PeekedProducer(try WatchedFile(path: path))
    try packed.look(at: Self.looked)
    if let kind = ArrowFile.kind(of: packed.head) {
      bytes = PeekedProducer(try ArrowFile(path: path, kind: kind))
      try bytes.look(at: Self.looked)
      // What the bridge gives is lines of JSON.
      (plainName, columns) = (path + ".jsonl", kind)
      return
    }
    columns = nil
    guard let compression = Compressions.all.first(where: { packed.head.starts(with: $0.magic) })
    else {
      (plainName, bytes) = (path, packed)
      try TextContents.refuseOtherKinds(bytes.head.prefix(8), path: path)
      return
    }
    bytes = PeekedProducer(try compression.init(packed, path: path))
    try bytes.look(at: Self.looked)
    plainName = Compressions.plainName(path)
    try TextContents.refuseOtherKinds(bytes.head.prefix(8), path: path)
  }

  /// Whether the first thing that is no space is the beginning of a JSON array.
  func beginsWithArray() throws -> Bool {
    while true {
      let first = bytes.head.withUnsafeBufferPointer(\.firstVisible)
      if first != nil || bytes.isWhole { return first == UInt8(ascii: "[") }
      try bytes.look(at: 2 * max(bytes.head.count, Self.looked))
    }
  }

  /// All bytes that are left.
  ///
  /// - Throws: `AnnealError` when there are more than `limit`: a small compressed file may hold
  ///   more than any memory.
  func rest(limit: Int, path: String) throws -> [UInt8] {
    var all: [UInt8] = []
    while try bytes.read(1 << 20, into: &all) {
      guard all.count <= limit else {
        throw AnnealError(
          .data, "the file holds more than \(grouped(limit)) bytes in one JSON value",
          at: .init(file: path), remedy: "Write it as JSON lines, which are read row by row.")
      }
    }
    return all
  }
}
