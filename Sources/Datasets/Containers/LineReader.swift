#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The lines of a producer, numbered from 1, without their ends (`\n` or `\r\n`).
///
/// Memory holds a part of the file and the line being read. A byte-order mark is dropped.
struct LineReader {
  /// A line.
  struct Line: Sendable {
    var number: Int
    var bytes: [UInt8]
    /// Whether only the line's beginning is here, because it is longer than `longest`.
    var isTooLong = false
    /// Whether a line end follows.
    var isEnded = true

    /// Whether there is nothing but space on it.
    var isBlank: Bool { !bytes.contains { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D } }
  }

  /// The longest line that is read whole, bytes.
  static let longest = 1 << 26
  /// How much of a longer line is kept, to tell it by.
  private static let shown = 200
  private static let part = 1 << 20

  private let source: any ByteProducer
  private var buffer: [UInt8] = []
  private var position = 0
  private var sourceHasMore = true
  private var number = 0
  private var waiting: [Line] = []

  init(_ source: any ByteProducer) { self.source = source }

  /// Lines that are read again, before the others.
  mutating func putBack(_ lines: some Collection<Line>) {
    waiting = Array(lines) + waiting
  }

  /// The next line; nil at the end.
  mutating func next() throws -> Line? {
    if !waiting.isEmpty { return waiting.removeFirst() }
    var line = Line(number: number + 1, bytes: [], isEnded: false)
    while !line.isEnded {
      guard try fill() else { break }
      let end = endOfLine()
      take(upTo: end ?? buffer.count, into: &line)
      position = end.map { $0 + 1 } ?? buffer.count
      line.isEnded = end != nil
    }
    guard line.isEnded || !line.bytes.isEmpty else { return nil }
    number += 1
    if line.bytes.last == 0x0D { line.bytes.removeLast() }
    if number == 1, line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line.bytes.removeFirst(3) }
    return line
  }

  /// Whether there is a byte to read.
  private mutating func fill() throws -> Bool {
    while position == buffer.count, sourceHasMore {
      buffer.removeAll(keepingCapacity: true)
      position = 0
      sourceHasMore = try source.read(Self.part, into: &buffer)
    }
    return position < buffer.count
  }

  private mutating func take(upTo end: Int, into line: inout Line) {
    guard !line.isTooLong else { return }
    if line.bytes.count + end - position > Self.longest {
      line.isTooLong = true
      line.bytes += buffer[position..<end].prefix(Self.shown)
      line.bytes = Array(line.bytes.prefix(Self.shown))
    } else {
      line.bytes += buffer[position..<end]
    }
  }

  private func endOfLine() -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + position, 0x0A, bytes.count - position)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }
}
