import AnnealDatasets
import AnnealFiles
import AnnealText

/// An encoder whose arithmetic a reader can follow: a word is a token, numbered by its length; a
/// turn is a header (100 + the role's length), its words, and an end (200) that belongs to it.
struct WordEncoder: ExampleEncoder {
  func tokens(
    of record: Record, training: TrainingMask
  ) throws -> (ids: [Int], lossMask: [Bool]) {
    switch record {
    case .text(let text):
      let ids = [1] + words(text) + [2]
      return (ids, ids.map { _ in true })
    case .completion(let prompt, let completion):
      let (head, tail) = (words(prompt), words(completion) + [2])
      return (head + tail, head.map { _ in training == .everything } + tail.map { _ in true })
    case .preference, .feedback, .steps:
      throw AnnealError(.data, record.unlearnable?.reason ?? "")
    case .conversation(let conversation):
      var ids: [Int] = []
      var mask: [Bool] = []
      for message in conversation.messages {
        guard message.text != "refuse" else { throw AnnealError(.model, "turns must alternate") }
        let body = words(message.text) + [200]
        ids += [100 + message.role.count] + body
        let isTrained = training == .everything || message.role == "assistant"
        mask += [training == .everything] + body.map { _ in isTrained }
      }
      return (ids, mask)
    }
  }

  func text(of ids: [Int]) -> String { ids.map { "<\($0)>" }.joined() }

  private func words(_ text: String) -> [Int] {
    text.split(whereSeparator: \.isWhitespace).map { 10 + $0.count }
  }
}
