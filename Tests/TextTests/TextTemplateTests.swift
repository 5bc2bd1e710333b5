import AnnealFiles
import AnnealText
import Testing

/// Jinja as evaluation tasks use it.
@Suite struct TextTemplateTests {
  private let row: JSON = [
    "q": "Is it [so] now?", "list": ["a [x]", " b "], "n": 2, "none": nil,
    "nested": ["words": ["it's", "so"]],
  ]

  @Test(arguments: [
    ("Q: {{q}}\nA:\n", "Q: Is it [so] now?\nA:\n"),
    ("{% if n == 2 %}\n  two\n{% endif %}", "\n  two\n"),
    (#"{{ q | regex_replace("\[.*?\] ", "") }}"#, "Is it now?"),
    (#"{{ list | map("trim") | map("regex_replace", " \[.\]", "") | list }}"#, "['a', 'b']"),
    (#"{{ q | regex_replace("(so)", "<\\1>") }}"#, "Is it [<so>] now?"),
    ("{{ nested.words }}", #"["it's", 'so']"#), ("{{ none }}", "None"),
    ("{{ q.split(' ')[:-1] | join(' ') }}", "Is it [so]"),
    ("{{ missing if missing is defined else n | int }}", "2"),
  ])
  func `a row is written as jinja2 writes it`(template: String, text: String) throws {
    #expect(try TextTemplate(source: template, name: "t").render(row) == text)
  }

  @Test(arguments: [
    ("{{ q }} {{ missing }}", "'missing' is undefined"), ("{{ q", "not closed"),
    ("{{ q | nofilter }}", "no filter named 'nofilter'"),
    (#"{{ q | regex_replace("(", "") }}"#, "regular expression"),
  ])
  func `what is not there is an error`(template: String, message: String) {
    #expect {
      try TextTemplate(source: template, name: "task.yaml#doc_to_text").render(row)
    } throws: { error in
      "\(error)".contains(message) && "\(error)".hasPrefix("task.yaml#doc_to_text:1:")
        && (error as? AnnealError)?.code == .recipe
    }
  }

  @Test func `a chat template has no filter of tasks`() {
    #expect(throws: AnnealError.self) {
      try ChatTemplate(source: #"{{ 'a' | regex_replace("a", "b") }}"#, name: "t")
    }
  }
}
