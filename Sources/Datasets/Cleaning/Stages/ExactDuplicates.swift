internal import AnnealFiles

/// Leaves out rows that say the same as an earlier one, exactly or but for case, spacing and
/// punctuation.
public struct ExactDuplicates: CleaningStage {
  /// `exact-duplicates`.
  public static let name = "exact-duplicates"
  /// What it does.
  public static let summary = "Leaves out rows that repeat an earlier one."
  /// `match`.
  public static let settings = [
    StageSetting(
      "match", "exact", "exact: the same fields; normalised: the same words in the same order.",
      choices: ["exact", "normalised"])
  ]
  /// Whether a row repeats another depends on the others.
  public static let needsAllRows = true

  private let isNormalised: Bool

  /// A stage with `settings`.
  public init(_ settings: StageSettings) { isNormalised = settings.text("match") == "normalised" }

  /// The rows that repeat.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let isNormalised = isNormalised
    let prints = try ParallelRows.map(rows.count, filler: SIMD2<UInt64>()) { index in
      if isNormalised { return ContentPrint.ofWords(try rows.row(index)) }
      return ContentPrint.of(try rows.fields(index).text())
    }
    var first: [SIMD2<UInt64>: Int] = [:]
    var verdicts: [Int: RowVerdict] = [:]
    for (row, print) in prints.enumerated() {
      if let earlier = first[print] {
        verdicts[row] = .drop(Finding("repeats an earlier row", "\(rows.place(earlier))"))
      } else {
        first[print] = row
      }
    }
    return FoundVerdicts(verdicts: verdicts)
  }
}

/// Hashes of 128 bits by which equal contents are known.
enum ContentPrint {
  /// The print of `text`.
  static func of(_ text: String) -> SIMD2<UInt64> {
    var (low, high): (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x6A09_E667_F3BC_C908)
    for byte in text.utf8 {
      low = (low ^ UInt64(byte)) &* 0x100_0000_01B3
      high = (high &+ UInt64(byte) &+ 1) &* 0x9E37_79B9_7F4A_7C15
      high ^= high >> 29
    }
    return SIMD2(low, high)
  }

  /// The print of a row's words, signs and label, whatever their case, spacing and punctuation.
  ///
  /// Rows with few words keep their punctuation: it may be all that they say.
  static func ofWords(_ row: CleaningRow) -> SIMD2<UInt64> {
    let text = row.text
    let words = TextWords(text, signs: true).hashes
    guard words.count >= 3 else { return of(text.lowercased().filter { !$0.isWhitespace }) }
    var print = SIMD2<UInt64>(UInt64(words.count), 1)
    for word in words {
      print = SIMD2(WordHash.mixed(print.x ^ word), WordHash.mixed(print.y &+ word))
    }
    return print
  }
}
