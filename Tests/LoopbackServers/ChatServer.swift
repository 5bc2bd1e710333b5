internal import AnnealFiles
internal import Synchronization

/// A server of OpenAI's chat API that answers with the last message, spelt backwards.
public final class ChatServer: Sendable {
  /// The key that it asks for; nil for none.
  public let key: String?
  private let faults: Mutex<[Answered]>
  private let milliseconds: Int

  /// A server.
  ///
  /// - Parameters:
  ///   - faults: answers to the first requests, in place of good ones.
  ///   - milliseconds: how long an answer takes.
  public init(key: String? = nil, faults: [Answered] = [], milliseconds: Int = 0) {
    self.key = key
    self.faults = Mutex(faults)
    self.milliseconds = milliseconds
  }

  /// Answers `request`.
  public func answer(_ request: Received) -> Answered {
    if let key, request.headers["authorization"] != "Bearer \(key)" {
      return .failure(
        401, "Incorrect API key: \(request.headers["authorization"] ?? "none")",
        code: "invalid_api_key")
    }
    guard request.pathText == "/v1/chat/completions", request.method == "POST" else {
      return .failure(404, "no route \(request.pathText)")
    }
    if let fault = faults.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return fault }
    var answer = Answered(json: Self.completion(request.json))
    answer.milliseconds = milliseconds
    return answer
  }

  private static func completion(_ question: JSON) -> JSON {
    let text = question["messages"]?.array?.last?["content"]?.string ?? ""
    var message: JSON = [
      "role": "assistant", "content": .string(String(text.reversed())), "refusal": nil,
    ]
    if let tool = question["tools"]?[0]?["function"]?["name"] {
      message = message.setting("content", to: .null).setting(
        "tool_calls",
        to: [
          [
            "id": "call_1", "type": "function",
            "function": ["name": tool, "arguments": #"{"city": "Oslo"}"#],
          ]
        ])
    }
    return [
      "id": "chatcmpl-1", "object": "chat.completion", "model": question["model"] ?? .null,
      "choices": [["index": 0, "message": message, "finish_reason": "stop"]],
      "usage": [
        "prompt_tokens": .integer(text.count), "completion_tokens": .integer(text.count),
        "total_tokens": .integer(2 * text.count),
      ],
    ]
  }
}
