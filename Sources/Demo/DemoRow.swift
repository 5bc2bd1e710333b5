public import AnnealFiles
internal import OrderedCollections

/// Which part of the demo task a row belongs to.
public enum DemoSplit: String, Sendable, CaseIterable {
  /// Rows to learn from.
  case train
  /// Rows to watch the loss on; made like the training rows, none of them equal to one.
  case validation
  /// Rows to be judged by: phrasings and slot values that no other split shows.
  case test
}

/// One row of the demo task: what someone says and the action that it asks for.
public struct DemoRow: Sendable, Hashable {
  /// The request in plain English.
  public let request: String
  /// The action: an object with `action` first and its slots in a fixed order.
  public let action: JSON
  /// The phrasing that the request was made from, with its slots in braces.
  public let phrasing: String

  /// The action as one line of JSON: the answer to learn, and the only one that is right.
  public var reply: String { action.text() }

  /// The row as OpenAI `messages`.
  public var messages: JSON {
    [
      "messages": [
        ["role": "user", "content": .string(request)],
        ["role": "assistant", "content": .string(reply)],
      ]
    ]
  }
}
