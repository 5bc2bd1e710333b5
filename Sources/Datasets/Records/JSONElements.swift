internal import AnnealFiles

/// The elements of a JSON array, one after another, as a producer gives them.
///
/// Memory holds a part of the file and the element being read. Where an element ends is told by its
/// brackets and quotes; what lies between is the parser's to judge.
struct JSONElements {
  /// An element.
  struct Element {
    /// Its text.
    var bytes: [UInt8]
    /// The line that it begins on, from 1.
    var line: Int
    /// The characters before it on that line.
    var column: Int
    /// Whether another element begins on that line.
    var sharesLine: Bool
  }

  private let source: PeekedProducer
  private let path: String
  private var buffer: [UInt8] = []
  private var position = 0
  private var sourceHasMore = true
  // Of the position.
  private var (line, column) = (1, 0)
  private var lastLine = 0
  private var isOpen = false
  private var isClosed = false

  private static let part = 1 << 20

  /// The elements of the array that `source`, the file at `path`, begins with.
  init(_ source: PeekedProducer, path: String) { (self.source, self.path) = (source, path) }

  /// The next element; nil at the end.
  ///
  /// - Throws: `AnnealError` with the line when the array is not one.
  mutating func next() throws -> Element? {
    if !isOpen { try open() }
    guard !isClosed else { return nil }
    let end = try elementEnd()
    var element = Element(
      bytes: Array(buffer[position..<end]), line: line, column: column,
      sharesLine: lastLine == line)
    lastLine = line
    advance(to: end)
    do {
      try close(or: {
        try $0.skip(UInt8(ascii: ","), expected: "',' or ']' should follow an element")
        try $0.skipSpace()
        if $0.line == element.line { element.sharesLine = true }
      })
    } catch let error as AnnealError {
      // What is wrong inside of the element comes first.
      throw syntaxFault(in: element.bytes[...], line: element.line, column: element.column) ?? error
    }
    return element
  }

  private mutating func open() throws {
    isOpen = true
    while buffer.count < 3, try fill() {}
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    try skipSpace()
    try skip(UInt8(ascii: "["), expected: "an array should begin with '['")
    try skipSpace()
    try close(or: { _ in })
  }

  /// Takes the array's end, if it is here, and sees that nothing follows; else does `another`.
  private mutating func close(or another: (inout JSONElements) throws -> Void) throws {
    try skipSpace()
    guard try here() == UInt8(ascii: "]") else { return try another(&self) }
    advance(to: position + 1)
    try skipSpace()
    if try here() != nil { throw fault("more text follows after the value") }
    isClosed = true
  }

  /// The place after the element that begins here.
  private mutating func elementEnd() throws -> Int {
    while true {
      let end = buffer.withUnsafeBufferPointer { JSONOutline($0).valueEnd(position) }
      // What ends with the text so far, such as a number, may go on.
      if let end, end < buffer.count || !sourceHasMore { return end }
      if let byte = try here(), byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
        throw fault("an element should follow, and \(byte == 0x2C ? "','" : "']'") stands there")
      }
      guard buffer.count - position <= LineReader.longest else {
        throw AnnealError(
          .data, "the element is longer than \(grouped(LineReader.longest)) bytes",
          at: .init(file: path, line: line),
          remedy: "Check that its brackets and quotes are closed, or divide the row.")
      }
      guard try fill() else { throw unfinished }
    }
  }

  /// What the parser says of an element that the file ends in.
  private var unfinished: AnnealError {
    let rest = buffer[position...]
    guard !rest.isEmpty else { return fault("the file ends inside of the array") }
    return syntaxFault(in: rest, line: line, column: column)
      ?? fault("the file ends inside of an element")
  }

  /// What the parser says of `text`, which begins at a place; nil when it is JSON.
  private func syntaxFault(
    in text: ArraySlice<UInt8>, line: Int, column: Int
  ) -> AnnealError? {
    do {
      _ = try text.withUnsafeBufferPointer {
        try JSON(parsing: $0, file: path, firstLine: line)
      }
    } catch var error as AnnealError {
      if error.place?.line == line { error.place?.column? += column }
      return error
    } catch {}
    return nil
  }

  private mutating func skip(_ byte: UInt8, expected: String) throws {
    guard let found = try here() else { throw fault("the file ends inside of the array") }
    guard found == byte else { throw fault(expected) }
    advance(to: position + 1)
  }

  private mutating func skipSpace() throws {
    while let byte = try here(), byte == 0x20 || (0x09...0x0D).contains(byte) {
      advance(to: position + 1)
    }
  }

  /// The byte at the position; nil at the end of the file.
  private mutating func here() throws -> UInt8? {
    while position == buffer.count { guard try fill() else { return nil } }
    return buffer[position]
  }

  /// Moves on to `end`, counting lines and characters.
  private mutating func advance(to end: Int) {
    for byte in buffer[position..<end] {
      if byte == 0x0A {
        (line, column) = (line + 1, 0)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    position = end
  }

  /// Reads on, at least as much as there is, so that a long element is looked at few times; whether
  /// there was anything.
  private mutating func fill() throws -> Bool {
    guard sourceHasMore else { return false }
    buffer.removeFirst(position)
    position = 0
    let before = buffer.count
    while buffer.count == before, sourceHasMore {
      sourceHasMore = try source.read(max(Self.part, before), into: &buffer)
    }
    return buffer.count > before
  }

  private func fault(_ message: String) -> AnnealError {
    AnnealError(
      .data, "not valid JSON: \(message)", at: .init(file: path, line: line, column: column + 1))
  }
}
