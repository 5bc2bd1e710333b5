import Anneal
import AnnealFiles
import AnnealText
import Foundation
import Synchronization
import TestSupport
import Testing

/// A model that counts how often it is asked.
private final class CountingModel: ChatModel {
  let name = "counting"
  private let asked = Mutex(0)

  var count: Int { asked.withLock { $0 } }

  func reply(to conversation: Conversation, options: ReplyOptions) async throws -> Message {
    asked.withLock { $0 += 1 }
    return .assistant("answer \(count) to \(conversation.messages.last?.text ?? "")")
  }
}

@Suite struct ReplyStoreTests {
  @Test func `a repeated question is answered from the store, also after the store is opened anew`()
    async throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path + "/sub/replies.sqlite"
    let base = CountingModel()
    let question = Conversation(user: "one")
    let first = try await StoredChatModel(base, store: SQLiteReplyStore(path: path))
      .answer(to: question, options: ReplyOptions())
    let store = try SQLiteReplyStore(path: path)
    let model = StoredChatModel(base, store: store)
    let second = try await model.answer(to: question, options: ReplyOptions())
    #expect(!first.isStored && second.isStored)
    #expect(first.message == second.message && base.count == 1)
    for (conversation, options) in [
      (Conversation(user: "two"), ReplyOptions()), (question, ReplyOptions(seed: 1)),
      (question, ReplyOptions(format: .json)),
      (Conversation([.user("one")], tools: [["name": "f"]]), ReplyOptions()),
      (Conversation([.user("one")], variables: ["a": 1]), ReplyOptions()),
    ] {
      #expect(try await !model.answer(to: conversation, options: options).isStored)
      #expect(try await model.answer(to: conversation, options: options).isStored)
    }
    #expect(try await store.count() == 6)
  }

  @Test func `all of a reply is kept`() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteReplyStore(path: folder.path + "/replies.sqlite")
    var message = Message.assistant("Ünïcode \u{0} text")
    message.toolCalls = [ToolCall(id: "c", name: "f", arguments: ["a": [1, 2.5, nil]]).json]
    message.weight = 0.5
    var reply = Reply(
      message, finishReason: "tool_calls", usage: TokenUsage(prompt: 7, completion: 9),
      seconds: 1.25)
    try await store.keep(reply, for: "key", model: "m")
    try await store.keep(Reply(.assistant("other"), seconds: 1), for: "key", model: "m")
    reply.isStored = true
    #expect(try await store.reply(for: "key") == reply)
    #expect(try await store.reply(for: "other") == nil)
  }

  @Test func `several stores on one file keep the replies of all, asked from many tasks`()
    async throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path + "/replies.sqlite"
    let stores = try (0..<3).map { _ in try SQLiteReplyStore(path: path) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<60 {
        group.addTask {
          try await stores[index % 3].keep(
            Reply(.assistant("\(index)"), seconds: 0), for: "key \(index / 2)", model: "m")
        }
      }
      try await group.waitForAll()
    }
    #expect(try await stores[0].count() == 30)
  }

  @Test func `the answers of a file are asked for by one job at a time`() throws {
    let folder = try TemporaryFolder()
    let place = try #require(ModelPlace("http://127.0.0.1:9/v1", name: "m"))
    func open() throws -> OpenedTeacher {
      try OpenedTeacher(place, prompts: Prompts(), replies: folder.path + "/replies.sqlite")
    }
    let first = try open()
    let error = failure { _ = try open() }
    withExtendedLifetime(first) {}
    #expect(error?.message.contains("is asking for these answers") == true)
  }

  @Test func `a file that is no store is refused and stays as it is`() async throws {
    let folder = try TemporaryFolder()
    let text = try folder.write(String(repeating: "not a database\n", count: 100), to: "a.txt")
    let before = try fileBytes(text)
    #expect(throws: AnnealError.self) { try SQLiteReplyStore(path: text) }
    let isSame = try fileBytes(text) == before
    #expect(isSame)
    #expect(throws: AnnealError.self) { try SQLiteReplyStore(path: folder.path) }
  }
}
