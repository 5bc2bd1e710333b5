import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

/// The encoder with a small tokenizer of our own, whose fixtures `make_templates.py` writes.
struct ConversationEncoderTests {
  private let encoder: ConversationEncoder

  init() throws {
    encoder = try ConversationEncoder.load(modelFolder: Fixture.path("templates"))
  }

  private static let talk = Conversation([
    .user("hello"), .assistant("a little"), .user("and"), .assistant("the model"),
  ])

  private func learned(_ encoded: EncodedConversation, _ encoder: ConversationEncoder) -> String {
    encoder.tokenizer.decode(zip(encoded.ids, encoded.lossMask).filter(\.1).map(\.0))
  }

  private func with(template: String) throws -> ConversationEncoder {
    ConversationEncoder(
      tokenizer: encoder.tokenizer, template: try ChatTemplate(source: template, name: "t"),
      variables: encoder.variables)
  }

  /// ChatML without marks, so that turns are found by writing prefixes.
  private static let unmarked = """
    {{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + \
    '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}\
    {% endif %}
    """

  @Test func `ids and masks are those of transformers`() throws {
    let cases = try #require(try Golden("templates/encodings.json").json["cases"]?.array)
    #expect(cases.count > 20)
    let plain = try with(template: Self.unmarked)
    for entry in cases {
      let conversation = try Conversation(json: entry)
      let generate = entry["generate"]?.bool ?? false
      let ids = entry["ids"]?.array?.compactMap(\.integer)
      let mask = entry["mask"]?.array?.map { $0 == 1 }
      for encoder in [encoder, plain] {
        let found = try encoder.encode(conversation, addGenerationPrompt: generate)
        #expect(found.ids == ids, "\(entry["name"]?.string ?? "")")
        #expect(found.lossMask == mask, "\(entry["name"]?.string ?? "")")
      }
    }
  }

  @Test func `what a model is trained on begins with what it is served with`() throws {
    let texts = ["a", " a", "\na", "\n\n a", "", "é🙂", "  ", "<|im_end|>x", "<s>"]
    let open =
      "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}"
      + "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
    for encoder in [encoder, try with(template: Self.unmarked), try with(template: open)] {
      for text in texts {
        let talk = Conversation([.user("hello"), .assistant(text), .user("b"), .assistant(text)])
        let trained = try encoder.encode(talk)
        for turns in [1, 3] {
          let served = try encoder.encode(
            Conversation(Array(talk.messages[..<turns])), addGenerationPrompt: true)
          #expect(trained.ids.starts(with: served.ids), "\(encoder.template.source) \(text)")
        }
      }
    }
  }

  @Test func `masks choose what is learned`() throws {
    func learned(_ mask: TrainingMask, _ talk: Conversation = Self.talk) throws -> String {
      try self.learned(encoder.encode(talk, training: mask), encoder)
    }
    #expect(try learned(.assistant) == "a little<|im_end|>the model<|im_end|>")
    #expect(try learned(.lastAssistantOnly) == "the model<|im_end|>")
    #expect(try learned(.roles(["assistant"])) == "a little<|im_end|>the model<|im_end|>")
    #expect(
      try learned(.roles(["user"]))
        == "<|im_start|>user\nhello<|im_end|><|im_start|>user\nand<|im_end|>")
    #expect(try encoder.encode(Self.talk, training: .everything).lossMask.allSatisfy { $0 })
    var weighted = Self.talk
    weighted.messages[1].weight = 0
    #expect(try learned(.assistant, weighted) == "the model<|im_end|>")
    weighted.messages[3].weight = 0
    #expect(try !encoder.encode(weighted).teaches)
  }

  @Test func `the token that ends a turn is learned when the mark stops short of it`() throws {
    let source = """
      {% for m in messages %}{{ '<|im_start|>' }}{% if m.role == 'assistant' %}{% generation %}\
      {{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{{ '<|im_end|>\\n' }}\
      {% endfor %}
      """
    let encoder = try with(template: source)
    #expect(
      learned(try encoder.encode(Self.talk), encoder) == "a little<|im_end|>the model<|im_end|>")
  }

  @Test func `a special token at an answer's end is not taken for the one that ends the turn`()
    throws
  {
    let tokenizer = try encoder.tokenizer.adding(["</call>"])
    let marked = """
      {% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' %}\
      {% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}\
      {{ '<|im_end|>\\n' }}{% endfor %}\
      {% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
      """
    for template in [marked, Self.unmarked] {
      let encoder = ConversationEncoder(
        tokenizer: tokenizer, template: try ChatTemplate(source: template, name: "t"),
        variables: encoder.variables)
      let talk = Conversation([
        .user("hello"), .assistant("a</call>"), .user("and"), .assistant("the</call>"),
      ])
      #expect(
        learned(try encoder.encode(talk), encoder) == "a</call><|im_end|>the</call><|im_end|>")
    }
    // Where nothing ends the turn, the end token does.
    let open = ConversationEncoder(
      tokenizer: tokenizer,
      template: try ChatTemplate(
        source: "{% for m in messages %}{{ m.role + ':' + m.content }}{% endfor %}"
          + "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}", name: "t"),
      variables: encoder.variables)
    let encoded = try open.encode(Conversation([.user("hello"), .assistant("the</call>")]))
    #expect(learned(encoded, open) == "the</call></s>")
  }

  @Test func `each of many turns begins with what it is served with`() throws {
    let texts = ["a", " a", "\n\n the", "", "é🙂", "  ", "<|im_end|>x", "the model", "<s>and"]
    let open =
      "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}"
      + "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
    let talk = Conversation(
      (0..<14).map { turn in
        let text = texts[turn * 5 % texts.count]
        return turn % 2 == 0 ? .user(text) : .assistant(text)
      })
    for encoder in [encoder, try with(template: Self.unmarked), try with(template: open)] {
      let trained = try encoder.encode(talk)
      for turns in stride(from: 1, to: 14, by: 2) {
        let served = try encoder.encode(
          Conversation(Array(talk.messages[..<turns])), addGenerationPrompt: true)
        #expect(trained.ids.starts(with: served.ids), "\(encoder.template.source) \(turns)")
      }
    }
  }

  @Test func `a conversation of many turns is learned turn by turn`() throws {
    let talk = Conversation((0..<300).flatMap { _ in [.user("hello"), .assistant("a little")] })
    let encoded = try encoder.encode(talk)
    #expect(
      learned(encoded, encoder) == String(repeating: "a little<|im_end|>", count: 300))
  }

  @Test func `a last turn that the template leaves open gets the end token`() throws {
    let encoder = try with(
      template: "{% for m in messages %}{{ m.role + ':' + m.content + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}")
    let encoded = try encoder.encode(Conversation([.user("hello"), .assistant("the")]))
    #expect(encoded.ids.last == encoder.tokenizer.endOfText)
    #expect(encoded.lossMask.last == true)
    #expect(learned(encoded, encoder) == "the\n</s>")
  }

  @Test func `a template that rewrites earlier turns is an error that names the turn`() throws {
    let encoder = try with(
      template: "{% for m in messages %}{{ m.role ~ (m.content if loop.last else '-') }}"
        + "<|im_end|>{% endfor %}{% if add_generation_prompt %}assistant{% endif %}")
    let error = try #require(throws: AnnealError.self) { try encoder.encode(Self.talk) }
    #expect(error.code == .data)
    #expect(error.message.contains("messages[1] (assistant)"))
    #expect(throws: Never.self) {
      try encoder.encode(Self.talk, training: .everything, addGenerationPrompt: true)
    }
  }

  @Test func `a text never begins twice`() throws {
    let ids = try encoder.encode(Self.talk).ids
    #expect(ids.count { $0 == encoder.tokenizer.beginningOfText } == 1)
    let twice = try with(template: "{{ bos_token ~ bos_token ~ messages[0].content }}")
    #expect(throws: AnnealError.self) {
      try twice.encode(Conversation([.user("a")]), training: .everything)
    }
  }

  @Test func `an answer ends at the model's end tokens and at the template's`() throws {
    let ends = Set([encoder.tokenizer.id(of: "<|im_end|>"), encoder.tokenizer.id(of: "</s>")])
    #expect(Set(encoder.endOfTurn.map(Optional.some)) == ends)
    let folder = try TemporaryFolder()
    try folder.write(#"{"eos_token_id": [7, 9]}"#, to: "generation_config.json")
    try folder.write(#"{"eos_token_id": 5}"#, to: "config.json")
    let base = try ConversationEncoder.load(
      modelFolder: folder.path, tokenizer: encoder.tokenizer)
    #expect(base.endOfTurn.isSuperset(of: [5, 7, 9]))
    #expect(base.template.name == "chatml")
  }

  @Test func `a completion is learned with the end token, and its prompt stands alone`() throws {
    for (prompt, completion) in [("hello ", "the"), ("hello", " the"), ("", "a"), ("a\n", "\nb")] {
      let encoded = encoder.encode(prompt: prompt, completion: completion)
      #expect(encoded.ids.starts(with: encoder.encode(prompt: prompt)))
      #expect(encoded.ids.first == encoder.tokenizer.beginningOfText)
      #expect(learned(encoded, encoder) == completion + "</s>")
    }
    #expect(!encoder.encode(prompt: "hello", completion: "").teaches)
  }

  @Test func `a raw text begins and ends once`() {
    let encoded = encoder.encode(text: "hello and")
    #expect(encoder.tokenizer.decode(encoded.ids) == "<s>hello and</s>")
    #expect(encoded.lossMask.first == false)
    #expect(encoded.lossMask.dropFirst().allSatisfy { $0 })
    #expect(!encoder.encode(text: "").teaches)
  }
}
