import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The template language against jinja2, through fixtures made by `make_templates.py`.
struct JinjaLanguageTests {
  @Test func `every construct writes what jinja2 writes, and raises where it raises`() throws {
    let golden = try Golden("templates/language.json")
    let cases = try #require(golden.json["cases"]?.array)
    #expect(cases.count > 100)
    for (number, entry) in cases.enumerated() {
      let source = try #require(entry["source"]?.string)
      let template = try? ChatTemplate(
        source: source, name: "t", fixedTime: try #require(golden.json["now"]?.integer))
      let found = golden.render(template, golden.conversation(golden.json), generate: true)
      let expected = entry["output"]?.string
      #expect(
        found.map { Array($0.utf8) } == expected.map { Array($0.utf8) },
        "template \(number): \(source)\n expected \(expected ?? "an error")\n found \(found ?? "an error")"
      )
    }
  }

  @Test(
    arguments: [
      ("a\n  {{ missing.x }}", 2, 13, "'missing' is undefined"),
      ("{% if x %}\n", 1, 11, "ends"),
      ("ok\n{{ 1 | nofilter }}", 2, 8, "no filter named 'nofilter'"),
      ("{{ 'a' + 1 }}", 1, 8, "'+' is not defined for str and int"),
      ("\n\n{{ (1 }}", 3, 0, "expected"),
    ])
  func `an error names the template, the line and the column`(
    source: String, line: Int, column: Int, words: String
  ) throws {
    let error = try #require(throws: AnnealError.self) {
      try ChatTemplate(source: source, name: "mine.jinja").render(Conversation([.user("x")]))
    }
    #expect(error.place?.file == "mine.jinja")
    #expect(error.place?.line == line)
    if column > 0 { #expect(error.place?.column == column) }
    #expect(error.message.contains(words), "\(error)")
  }

  @Test func `a template that refuses a conversation blames the data`() throws {
    let template = try ChatTemplate(
      source: "{{ raise_exception('roles must alternate') }}", name: "t")
    let error = try #require(throws: AnnealError.self) {
      try template.render(Conversation([.user("x")]))
    }
    #expect(error.code == .data)
    #expect(error.message.contains("roles must alternate"))
  }

  @Test(
    arguments: [
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
      "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
      "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}",
      "{{ 'x' * 1000000000000 }}",
      "{{ 'x' | center(1000000000) }}",
      "{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}",
      "{{ 9223372036854775807 + 1 }}",
      "{{ -9223372036854775807 - 2 }}",
      "{{ 3 ** 100 }}",
      "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    ])
  func `a template that would not end, or would fill memory, is stopped`(source: String) throws {
    let template = try ChatTemplate(source: source, name: "t")
    #expect(throws: AnnealError.self) { try template.render(Conversation([.user("x")])) }
  }

  @Test func `deeply nested sources are refused and not crashed on`() {
    for piece in ["(", "[", "{{ [", "not ", "-", "{% if 1 %}", "{'a':", "a.b(", "x if y else "] {
      let source = "{{ " + String(repeating: piece, count: 20_000)
      #expect(throws: AnnealError.self) { try ChatTemplate(source: source, name: "t") }
    }
    let chain = "{{ 1" + String(repeating: " + 1", count: 20_000) + " }}"
    #expect(throws: AnnealError.self) { try ChatTemplate(source: chain, name: "t") }
  }

  @Test func `pieces of templates put together at random never trap`() throws {
    let pieces = [
      "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "if", "for", "in", "x", "endfor",
      "endif", "set", "=", "'a'", "1", "[", "]", "(", ")", ".", "|", "upper", "is", "not", "~",
      "messages", "else", "macro", "raw", "endraw", ":", ",", "{", "}", "\\", "é", "\r\n", "**",
      "tojson", "[::-1]", "%", "'%s' % 1", "namespace()", "loop", "generation",
    ]
    var state: UInt64 = 7
    for _ in 0..<3000 {
      var source = ""
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        source += pieces[Int(state >> 33) % pieces.count]
      }
      if let template = try? ChatTemplate(source: source, name: "t") {
        _ = try? template.render(Conversation([.user("x")]))
      }
    }
    #expect(try ChatTemplate(source: "{{ 1 }}", name: "t").render(Conversation()).text == "1")
  }

  @Test func `what lies in generation blocks is found in UTF-8 offsets`() throws {
    let template = try ChatTemplate(
      source:
        "{% for m in messages %}{{ m.role }}é:{% generation %}{{ m.content }}!{% endgeneration %}{% endfor %}",
      name: "t")
    let rendering = try template.render(Conversation([.user("ü"), .assistant("b")]))
    let bytes = Array(rendering.text.utf8)
    #expect(
      rendering.generated.map { String(decoding: bytes[$0], as: UTF8.self) } == ["ü!", "b!"])
  }
}

/// A fixture with conversations and what jinja2 makes of them.
struct Golden {
  let json: JSON

  init(_ fixture: String) throws {
    let data = try #require(FileManager.default.contents(atPath: Fixture.path(fixture)))
    json = try JSON(parsing: Array(data), file: fixture)
  }

  func conversation(_ object: JSON) -> Conversation? { try? Conversation(json: object) }

  /// What the template writes, nil where it raises.
  func render(
    _ template: ChatTemplate?, _ conversation: Conversation?, generate: Bool,
    variables more: JSON? = nil
  ) -> String? {
    var variables: [String: JSON] = [:]
    for (name, value) in json["variables"]?.object ?? [:] { variables[name] = value }
    for (name, value) in more?.object ?? [:] { variables[name] = value }
    guard let conversation, let template else { return nil }
    return try? template.render(
      conversation, addGenerationPrompt: generate, variables: variables
    ).text
  }

  /// The upper 24 bits of FNV-1a over UTF-8, as the fixture has them.
  static func hash(_ text: String) -> String {
    var value: UInt32 = 0x811C_9DC5
    for byte in text.utf8 { value = (value ^ UInt32(byte)) &* 0x0100_0193 }
    let digits = String(value >> 8, radix: 16)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }
}
