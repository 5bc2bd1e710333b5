/// Answers that only say the question again.
enum EchoRule: FilterRule {
  static let name = "echo"
  static let summary = "The answer repeats the question."

  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String? {
    let answer = TextWords(element.answer).hashes
    guard !answer.isEmpty else { return nil }
    // A transcript names who asks, which is no word of the question.
    let question = TextWords(element.prompt).hashes
    let isEcho = question == answer || Array(question.dropFirst()) == answer
    return isEcho ? String(element.answer.prefix(160)) : nil
  }
}
