/// Questions that speak of a text that whoever reads them does not have.
enum LeaningRule: FilterRule {
  static let name = "leaning"
  static let summary =
    "The question leans on a text that is not there (\"according to the passage\")."

  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String? {
    let words = element.prompt.lowercased().split { !$0.isLetter }.joined(separator: " ")
    return phrases.first { " \(words) ".contains(" \($0) ") }
  }

  private static let phrases = [
    "the text", "the passage", "this passage", "this text", "the excerpt", "this excerpt",
    "the given text", "the chunk", "the document above", "the paragraph above", "mentioned above",
    "the author mention", "the author say", "the provided text", "the provided context",
    "the transcript",
  ]
}
