internal import AnnealFiles

/// What became of some rows, side by side as a shard holds them.
struct ShardRows: Sendable {
  /// For each record: number of its file, line, element of the line or −1, what became of it, how
  /// many examples it gave, and how it was encoded.
  private(set) var records: [Int32] = []
  /// For each record, the fingerprint of its row.
  private(set) var fingerprints: [UInt64] = []
  /// For each example: where its tokens begin, how many they are, how many bear loss, its record.
  private(set) var examples: [Int32] = []
  /// The tokens of all examples.
  private(set) var ids: [Int32] = []
  /// Which tokens are learned.
  private(set) var lossMask: [UInt8] = []
  /// What was said of records that were left out: record and words.
  private(set) var details: [JSON] = []
  /// Rows that could not be used.
  private(set) var bad: [JSON] = []

  /// Numbers a record in `records`.
  static let recordWidth = 6
  /// Numbers an example in `examples`.
  static let exampleWidth = 4

  /// How many records there are.
  var recordCount: Int { fingerprints.count }
  /// How many examples there are.
  var exampleCount: Int { examples.count / Self.exampleWidth }

  /// Adds what became of a record of `row`.
  mutating func add(
    _ outcome: ExampleBuilder.Outcome, of row: Row, file: Int, fingerprint: UInt64
  ) {
    let record = Int32(clamping: recordCount)
    var (fate, count) = (RecordFate.kept, 0)
    var traits: RowTraits = []
    switch outcome {
    case .dropped(let reason, let detail):
      fate = .dropped(reason)
      if let detail { details.append([.integer(recordCount), .string(detail)]) }
    case .kept(let pieces, let isTruncated, let found):
      fate = isTruncated ? .truncated : .kept
      traits = found
      count = pieces.count
      for piece in pieces { add(piece.ids, piece.lossMask, of: record) }
    }
    records += [
      Int32(clamping: file), Int32(clamping: row.line),
      row.sharesLine ? Int32(clamping: row.index) : -1, fate.code, Int32(clamping: count),
      traits.rawValue,
    ]
    fingerprints.append(fingerprint)
  }

  private mutating func add(_ ids: [Int32], _ mask: [Bool], of record: Int32) {
    let trained = mask.dropFirst().count { $0 }
    examples += [
      Int32(clamping: self.ids.count), Int32(clamping: ids.count), Int32(clamping: trained), record,
    ]
    self.ids += ids
    for isLearned in mask { lossMask.append(isLearned ? 1 : 0) }
  }

  /// Adds a row that cannot be used.
  mutating func add(_ row: BadRow, file: Int) { bad.append(row.kept(file: file)) }
}

/// What became of a record.
enum RecordFate: Equatable {
  case kept
  case truncated
  case dropped(PreparationReport.Reason)

  // The numbers stand in files: new ones go to the end.
  private static let reasons: [PreparationReport.Reason] = [
    .empty, .nothingToLearn, .cutAway, .refused, .unusable,
  ]

  /// The fate's number in a shard.
  var code: Int32 {
    switch self {
    case .kept: 0
    case .truncated: 1
    case .dropped(let reason): Int32((Self.reasons.firstIndex(of: reason) ?? 0) + 2)
    }
  }

  /// The fate of that number; nil when there is none.
  init?(code: Int32) {
    switch code {
    case 0: self = .kept
    case 1: self = .truncated
    default:
      guard Self.reasons.indices.contains(Int(code) - 2) else { return nil }
      self = .dropped(Self.reasons[Int(code) - 2])
    }
  }
}

extension BadRow {
  /// The row as a shard keeps it.
  func kept(file: Int) -> JSON {
    var place: JSON = ["file": .integer(file)]
    place = place.setting("line", to: error.place?.line.map { .integer($0) })
    place = place.setting("column", to: error.place?.column.map { .integer($0) })
    place = place.setting("field", to: error.place?.field.map { .string($0) })
    return JSON(members: [
      ("at", place), ("message", .string(error.message)), ("reason", .string(reason)),
      ("remedy", error.remedy.map { .string($0) } ?? .null), ("row", content),
    ])
  }

  /// The row that a shard kept, of one of `files`.
  init?(kept json: JSON, files: [String]) {
    guard let message = json["message"]?.string, let content = json["row"],
      let file = json["at"]?["file"]?.integer, files.indices.contains(file)
    else { return nil }
    let place = AnnealError.Place(
      file: files[file], line: json["at"]?["line"]?.integer,
      column: json["at"]?["column"]?.integer, field: json["at"]?["field"]?.string)
    self.init(
      AnnealError(.data, message, at: place, remedy: json["remedy"]?.string), content: content)
    if let reason = json["reason"]?.string { self.reason = reason }
  }
}
