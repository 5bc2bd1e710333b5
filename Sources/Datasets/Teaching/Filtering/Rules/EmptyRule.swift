/// Answers with nothing in them.
enum EmptyRule: FilterRule {
  static let name = "empty"
  static let summary = "The answer is empty."

  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String? {
    element.answer.allSatisfy(\.isWhitespace) ? "the answer is empty" : nil
  }
}
