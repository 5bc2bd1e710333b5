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
    setOrigins(rows.map { $0.place() }, rows.map { Fingerprint.of($0.fields.text()) })
  }
}

extension Dataset<Record> {
  /// The records of `files`, one file after another.
  ///
  /// - Parameters:
  ///   - format: the format's name; nil to detect it for each file by its first row.
  ///   - registry: the formats to choose from.
  /// - Throws: `AnnealError` with file, line and field of the first row that is wrong.
  public init(
    files: [String], format: String? = nil, registry: FormatRegistry = .builtin
  ) throws {
    let named = try format.map { try registry.format(named: $0) }
    var sum = Dataset([])
    for file in files {
      let rows = try Dataset<Row>(files: [file])
      guard let first = rows.first else { continue }
      let format = try named ?? registry.format(of: first)
      sum = sum.appending(try rows.map { try format.record(from: $0) })
    }
    self = sum
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

/// FNV-1a, 64 bits: a fingerprint that is the same on every machine and in every version.
enum Fingerprint {
  static func of(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
