public import AnnealFiles
public import AnnealText

/// Rows in their order, each with its place in a file and a fingerprint of what it says.
public struct Dataset<Element: Sendable>: Sendable, RandomAccessCollection {
  /// The elements.
  public private(set) var elements: [Element]
  /// Where each came from.
  public private(set) var places: [AnnealError.Place]
  /// A hash of each row's content: equal rows have equal ones.
  public private(set) var fingerprints: [UInt64]

  /// A dataset of `elements` made in memory.
  public init(_ elements: [Element]) {
    self.elements = elements
    places = elements.indices.map { .init(file: "memory", line: $0 + 1) }
    fingerprints = elements.indices.map { UInt64($0) }
  }

  /// The first element's index, 0.
  public var startIndex: Int { 0 }
  /// One past the last element's index.
  public var endIndex: Int { elements.count }
  /// The element at `index`.
  public subscript(index: Int) -> Element { elements[index] }

  /// The same rows, each changed by `body`.
  public func map<Other: Sendable>(
    _ body: (Element) throws -> Other
  ) rethrows -> Dataset<Other> {
    var other = Dataset<Other>(try elements.map(body))
    other.setOrigins(places, fingerprints)
    return other
  }

  /// The rows for which `isIncluded` is true.
  public func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> Dataset {
    try selecting(elements.indices.filter { try isIncluded(elements[$0]) })
  }

  /// The rows of this dataset, then those of `other`.
  public func appending(_ other: Dataset) -> Dataset {
    var sum = self
    sum.elements += other.elements
    sum.places += other.places
    sum.fingerprints += other.fingerprints
    return sum
  }

  /// Adds what one row says: its `elements`, usually one.
  mutating func append(
    _ elements: [Element], at place: AnnealError.Place, fingerprint: UInt64
  ) {
    for (index, element) in elements.enumerated() {
      self.elements.append(element)
      places.append(place)
      // Of a row that says several things, each has a fingerprint of its own.
      fingerprints.append(fingerprint &+ UInt64(index))
    }
  }

  /// The first `count` elements, or all when there are fewer.
  public func limited(to count: Int) -> Dataset {
    selecting(Array(0..<Swift.min(Swift.max(0, count), self.count)))
  }

  /// The rows at `indices`, in that order.
  func selecting(_ indices: [Int]) -> Dataset {
    var result = Dataset(indices.map { elements[$0] })
    result.setOrigins(indices.map { places[$0] }, indices.map { fingerprints[$0] })
    return result
  }

  fileprivate mutating func setOrigins(_ places: [AnnealError.Place], _ prints: [UInt64]) {
    self.places = places
    fingerprints = prints
  }
}

extension Dataset<Row> {
  /// The rows of `files`, one file after another.
  ///
  /// - Throws: `AnnealError` with file and line of the first row that cannot be read.
  public init(files: [String]) throws {
    let rows = try files.flatMap { try RowReader(path: $0).rows() }
    self.init(rows: rows)
  }

  /// A dataset of `rows`.
  public init(rows: [Row]) {
    self.init(rows)
    setOrigins(rows.map { $0.place() }, rows.map { Fingerprint.of($0.fields) })
  }
}

extension Dataset<Record> {
  /// The records of `files`, one file after another.
  ///
  /// - Parameters:
  ///   - format: the format's name; nil to detect it for each file by its first rows.
  ///   - registry: the formats to choose from.
  /// - Throws: `AnnealError` with file, line and field of the first row that is wrong.
  public init(
    files: [String], format: String? = nil, registry: FormatRegistry = .builtin
  ) throws {
    self = Dataset([])
    for file in files {
      try append(RowSource(path: file, format: format), registry: registry, BadRows(.stop))
    }
  }

  /// The records of `source`; rows that cannot be used go to `bad`.
  ///
  /// - Throws: `AnnealError` when `bad` says so, and when a file cannot be read or is of no known
  ///   format.
  public init(
    _ source: RowSource, registry: FormatRegistry = .builtin, bad: BadRows = BadRows(.stop)
  ) throws {
    self = Dataset([])
    try append(source, registry: registry, bad)
  }

  /// The first records of `sources`, as many as it takes: after 64 of them, 128, 256 and so on
  /// `isEnough` is asked, and what follows is not read; rows that cannot be used go to `bad`.
  ///
  /// - Throws: what `isEnough` throws, and `AnnealError` when `bad` says so, and when a file cannot be
  ///   read or is of no known format.
  public init(
    _ sources: [RowSource], bad: BadRows = BadRows(.stop),
    until isEnough: (Dataset<Record>) throws -> Bool
  ) throws {
    self = Dataset([])
    var next = 64
    try EnoughRows.reading {
      for source in sources {
        try append(source, registry: .builtin, bad) { records in
          guard records.count >= next else { return }
          next = records.count * 2
          if try isEnough(records) { throw EnoughRows() }
        }
      }
    }
  }

  private mutating func append(
    _ source: RowSource, registry: FormatRegistry, _ bad: BadRows,
    then look: (Dataset<Record>) throws -> Void = { _ in }
  ) throws {
    try RecordReader(source, registry: registry).forEach { event in
      switch event {
      case .records(let records, let row):
        append(records, at: row.place(), fingerprint: Fingerprint.of(row.fields))
        try look(self)
      case .bad(let row): try bad.take(row)
      case .note: break
      }
    }
  }

  /// Refuses records that supervised training cannot learn from, such as preference pairs.
  ///
  /// - Throws: `AnnealError` naming the first and what to do.
  public func checkLearnable() throws {
    for (record, place) in zip(self, places) {
      guard let (reason, remedy) = record.unlearnable else { continue }
      throw AnnealError(.data, reason, at: place, remedy: remedy)
    }
  }

  /// The records of the JSON lines in the file at `path`.
  public init(jsonl path: String) throws { try self.init(files: [path]) }
}

extension Dataset<Conversation> {
  /// The conversations of the JSON lines in the file at `path`.
  ///
  /// - Throws: `AnnealError` when a row is no conversation, such as a text.
  public init(jsonl path: String) throws {
    let records = try Dataset<Record>(jsonl: path)
    var places = records.places.makeIterator()
    self = try records.map { record in
      let place = places.next()
      guard case .conversation(let conversation) = record else {
        throw AnnealError(
          .data, "the row is not a conversation", at: place,
          remedy: "Rows with 'messages', or with 'instruction' and 'output', are.")
      }
      return conversation
    }
  }
}
