/// Answers that decline.
enum RefusalRule: FilterRule {
  static let name = "refusal"
  static let summary = "The answer declines to answer."

  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String? {
    EmptyAnswers.declines(element.answer) ? String(element.answer.prefix(160)) : nil
  }
}
