import AnnealFiles
@testable import AnnealText
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Broken and hostile inputs: errors are fine, traps and endless work are not.
@Suite struct FuzzTests {
  private static let tokenizers = ["byte_level", "llama3", "qwen2", "sentencepiece"]

  private func bytes(_ fixture: String) throws -> [UInt8] {
    try fileBytes(Fixture.path(fixture))
  }

  @Test func `changed JSON is refused, or reads back from what it is written as`() throws {
    let seeds =
      try ["tokenizers/parts.json", "templates/tokenizer_config.json"]
      .map { Array(try bytes($0).prefix(6000)) } + [
        Array(#"{"a":[1,-2.5e3,"ü\n\ud83d\ude00",null,true]}"#.utf8)
      ]
    let mutator = Mutator(
      seeds: seeds, words: ["{", "}", "[", "]", "\"", ":", ",", "[[", "{\"a\":"])
    try Fuzzing.run("json", rounds: 3000, mutator.input) { bytes, _ in
      guard let json = try? JSON(parsing: bytes) else { return }
      for style in [JSON.Style.compact, .pretty] {
        // Not the value: a number beyond all doubles is written as null.
        let text = json.text(style)
        let isSame = try JSON(parsing: text).text(style).utf8.elementsEqual(text.utf8)
        #expect(isSame)
      }
    }
  }

  @Test func `a changed tokenizer.json is refused or encodes any text`() throws {
    let seeds = try Self.tokenizers.map { try bytes("tokenizers/\($0).tokenizer.json") }
    let mutator = Mutator(
      seeds: seeds,
      words: [
        "\"type\":", "\"BPE\"", "\"Unigram\"", "\"WordPiece\"", "\"Sequence\"", "\"Metaspace\"",
        "\"ByteLevel\"", "\"Split\"", "\"Replace\"", "{}", "[]", "\"\"", "\"id\":", "\"vocab\":",
        "\"merges\":", "\"unk_token\":null", "\"byte_fallback\":true", "\"ignore_merges\":true",
        "\"lstrip\":true", "\"single_word\":true", "\"normalized\":true", "\"prepend\":\"\"",
        "\"content\":\"\"", "\"pattern\":{\"String\":\"\"}",
      ])
    let texts = Mutator(seeds: Self.texts, words: ["<s>", "<mask>", "the", "hello"])
    try Fuzzing.run("tokenizer-json", rounds: 120, mutator.input) { bytes, random in
      let folder = try TemporaryFolder()
      let path = folder.path + "/tokenizer.json"
      try Data(bytes).write(to: URL(filePath: path))
      guard let tokenizer = try? Tokenizer(path: path) else { return }
      try tryOut(tokenizer, String(decoding: texts.input(&random), as: UTF8.self))
      _ = try? tokenizer.adding(["<new>", "the"])
      let pair = tokenizer.encoding(of: "the mill", and: "hello")
      _ = tokenizer.batchPadding?.padded([pair])
    }
  }

  @Test(arguments: [
    ("bpe/tokenizer.model", "tokenizer.model"), ("trimming/tokenizer.model", "tokenizer.model"),
    ("unigram/tokenizer.model", "tokenizer.model"), ("ranks/tokenizer.model", "tokenizer.model"),
    ("gpt2/vocab.json", "vocab.json"), ("gpt2/merges.txt", "merges.txt"),
    ("gguf_pieces/model.gguf", "model.gguf"), ("gguf_bytes/model.gguf", "model.gguf"),
    ("rules_bpe/tokenizer.model", "tokenizer.model"),
    ("rules_unigram/tokenizer.model", "tokenizer.model"), ("bert/model.gguf", "model.gguf"),
  ])
  func `a changed file of another kind is refused or encodes any text`(
    _ fixture: String, _ name: String
  ) throws {
    let seed = try bytes("tokenizers/readers/\(fixture)")
    let mutator = Mutator(
      seeds: [seed],
      words: [
        "\u{8}\u{1}", "\u{A}\u{7F}", "tokenizer.ggml.merges", "tokenizer.ggml.scores", " ", "\n",
        "AA== 0\n", "== 7\n", "\"a\": 3,", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{7F}",
      ])
    let texts = Mutator(seeds: Self.texts, words: ["<s>", "<|end|>", "<user>"])
    let pair = ["gpt2/vocab.json", "gpt2/merges.txt"]
    let others = pair.contains(fixture) ? pair.filter { $0 != fixture } : []
    let target = "reader-" + fixture.split(separator: "/").joined(separator: "-")
    try Fuzzing.run(target, rounds: 30, mutator.input) { bytes, random in
      let folder = try TemporaryFolder()
      for other in others {
        try AtomicFile.copy(
          Fixture.path("tokenizers/readers/\(other)"),
          to: folder.path + "/" + Folder.name(of: other))
      }
      try Data(bytes).write(to: URL(filePath: folder.path + "/" + name))
      guard let tokenizer = try? Tokenizer(path: folder.path) else { return }
      try tryOut(tokenizer, String(decoding: texts.input(&random), as: UTF8.self))
    }
  }

  @Test(arguments: tokenizers)
  func `any text becomes the same ids in every way, and its bytes come back`(
    _ name: String
  ) throws {
    let tokenizer = try fixtureTokenizer(name)
    let mutator = Mutator(
      seeds: Self.texts, words: ["<s>", "</s>", "<mask>", "<|end|>", "hello", "'Ll", "  ", "▁"])
    try Fuzzing.run("text-\(name)", rounds: 400, mutator.input) { bytes, _ in
      let text = String(decoding: bytes, as: UTF8.self)
      try tryOut(tokenizer, text)
      // Added tokens swallow spaces, and Qwen2's normalization composes.
      if name == "byte_level" || name == "llama3", !text.contains("<"), !text.contains("hello") {
        let ids = tokenizer.encode(text, addSpecialTokens: false)
        let isSame = tokenizer.decode(ids).utf8.elementsEqual(text.utf8)
        #expect(isSame)
      }
    }
  }

  @Test func `a changed template is refused or renders within its limits`() throws {
    let language = String(decoding: try bytes("templates/language.txt"), as: UTF8.self)
    let seeds =
      ChatTemplate.builtIn.map { Array($0.source.utf8) }
      + language.split(separator: "\n").map { Array($0.utf8) }
    let mutator = Mutator(
      seeds: seeds,
      words: [
        "{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", " if ", " for x in ", " else ", "endfor",
        "endif", "endmacro", "macro f(x)", "f(f)", "range(999999999)", "range(1, 0, -1)", "[", "]",
        "(", ")", "|", "|join", "|tojson", "|upper", ".x", "['x']", "[::0]", "[-1]", " ** 999999",
        " % 0", " // 0", " * 99999999", "~", "'%s' % ", "'{}'.format(", "namespace(x=1)", "loop",
        "messages", "not ", " is defined", "set x = ", "{% for x in range(100000) %}", "recursive",
        "loop(x)", "strftime_now('%Y')", "raise_exception('x')", "x.append(x)", "ns.x = ns",
        "|truncate(9223372036854775807, leeway=x)", "|center(-9223372036854775807 - 1)",
        "|batch(x)", "|slice(2, x)", "|round(-3)", "|indent(x)", "|groupby('role')|list",
        "|wordwrap(3)", "|pprint", "|sort", "|unique|list", "|map('upper')|join(x)",
        ".zfill(-9223372036854775807 - 1)", ".split(x, 1)", ".replace('', x, 9)", ".find(x, x)",
        ".expandtabs(x)", "'%*d' % (x, x)", "'{:{}}'.format(x, x)", " 9223372036854775807 ",
        " -9223372036854775807 - 1 ", "{% set ns = namespace(l=[1]) %}",
        "{% set ns.l = [ns.l, ns.l] %}", "{% for i in range(40) %}", "ns.l == ns.l", "{{ ns.l }}",
        "{{ ns.l|tojson }}", "joiner(x)()", "cycler(x, 1).next()", "loop.changed(loop)",
      ])
    let conversation = Conversation([.system("s"), .user("u\u{0}<|im_end|>"), .assistant("a")])
    try Fuzzing.run("template", rounds: 300, mutator.input) { bytes, _ in
      let source = String(decoding: bytes, as: UTF8.self)
      guard let template = try? ChatTemplate(source: source, name: "t") else { return }
      _ = try? template.render(
        conversation, addGenerationPrompt: true, variables: ["bos_token": "<s>", "x": [1, "y"]])
    }
  }

  @Test func `a template that works without end is stopped`() throws {
    let big = "{% for a in range(100000) %}"
    let sources = [
      String(repeating: big, count: 5) + "x" + String(repeating: "{% endfor %}", count: 5),
      "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
      "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}",
      "{% set ns = namespace(s='ab') %}{% for a in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "{% set ns = namespace(s=[1]) %}{% for a in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
      "{% set ns = namespace(s=[1]) %}{% for a in range(99999) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
      "{{ 'a' * 999999999999 }}", "{{ 10 ** 10 ** 10 }}", "{{ '%999999999d' % 1 }}",
      "{{ 'x'.ljust(9999999999) }}",
      "{{ 'ab' | replace('', 'x' * 100000) | replace('', 'y' * 100000) }}",
      "{{ range(9999999999) | list | length }}",
    ]
    for source in sources {
      let start = ContinuousClock.now
      let template = try? ChatTemplate(source: source, name: "t")
      _ = try? template?.render(Conversation([.user("u")]))
      let taken = ContinuousClock.now - start
      #expect(taken < Fuzzing.patience, "\(source.prefix(80)) took \(taken)")
    }
  }

  @Test func `JSON and its readers survive any depth`() throws {
    for piece in ["[", "{\"a\":", "[{\"model\":", "[\""] {
      let text = String(repeating: piece, count: 300_000)
      #expect(throws: AnnealError.self) { try JSON(parsing: text) }
      #expect(throws: AnnealError.self) {
        let folder = try TemporaryFolder()
        _ = try Tokenizer(path: folder.write("{\"model\":" + text, to: "tokenizer.json"))
      }
    }
  }

  @Test(arguments: tokenizers)
  func `a megabyte without a space takes moments, whatever it is of`(_ name: String) throws {
    let tokenizer = try fixtureTokenizer(name)
    for piece in [
      "a", "1", "!", "\n", " ", "é", "中", "👩‍👩‍👧", "e\u{301}", "▁", "<", "<s>", "'", "\u{0}",
    ] {
      let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
      let start = ContinuousClock.now
      let ids = tokenizer.encode(text, addSpecialTokens: false)
      let taken = ContinuousClock.now - start
      #expect(taken < Fuzzing.patience, "\(piece.debugDescription) took \(taken)")
      #expect(!ids.isEmpty)
    }
  }

  /// Does with a text what users do, and checks that the ways agree.
  private func tryOut(_ tokenizer: Tokenizer, _ text: String) throws {
    let ids = tokenizer.encode(text)
    let encoding = tokenizer.encoding(of: text)
    let isSame = encoding.ids == ids
    #expect(isSame)
    #expect(encoding.tokens.count == ids.count)
    let count = text.unicodeScalars.count
    #expect(encoding.offsets.allSatisfy { $0.upperBound <= count })
    _ = tokenizer.decode(ids)
    var stream = tokenizer.streamDecoder()
    for id in ids.prefix(200) { _ = stream.push(id) }
    _ = stream.finish()
  }

  private static let texts: [[UInt8]] = [
    "the miller's boy  ran\tpast\n\n the river; 12 345 words!\r\n  ",
    "Äpfel A\u{308} 中文字符 🙂👩‍👩‍👧 हिन्दी עברית \u{200D}\u{FEFF}", "for(i=0;i<10;i++){x+=y[i];}//!?",
    "They'LL don't I'M we'Ve 'tis 'ſ", "<s>the</s> <mask> <|end|> hello helloworld", "",
  ].map { Array($0.utf8) }
}
