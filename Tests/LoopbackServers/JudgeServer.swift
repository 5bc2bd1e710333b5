internal import AnnealFiles

/// A server of OpenAI's chat API whose model judges pairs: it prefers the reply with a certain word.
public final class JudgeServer: Sendable {
  private let word: String

  /// A judge that prefers replies with `word`.
  public init(prefers word: String) {
    self.word = word
  }

  /// Answers `request`.
  public func answer(_ request: Received) -> Answered {
    let question = request.json["messages"]?.array?.last?["content"]?.string ?? ""
    let choice = ["A", "B"].first { reply($0, in: question).contains(word) } ?? "tie"
    let ballot: JSON = ["reason": .string("It says \(word)."), "better": .string(choice)]
    return Answered(json: [
      "choices": [
        [
          "index": 0, "finish_reason": "stop",
          "message": ["role": "assistant", "content": .string(ballot.text())],
        ]
      ]
    ])
  }

  private func reply(_ letter: String, in question: String) -> Substring {
    let lines = question.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "Reply \(letter):") else { return "" }
    return lines.dropFirst(start + 2).first ?? ""
  }
}
