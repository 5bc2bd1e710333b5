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

  @Test(
    arguments: [
      "{% set ns = namespace(l=[]) %}{% for i in range(34) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
      "{% set ns = namespace(l=[]) %}{% for i in range(34) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}",
      "{% set ns = namespace(l=[]) %}{% for i in range(34) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | pprint }}",
      "{% set ns = namespace(l={}) %}{% for i in range(34) %}{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% endfor %}{{ ns.l ~ '' }}",
      "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(34) %}{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
      "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(34) %}{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l < b.l }}",
      "{% set a = namespace(l=(1,)) %}{% for i in range(34) %}{% set a.l = (a.l, a.l) %}{% endfor %}{{ {a.l: 1} }}",
      "{% set a = namespace(l=(1,)) %}{% for i in range(34) %}{% set a.l = (a.l, a.l) %}{% endfor %}{{ [a.l] | unique | list }}",
      "{{ (['x' * 16000000] * 1000000) | join }}",
      "{{ ''.join(['x' * 16000000] * 1000) | length }}",
      "{{ (['x' * 16000000] * 1000) | tojson | length }}",
      "{% set s = 'x' * 16000000 %}{{ (s ~ s ~ s ~ s) | length }}",
      "{{ '%s%s%s' % ('x' * 16000000, 'x' * 16000000, 'x' * 16000000) }}",
      "{{ '{0}{0}{0}'.format('x' * 16000000) }}",
      "{% set s = 'x' * 16000000 %}{% for i in range(10000) %}{% set y = s | upper %}{% endfor %}",
      "{% set s = 'x' * 16000000 %}{% for i in range(100000) %}{% set y = 'y' in s %}{% endfor %}",
      "{% set s = 'é' * 8000000 %}{% for i in range(1000) %}{% set y = s.casefold() %}{% endfor %}",
      "{{ ('a-b c ' * 2000000) | wordwrap(10) }}",
      "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = ns.l + ['x' * 16000000 ~ i] %}{% endfor %}",
      "{% for i in range(99999) %}{% for j in range(99999) %}{% set x = messages + messages %}{% endfor %}{% endfor %}",
      "{% set ns = namespace(l=0) %}{% for i in range(99999) %}{% for x in [ns.l] %}{% set ns.l = loop %}{% endfor %}{% endfor %}",
    ])
  func `values that share their parts, and long texts, are paid for`(source: String) throws {
    let template = try ChatTemplate(source: source, name: "t")
    #expect(throws: AnnealError.self) { try template.render(Conversation([.user("x")])) }
  }

  @Test func `a search takes time by the lengths and not by their product`() throws {
    let source =
      "{{ ('a' * 400000 ~ 'b') in ('a' * 800000) }}{{ ('a' * 800000).rfind('b' ~ 'a' * 400000) }}"
    let template = try ChatTemplate(source: source, name: "t")
    #expect(try template.render(Conversation()).text == "False-1")
  }

  @Test func `a search finds what is there, whatever the text is made of`() {
    var random = SplitMix64(seed: 3)
    for round in 0..<4000 {
      let letters = 1 + random.below(3)
      func word(_ length: Int) -> String {
        String(
          (0..<length).map { _ in Character(Unicode.Scalar(UInt8(97 + random.below(letters)))) })
      }
      let text = word(random.below(120))
      let part =
        round.isMultiple(of: 3)
        ? word(17 + random.below(30))
        : String(text.dropFirst(random.below(60)).prefix(17 + random.below(30)))
      guard !part.isEmpty else { continue }
      let (haystack, needle) = (Array(text.utf8), Array(part.utf8))
      let places = haystack.indices.filter { haystack[$0...].starts(with: needle) }
      #expect(PythonText.firstOffset(of: part, in: text) == places.first)
      let last = PythonText.lastRange(of: part, in: text)
      #expect(
        last.map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } == places.last)
    }
  }

  @Test func `whatever number a filter, a test or a method is given, it does not trap`() throws {
    let numbers = [Int.min, Int.max, -1, 0, 1, 300, -300]
    let values = [
      "'a-b c'", "'-5'", "''", "5", "-2.5", "[3, 1, 2]", "{'a': 1}", "(1, 2)", "range(5)", "none",
      "messages", "'é' | safe", "x", "namespace(a=1)", "cycler(1, 2)", "-9223372036854775807 - 1",
    ]
    let methods = [
      Value.string(""), .list([]), .tuple([]), .dictionary(Table([:])), .cycler(Cycler(List([]))),
    ].reduce(into: Set<String>()) { $0.formUnion(Methods.names(of: $1)) }
    let calls =
      Filters.table.keys.sorted().map { "| \($0)" } + Tests.table.keys.sorted().map { "is \($0)" }
      + methods.sorted().map { ".\($0)" } + [
        "[x:]", "[:x]", "[::x]", "[x]", "* x", "// x", "% x", "** 3 ** x",
      ]
    for value in values {
      for call in calls {
        for number in numbers {
          let patterns =
            call.contains("x]") || call.contains(" x")
            ? ["{{ (\(value)) \(call) }}"]
            : [
              "{{ (\(value)) \(call)(x) }}", "{{ (\(value)) \(call)(x, x) }}",
              "{{ (\(value)) \(call)('a', x) }}", "{{ (\(value)) \(call)('a', x, x) }}",
              "{{ (\(value)) \(call)(x, 'a', '', x) }}",
            ]
          for source in patterns {
            guard let template = try? ChatTemplate(source: source, name: "t") else { continue }
            _ = try? template.render(Conversation([.user("u")]), variables: ["x": .integer(number)])
          }
        }
      }
    }
    for source in [
      "{{ range(x) | length }}", "{{ range(x, 3) | length }}", "{{ range(0, 9, x) }}",
      "{{ range(x, x, x) }}",
      "{{ range(5)[x::x] }}", "{{ '%*d' % (x, 1) }}", "{{ '%.*f' % (x, 1.5) }}",
      "{{ '{:{}}'.format(1, x) }}",
      "{{ '{:c}'.format(x) }}", "{{ '%c' % x }}", "{{ '%d%x%o%e' % (x, x, x, x) }}",
      "{{ '{:,}{:_x}'.format(x, x) }}",
      "{{ [[1]] | map(attribute=x) | list }}", "{{ loop.cycle(x) }}",
      "{{ [1] | tojson(indent=x) }}",
      "{{ 'a' | truncate(x, leeway=x, end='') }}", "{{ [x, 1] | sum }}", "{{ x.0.1 }}",
      "{{ -x }}{{ x | abs }}",
      "{{ 'a'.translate({97: x}) }}", "{{ x is divisibleby(-1) }}",
    ] {
      for number in numbers {
        let template = try ChatTemplate(source: source, name: "t")
        _ = try? template.render(Conversation([.user("u")]), variables: ["x": .integer(number)])
      }
    }
  }

  @Test func `what would be different every time is refused by name`() throws {
    for (source, word) in [
      ("{{ [1] | random }}", "random"), ("{{ lipsum() }}", "lipsum"),
      ("{{ 'x' | urlize }}", "urlize"),
    ] {
      let error = try #require(throws: AnnealError.self) {
        try ChatTemplate(source: source, name: "t").render(Conversation())
      }
      #expect(error.message.contains(word))
    }
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
      "tojson", "[::-1]", "%", "'%s' % 1", "namespace()", "loop", "generation", "truncate(x, x)",
      "9223372036854775807", "-9223372036854775807 - 1", "'a'.center(x)", "round(x)", "slice(x)",
      "{% set ns.l = [ns.l, ns.l] %}", "{% set ns = namespace(l=[1]) %}", "{{ ns.l }}", "ns.l",
      "{% for i in range(40) %}", "{% endfor %}", "join", "'{:{}}'.format(1, x)", "groupby(0)",
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
