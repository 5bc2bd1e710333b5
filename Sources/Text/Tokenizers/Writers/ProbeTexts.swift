/// Texts that tokenizers are told apart by: letters, numbers, signs, spaces and scripts side by side.
public enum ProbeTexts {
  /// The texts, each short; composed characters only, since readers differ in how they compose.
  public static let all: [String] = plain + spaces + signs + scripts

  private static let plain = [
    "", "a", "Hello, world!", "The quick brown fox jumps over the lazy dog.",
    "It's what they've said; I'd guess we'll see, you're right, I'm SURE it'S so. don'T",
    "CamelCaseWords and snake_case_words, kebab-case-words, UPPER and lower.",
    "0 12 345 6789 12345 3.14159 1,000,000 2024-05-17 10:30 1e-5 0x7F v2.0.1",
    "abc123def 1st 2nd x2 A1B2 100% $5.00 №7 Ⅳ ½",
    "function f(x) {\n\treturn x[0] + \"text\" != 'c' ? {a: 1} : null;\n}\n",
    "def area(radius):\n    # comment\n    return 3.14 * radius ** 2\n\n\nprint(area(2))",
    #"{"name": "Ann", "age": 41, "tags": ["a", "b"], "nested": {"k": null}}"#,
    "https://example.org/path?q=1&r=two#three user@example.org", "<p class=\"x\">a &amp; b</p>",
    "- one\n- two\n  - three\n\n1. first\n2. second\n\n**bold** _it_ `code`",
    "user: hi\nassistant: hello\n", "Q: 2+2=?\nA: 4",
  ]

  private static let spaces = [
    " ", "  ", "   ", "\n", "\n\n", "\n\n\n", "\t", "\t\t", "\r\n", " \n", "\n ", " \n\n ", "a b",
    "a  b", "a   b", "  a", "a  ", "\na", "a\n", "a\nb", "a\n\nb", "a\n\n\nb", "a \n b", "a\n b",
    "a\n\n!", "a\n\n1", "a\r\nb", "a\r\n\r\nb", "a\tb", "\ta", "a \t b", "a\u{A0}b", "\u{3000}a",
    " !", "  !", " 1", "  1", "a 1", "a  1", "1 a", "1  a", "! a", "!  a", "!\n", "!\n\na", "1\n1",
  ]

  private static let signs = [
    "!", "!!", "!!!", "...", "…", "?!", "--", "—", "(a)", "[a]", "{a}", "\"a\"", "'a'", "«a»",
    "“a”",
    "a,b", "a, b", "a.b", "a. b", "a/b", "a\\b", "a_b", "a-b", "a+b=c", "a<b>c", "a|b", "a~b",
    "a^b",
    "a`b`", "a@b", "#a", "$a", "%a", "&a", "*a*", "= ==", "1+1", "1.", ".1", "1,1", "1:1", "-1",
    "€1",
    "a's", "a'S", "'s", " 's", "a''s", "✓", "→", "±", "×", "°", "™", "§",
  ]

  private static let scripts = [
    "Grüße aus Köln, naïve café, ÆØÅ ß ẞ", "Привет, мир! Ещё раз.", "Γειά σου Κόσμε", "שלום עולם",
    "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "你好，世界！今天是2024年。", "こんにちは世界。カタカナ",
    "안녕하세요 세계", "🙂", "👍🏽 👩‍👩‍👧 🇩🇪", "a🙂b", "𝒜𝓑", "İstanbul ıI", "Tiếng Việt rất hay",
    "ქართული", "Հայերեն", "አማርኛ", "தமிழ்", "\u{FEFF}a", "a\u{200B}b",
  ]
}
