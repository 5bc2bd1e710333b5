internal import AnnealFiles

/// Some rows of a file, which any thread can read.
struct RowPart: Sendable {
  /// What there is of the rows.
  enum Content: Sendable {
    /// Lines of JSON that are yet to be parsed.
    case lines([LineReader.Line], firstRow: Int)
    /// Rows of a file whose rows only show themselves to who reads it from its beginning.
    case events([RowEvent])
  }

  /// What there is of the rows.
  var content: Content
  /// How many there are, bad ones too.
  var rows = 0
  /// About how many bytes they have.
  var bytes = 0

  /// Rows of a part at most.
  static let mostRows = 1024
  /// Bytes of a part, about; one row may have more.
  static let mostBytes = 1 << 20

  /// Whether no more should be added.
  var isFull: Bool { rows >= Self.mostRows || bytes >= Self.mostBytes }
}

extension RowReader {
  /// Calls `body` with all rows of the file in parts.
  ///
  /// JSON lines are only cut apart here and parsed by whoever reads the part.
  ///
  /// - Throws: what `body` throws, and `AnnealError` when the file itself cannot be read.
  func forEachPart(_ body: (RowPart) throws -> Void) throws {
    let (data, kind) = try open()
    guard kind.isLinesOfJSON else {
      var part: [RowEvent] = []
      var size = RowPart(content: .events([]))
      func flush() throws {
        guard !part.isEmpty else { return }
        size.content = .events(part)
        try body(size)
        (part, size) = ([], RowPart(content: .events([])))
      }
      try read(data, kind) { event in
        part.append(event)
        if case .note = event {} else { size.rows += 1 }
        if case .row(let row) = event { size.bytes += row.fields.approximateBytes }
        if size.isFull { try flush() }
      }
      return try flush()
    }
    var lines = LineReader(data.bytes)
    var part: [LineReader.Line] = []
    var size = RowPart(content: .events([]))
    var read = 0
    func flush() throws {
      guard !part.isEmpty else { return }
      size.content = .lines(part, firstRow: read)
      read += part.count
      try body(size)
      (part, size) = ([], RowPart(content: .events([])))
    }
    while let line = try lines.next() {
      guard !line.isBlank else { continue }
      size.rows += 1
      size.bytes += line.bytes.count
      part.append(line)
      if size.isFull { try flush() }
    }
    try flush()
  }

  /// Calls `body` with what the rows of `part`, which is of this file, are.
  func forEach(in part: RowPart, _ body: (RowEvent) throws -> Void) throws {
    switch part.content {
    case .events(let events): try events.forEach(body)
    case .lines(let lines, let firstRow):
      for (number, line) in lines.enumerated() {
        let row = try readable(line, body) {
          try self.row($0, index: firstRow + number, line: line.number)
        }
        if let row { try body(.row(row)) }
      }
    }
  }
}

extension JSON {
  /// About how many bytes the value takes as text.
  fileprivate var approximateBytes: Int {
    switch self {
    case .string(let text): text.utf8.count + 2
    case .array(let elements): elements.reduce(2) { $0 + $1.approximateBytes + 1 }
    case .object(let members):
      members.reduce(2) { $0 + $1.key.utf8.count + $1.value.approximateBytes + 4 }
    default: 8
    }
  }
}
