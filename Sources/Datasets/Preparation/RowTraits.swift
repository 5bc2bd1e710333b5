internal import AnnealText

/// What is told of how a row that was kept was encoded.
struct RowTraits: OptionSet, Sendable {
  // The numbers stand in files: new ones are bits that are free.
  let rawValue: Int32

  /// Its turns are learned one by one.
  static let turnByTurn = RowTraits(rawValue: 1)
  /// An answer is learned without all that ends its prompt.
  static let leavesOutOpening = RowTraits(rawValue: 2)
  /// The chat template wrote it.
  static let isTemplated = RowTraits(rawValue: 4)

  init(rawValue: Int32) { self.rawValue = rawValue }

  init(_ encoded: EncodedExamples, of record: Record) {
    self = record.usesChatTemplate ? .isTemplated : []
    if encoded.isTurnByTurn { insert(.turnByTurn) }
    if encoded.leavesOutOpening { insert(.leavesOutOpening) }
  }
}

extension PreparationSettings {
  /// The number of an example, which no other has.
  ///
  /// Of supervised examples it is that of the row; the further examples of a row get what comes after
  /// the last row's.
  ///
  /// - Parameters:
  ///   - row: the row's number.
  ///   - example: how many examples there are before it.
  ///   - isFirst: whether it is the first of its row.
  ///   - further: the next number after the rows', which is counted up where it is used.
  func number(row: Int, example: Int, isFirst: Bool, further: inout Int) -> Int {
    guard stage == .supervised else { return example }
    guard !isFirst else { return row }
    defer { further += 1 }
    return further
  }
}
