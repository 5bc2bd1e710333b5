import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

/// Conversations whose template writes earlier turns differently once others follow.
struct TurnByTurnTests {
  private let base: ConversationEncoder

  init() throws {
    base = try ConversationEncoder.load(modelFolder: Fixture.path("templates"))
  }

  private func encoder(_ source: String) throws -> ConversationEncoder {
    ConversationEncoder(
      tokenizer: base.tokenizer, template: try ChatTemplate(source: source, name: "t"),
      variables: base.variables)
  }

  /// ChatML that keeps what the assistant thought of the last turn alone.
  private static let forgetting = """
    {{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}\
    {% if m.thought and loop.last %}{{ m.thought + '\\n' }}{% endif %}\
    {{ m.content + '<|im_end|>\\n' }}{% endfor %}\
    {% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
    """

  /// ChatML whose prompts end with more than its answers begin with.
  private static let opening = """
    {% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}\
    {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\nlittle\\n' }}{% endif %}
    """

  private static func thinking(_ text: String) -> Message {
    var message = Message.assistant(text)
    message.fields["thought"] = "hello"
    return message
  }

  private static let talk = Conversation([
    .user("hello"), thinking("a little"), .user("and"), thinking("the model"), .user("do"),
    .assistant("can"),
  ])

  private func learned(_ example: EncodedConversation) -> String {
    base.tokenizer.decode(zip(example.ids, example.lossMask).filter(\.1).map(\.0))
  }

  @Test func `each turn is learned as it is written when it is the last`() throws {
    let encoder = try encoder(Self.forgetting)
    let found = try encoder.examples(of: Self.talk, training: .assistant)
    #expect(found.isTurnByTurn && !found.leavesOutOpening)
    #expect(
      found.examples.map(learned) == [
        "hello\na little<|im_end|>", "hello\nthe model<|im_end|>", "can<|im_end|>",
      ])
    for (example, turn) in zip(found.examples, [1, 3, 5]) {
      var served = Self.talk
      served.messages.removeSubrange(turn...)
      let prompt = try encoder.encode(served, addGenerationPrompt: true).ids
      #expect(example.ids.starts(with: prompt))
      #expect(!example.lossMask.prefix(prompt.count).contains(true))
    }
    // Nothing follows the answer of a single turn.
    let one = Conversation(Array(Self.talk.messages[..<2]))
    #expect(try encoder.examples(of: one, training: .assistant).isTurnByTurn == false)
  }

  @Test func `what is learned is chosen as ever`() throws {
    let encoder = try encoder(Self.forgetting)
    func learned(_ mask: TrainingMask, _ talk: Conversation = Self.talk) throws -> [String] {
      try encoder.examples(of: talk, training: mask).examples.map(self.learned)
    }
    #expect(try learned(.lastAssistantOnly) == ["can<|im_end|>"])
    #expect(try learned(.everything).count == 1)
    #expect(try learned(.roles(["assistant"])).count == 3)
    // Where a question begins cannot be told when the answer before it is written anew for it.
    let error = #expect(throws: AnnealError.self) { try learned(.roles(["user", "assistant"])) }
    #expect(error?.message.contains("before messages[2] (user)") == true)
    var weighted = Self.talk
    weighted.messages[1].weight = 0
    #expect(try learned(.assistant, weighted) == ["hello\nthe model<|im_end|>", "can<|im_end|>"])
  }

  @Test func `a conversation is served whatever its template does to earlier turns`() throws {
    let encoder = try encoder(Self.forgetting)
    var talk = Self.talk
    talk.messages.append(.user("hello"))
    let served = try encoder.encode(talk, addGenerationPrompt: true)
    let text = try encoder.template.render(
      talk, addGenerationPrompt: true, variables: encoder.variables
    ).text
    #expect(encoder.tokenizer.decode(served.ids, skipSpecialTokens: false) == text)
  }

  @Test func `an answer is learned from where it parts from the end of its prompt`() throws {
    let encoder = try encoder(Self.opening)
    let talk = Conversation([.user("hello"), .assistant("the"), .user("do"), .assistant("can")])
    let found = try encoder.examples(of: talk, training: .assistant)
    #expect(found.leavesOutOpening && !found.isTurnByTurn)
    #expect(found.examples.map(learned) == ["the<|im_end|>can<|im_end|>"])
  }

  @Test func `a template that writes the question anew for its answer is refused`() throws {
    let encoder = try encoder(
      "{% for m in messages %}{{ m.role ~ loop.revindex ~ m.content }}<|im_end|>{% endfor %}"
        + "{% if add_generation_prompt %}assistant{% endif %}")
    let error = try #require(throws: AnnealError.self) {
      try encoder.examples(of: Self.talk, training: .assistant)
    }
    #expect(error.code == .data)
    #expect(error.message.contains("before messages[1] (assistant)"))
  }

  @Test(.enabled(if: SharedData.path("templates") != nil))
  func `of real templates, examples are those of transformers`() throws {
    let golden = try Golden("templates/turns.json")
    let conversations = try #require(golden.json["conversations"]?.object)
    let templates = try #require(golden.json["templates"]?.object)
    var (count, different) = (0, [String]())
    for (name, facts) in templates {
      guard let path = SharedData.path("templates/\(name)"),
        let source = try TextFile.contents(path)
      else { continue }
      let control = facts["control"]?.array?.compactMap(\.string) ?? []
      let encoder = ConversationEncoder(
        tokenizer: try base.tokenizer.adding(control),
        template: try ChatTemplate(
          source: source, name: name, fixedTime: try #require(golden.json["now"]?.integer)),
        variables: Dictionary(
          uniqueKeysWithValues: (golden.json["variables"]?.object ?? [:]).map { ($0, $1) }))
      for (key, object) in conversations {
        let found = Self.told(encoder, golden.conversation(object))
        count += 1
        if found != facts["examples"]?[key]?.string { different.append("\(name) \(key)") }
      }
    }
    #expect(count > 500)
    #expect(different.isEmpty, "\(different.count) of \(count): \(different.prefix(20))")
  }

  /// How many ids and learned ones each example has, and a hash of both; `!` when it is refused.
  private static func told(
    _ encoder: ConversationEncoder, _ conversation: Conversation?
  ) -> String {
    guard let conversation,
      let found = try? encoder.examples(of: conversation, training: .assistant)
    else { return "!" }
    return found.examples.map { example in
      let ids = example.ids.map(String.init).joined(separator: ",")
      let mask = example.lossMask.map { $0 ? "1" : "0" }.joined()
      return
        "\(example.ids.count) \(example.lossMask.count { $0 }) \(Golden.hash(ids + "|" + mask))"
    }.joined(separator: "; ")
  }
}
