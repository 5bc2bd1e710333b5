internal import AnnealFiles

/// Where replies are kept, so that a job that was broken off goes on and a repeated one is free.
///
/// It may be asked from many tasks at once.
public protocol ReplyStore: Sendable {
  /// The reply kept under `key`; nil when there is none.
  func reply(for key: String) async throws -> Reply?

  /// Keeps `reply` under `key`; what is there already stays.
  func keep(_ reply: Reply, for key: String, model: String) async throws
}

/// A chat model that looks into a store before it asks the model behind it.
public struct StoredChatModel<Base: ChatModel>: ChatModel {
  /// The model that answers what the store does not know.
  public let base: Base
  private let store: any ReplyStore

  /// `base` behind `store`.
  public init(_ base: Base, store: any ReplyStore) {
    self.base = base
    self.store = store
  }

  /// The model's name.
  public var name: String { base.name }
  /// The model's identity.
  public var identity: String { base.identity }

  /// The next message of `conversation`.
  public func reply(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Message {
    try await answer(to: conversation, options: options).message
  }

  /// The kept answer, or a new one, which is kept before it is returned.
  public func answer(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Reply {
    let key = ReplyKey.of(conversation, options, model: base.identity)
    if let reply = try await store.reply(for: key) { return reply }
    let reply = try await base.answer(to: conversation, options: options)
    try await store.keep(reply, for: key, model: base.name)
    return reply
  }
}

/// The name under which an answer is kept: a hash of all that it depends on.
public enum ReplyKey {
  /// The SHA-256 of question, options and the model's identity.
  ///
  /// Answers that chance has a part in are one for each seed: to draw several, vary the seed.
  public static func of(
    _ conversation: Conversation, _ options: ReplyOptions, model identity: String
  ) -> String {
    let variables = conversation.variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let json = JSON(members: [
      ("version", 1), ("model", .string(identity)),
      ("messages", .array(conversation.messages.map { .object($0.fields) })),
      ("tools", conversation.tools ?? .null), ("variables", JSON(members: variables)),
      ("options", options.json),
    ])
    return SHA256Digest.hex(of: json.text())
  }
}

extension ReplyOptions {
  fileprivate var json: JSON {
    let format: JSON =
      switch self.format {
      case .text: "text"
      case .json: "json"
      case .schema(let name, let schema): [.string(name), schema]
      }
    return JSON(members: [
      ("maximum_tokens", .integer(maximumTokens)), ("temperature", .number(temperature)),
      ("top_p", .number(topP)), ("seed", seed.map { .string(String($0)) } ?? .null),
      ("stop", .array(stop.map { .string($0) })), ("format", format),
    ])
  }
}
