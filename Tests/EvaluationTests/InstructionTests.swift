import AnnealFiles
import Testing

@testable import AnnealEvaluation

/// IFEval's instructions on replies that follow them, and on replies that do not.
@Suite struct InstructionTests {
  @Test(
    arguments: [
      ("keywords:existence", ["keywords": ["Sea", "ship"]], "A ship at SEA.", "A ship."),
      (
        "keywords:frequency", ["keyword": "go", "frequency": 2, "relation": "at least"],
        "Go, go, go", "go"
      ),
      ("keywords:forbidden_words", ["forbidden_words": ["cat"]], "concatenate", "The Cat."),
      (
        "keywords:letter_frequency",
        ["letter": "z", "let_frequency": 2, "let_relation": "less than"],
        "Zebra", "zigzag"
      ),
      (
        "length_constraints:number_sentences", ["num_sentences": 2, "relation": "at least"],
        "One. Two!", "Only one."
      ),
      ("length_constraints:number_paragraphs", ["num_paragraphs": 2], "a\n***\nb", "a\n\nb"),
      (
        "length_constraints:number_words", ["num_words": 4, "relation": "less than"],
        "one, two three",
        "one two three four"
      ),
      (
        "length_constraints:nth_paragraph_first_word",
        ["num_paragraphs": 2, "nth_paragraph": 2, "first_word": "then"],
        "First.\n\n\"Then,\" he said.",
        "First.\n\nNow."
      ),
      (
        "detectable_content:number_placeholders", ["num_placeholders": 2], "[name], [address]",
        "[name]"
      ),
      (
        "detectable_content:postscript", ["postscript_marker": "P.S."], "Bye.\nP. S. Call me.",
        "Bye."
      ),
      ("detectable_format:number_bullet_lists", ["num_bullets": 2], "* one\n- two", "* one"),
      ("detectable_format:constrained_response", [:], "My answer is maybe.", "Maybe."),
      (
        "detectable_format:number_highlighted_sections", ["num_highlights": 2], "*one* and *two*",
        "*one* and **"
      ),
      (
        "detectable_format:multiple_sections", ["section_spliter": "SECTION", "num_sections": 2],
        "SECTION 1\na\nSECTION 2\nb", "SECTION 1\na"
      ),
      ("detectable_format:json_format", [:], "```json\n{\"a\": 1}\n```", "{a: 1}"),
      ("detectable_format:title", [:], "<<Joy>>\ntext", "<< >>\ntext"),
      ("combination:two_responses", [:], "one\n******\ntwo", "one\n******\none"),
      ("combination:repeat_prompt", ["prompt_to_repeat": "Say hi"], "say hi. Hi!", "Hi!"),
      ("startend:end_checker", ["end_phrase": "That is all."], "Hello. \"That is all.\"", "Hello."),
      ("startend:quotation", [:], " \"Hello.\" ", "Hello."),
      (
        "change_case:capital_word_frequency",
        ["capital_frequency": 1, "capital_relation": "at least"], "NOW go", "Now go"
      ),
      ("change_case:english_capital", [:], "ALL 3!", "All"),
      ("change_case:english_lowercase", [:], "all 3!", "All"),
      ("punctuation:no_comma", [:], "a b", "a, b"),
    ] as [(String, JSON, String, String)])
  func `an instruction is told from its neglect`(
    id: String, arguments: JSON, follows: String, neglects: String
  ) throws {
    let check = try #require(InstructionChecks.check(id))
    let arguments = InstructionArguments(json: arguments)
    #expect(check.isFollowed(follows, arguments) == true, "\(follows)")
    #expect(check.isFollowed(neglects, arguments) == false, "\(neglects)")
  }

  @Test func `prompts and instructions are counted, strictly and loosely`() throws {
    let fields: JSON = [
      "instruction_id_list": [
        "punctuation:no_comma", "startend:quotation", "language:response_language",
      ],
      "kwargs": [[:], [:], ["language": "fr"]],
    ]
    let answers = [
      Answer(references: [], reply: "Here you are,\n\"Hello\"", fields: fields),
      Answer(references: [], reply: "\"Hello\"", fields: fields),
    ]
    func measured(_ name: String) throws -> MeasuredMetric {
      try MetricRegistry.builtin.replyMetric(name).measured(answers)
    }
    #expect(try measured("prompt_level_strict_acc").value == 0.5)
    #expect(try measured("inst_level_strict_acc").value == 0.5)
    #expect(try measured("prompt_level_loose_acc").value == 1)
    let loose = try measured("inst_level_loose_acc")
    #expect(loose.value == 1)
    #expect(loose.details?["unverified_instructions"]?["language:response_language"] == 2)
  }
}
