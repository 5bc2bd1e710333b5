public import AnnealDatasets
public import AnnealFiles

/// What one file says, before it is cut into chunks.
public struct Document: Sendable {
  /// The texts, in reading order.
  public var passages: [Passage] = []
  /// Conversations that the file logs; each is a row of its own and is never cut.
  public var conversations: [LoggedConversation] = []
  /// How many pages it has, when it has pages.
  public var pages: Int?
  /// Members that every row of this document has, such as `language`.
  public var fields: [(String, JSON)] = []
  /// Parts that could not be used.
  public var problems: [BadRow] = []
  /// How much is left out on purpose, by what it is, such as who joined a channel.
  public var leftOut: [String: Int] = [:]
  /// What a reader should know of parts that were used all the same.
  public var notes: [AnnealError] = []

  /// A document of `passages`.
  public init(_ passages: [Passage] = []) { self.passages = passages }

  /// Whether nothing was found.
  public var isEmpty: Bool { passages.isEmpty && conversations.isEmpty }
}

/// A conversation with a model, as a log has it.
public struct LoggedConversation: Sendable {
  /// The messages in OpenAI's shape.
  public var messages: [JSON]
  /// The tools that could be called, when there were some.
  public var tools: JSON?
  /// The line of the log, from 1.
  public var line: Int?

  /// A conversation.
  public init(_ messages: [JSON], tools: JSON? = nil, line: Int? = nil) {
    (self.messages, self.tools, self.line) = (messages, tools, line)
  }
}
