/// Answers that end in the middle of a sentence.
enum UnfinishedRule: FilterRule {
  static let name = "unfinished"
  static let summary = "An answer of more than twenty words ends without a mark."

  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String? {
    let words = element.answer.split(whereSeparator: \.isWhitespace)
    guard words.count > 20, let last = words.last?.last, last.isLetter || last == "," else {
      return nil
    }
    // Chinese, Thai and others end sentences in their own ways, and have few spaces.
    guard last == "," || last.isASCII else { return nil }
    return "… " + words.suffix(8).joined(separator: " ")
  }
}
