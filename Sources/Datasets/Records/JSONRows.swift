internal import AnnealFiles

extension RowReader {
  /// The rows of a JSON array, each an element.
  func arrayRows(_ source: PeekedProducer, _ body: (RowEvent) throws -> Void) throws {
    var elements = JSONElements(source, path: path)
    var index = 0
    while let element = try elements.next() {
      guard let row = try row(of: element, index: index, body) else { continue }
      index += 1
      try body(.row(row))
    }
  }

  /// The rows of one JSON object: the elements of its only array of objects, or the object itself.
  func objectRows(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (RowEvent) throws -> Void
  ) throws {
    guard bytes.firstVisible == UInt8(ascii: "{") else { throw fault(in: bytes) }
    let value = try JSON(parsing: bytes, file: path)
    let outline = JSONOutline(bytes)
    guard let members = outline.members(in: 0..<bytes.count) else { throw fault(in: bytes) }
    // A row by itself may hold lists of objects too, such as its messages and its tools.
    let isRow = value["messages"] != nil || value["conversations"] != nil
    let wrapped =
      isRow ? [] : members.filter { name, _ in value[name]?.isListOfObjects == true }
    guard wrapped.count == 1, let elements = outline.elements(in: wrapped[0].range) else {
      return try body(.row(try row(value, index: 0, line: 1)))
    }
    try rows(of: elements, bytes, body)
  }

  private func rows(
    of elements: [Range<Int>], _ bytes: UnsafeBufferPointer<UInt8>,
    _ body: (RowEvent) throws -> Void
  ) throws {
    var (line, counted, index, lastLine) = (1, 0, 0, 0)
    for (place, range) in elements.enumerated() {
      for byte in bytes[counted..<range.lowerBound] where byte == 0x0A { line += 1 }
      counted = range.lowerBound
      let lineStart = bytes[..<counted].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let element = JSONElements.Element(
        bytes: Array(bytes[range]), line: line,
        column: bytes[lineStart..<counted].count { $0 & 0xC0 != 0x80 },
        sharesLine: lastLine == line || isFollowed(place, in: elements, bytes))
      lastLine = line
      guard let row = try row(of: element, index: index, body) else { continue }
      index += 1
      try body(.row(row))
    }
  }

  /// The row that `element` is; nil, and told, when it is none.
  ///
  /// - Throws: what the parser says of text that is no JSON: where the element after it begins is not
  ///   sure then, and rows would be lost.
  private func row(
    of element: JSONElements.Element, index: Int, _ body: (RowEvent) throws -> Void
  ) throws -> Row? {
    do {
      let line = element.line
      if let fault = fault(of: .init(number: line, bytes: element.bytes)) { throw fault }
      let value = try element.bytes.withUnsafeBufferPointer {
        try JSON(parsing: $0, file: path, firstLine: line, refusingRepeats: true)
      }
      var row = try row(value, index: index, line: line)
      row.sharesLine = element.sharesLine
      return row
    } catch var error as AnnealError {
      if error.place?.line == element.line { error.place?.column? += element.column }
      guard Self.isWhole(element) else {
        error.remedy = "Mend it; or write the rows as JSON lines, of which each can be left out."
        throw error
      }
      try body(.bad(BadRow(error, text: element.bytes)))
      return nil
    }
  }

  /// Whether the text of `element` is JSON, whatever else is wrong with it.
  private static func isWhole(_ element: JSONElements.Element) -> Bool {
    // What is no UTF-8 stands within strings, or is no JSON as well.
    let text = String(decoding: element.bytes, as: UTF8.self)
    return (try? JSON(parsing: text)) != nil
  }

  /// Whether the next element begins on the line on which the one at `place` does.
  private func isFollowed(
    _ place: Int, in elements: [Range<Int>], _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard place + 1 < elements.count else { return false }
    return !bytes[elements[place].lowerBound..<elements[place + 1].lowerBound].contains(0x0A)
  }

  /// What the parser says about the whole file; the outline is only made of valid text.
  private func fault(in bytes: UnsafeBufferPointer<UInt8>) -> AnnealError {
    do {
      let value = try JSON(parsing: bytes, file: path)
      return AnnealError(
        .data, "the file holds \(value.kind); an array of objects is expected",
        at: .init(file: path, line: 1))
    } catch let error as AnnealError {
      return error
    } catch {
      return AnnealError(.data, "not valid JSON", at: .init(file: path), cause: error)
    }
  }
}

extension JSON {
  fileprivate var isListOfObjects: Bool {
    guard let array, !array.isEmpty else { return false }
    return array.allSatisfy { $0.object != nil }
  }
}

/// Where the parts of a JSON text lie, without reading them.
///
/// For the line numbers of an array's elements. It trusts brackets and quotes; what lies
/// between is the parser's to judge.
struct JSONOutline {
  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The elements of the array that `range` holds; nil when its brackets do not match.
  func elements(in range: Range<Int>) -> [Range<Int>]? {
    var position = skipSpace(range.lowerBound)
    guard byte(position) == UInt8(ascii: "[") else { return nil }
    position = skipSpace(position + 1)
    var elements: [Range<Int>] = []
    if byte(position) == UInt8(ascii: "]") { return endsAt(position, range) ? [] : nil }
    while let end = valueEnd(position) {
      elements.append(position..<end)
      position = skipSpace(end)
      if byte(position) == UInt8(ascii: "]") { return endsAt(position, range) ? elements : nil }
      guard byte(position) == UInt8(ascii: ",") else { return nil }
      position = skipSpace(position + 1)
    }
    return nil
  }

  /// The members of the object that `range` holds; nil when its brackets do not match.
  func members(in range: Range<Int>) -> [(name: String, range: Range<Int>)]? {
    var position = skipSpace(range.lowerBound)
    guard byte(position) == UInt8(ascii: "{") else { return nil }
    position = skipSpace(position + 1)
    var members: [(name: String, range: Range<Int>)] = []
    while byte(position) == UInt8(ascii: "\""), let keyEnd = valueEnd(position) {
      let key = try? JSON(parsing: UnsafeBufferPointer(rebasing: bytes[position..<keyEnd]))
      position = skipSpace(keyEnd)
      guard let name = key?.string, byte(position) == UInt8(ascii: ":") else { return nil }
      position = skipSpace(position + 1)
      guard let end = valueEnd(position) else { return nil }
      members.append((name, position..<end))
      position = skipSpace(end)
      if byte(position) == UInt8(ascii: ",") { position = skipSpace(position + 1) }
    }
    return byte(position) == UInt8(ascii: "}") ? members : nil
  }

  private func byte(_ position: Int) -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private func skipSpace(_ position: Int) -> Int {
    var position = position
    while let byte = byte(position), byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    return position
  }

  private func endsAt(_ position: Int, _ range: Range<Int>) -> Bool {
    skipSpace(position + 1) >= range.upperBound
  }

  /// The place after the value that begins at `start`; nil when the text ends inside it.
  func valueEnd(_ start: Int) -> Int? {
    var position = start
    var open: [UInt8] = []
    while let byte = byte(position) {
      switch byte {
      case UInt8(ascii: "\""):
        guard let end = stringEnd(position) else { return nil }
        position = end
        if open.isEmpty { return position }
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): open.append(byte)
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        // In ASCII a bracket's other half is two places on.
        guard let last = open.popLast() else { return position > start ? position : nil }
        // After a wrong bracket nothing is sure: the parser tells of it.
        if open.isEmpty || last + 2 != byte { return position + 1 }
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
        if open.isEmpty { return position > start ? position : nil }
      default: break
      }
      position += 1
    }
    return open.isEmpty && position > start ? position : nil
  }

  private func stringEnd(_ start: Int) -> Int? {
    var position = start + 1
    while let byte = byte(position) {
      if byte == UInt8(ascii: "\"") { return position + 1 }
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }
}
