import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDocuments

@Suite struct PandocTests {
  @Test(.enabled(if: Installed.pandoc, "pandoc is not installed"))
  func `Word documents keep headings and tables`() async throws {
    let read = try await document(at: fixture("kiln.docx"))
    #expect(
      read.passages.map(\.text) == [
        "Care of the Kiln", "Sweep it once a week.", "Bricks", "Damp bricks crack. Dry them first.",
        "Part | Years\nDoor | 12",
      ])
    #expect(read.passages.last?.section == ["Care of the Kiln", "Bricks"])
  }

  @Test(.enabled(if: Installed.pandoc, "pandoc is not installed"))
  func `books and OpenDocument texts are read`() async throws {
    let book = try await document(at: fixture("kiln.epub"))
    #expect(book.passages.last?.text == "Nobody remembers who lit it.")
    #expect(book.passages.last?.section == ["The Book of Kilns", "The First Fire"])
    let text = try await document(at: fixture("wood.odt"))
    #expect(text.passages.last?.text == "Oak burns long and even.")
  }

  @Test(.enabled(if: Installed.pandoc, "pandoc is not installed"))
  func `a web page is its main part, without menus and scripts`() async throws {
    let read = try await document(
      """
      <!DOCTYPE html><html><head><title>Kilns</title><style>p { color: red }</style></head><body>
      <nav><ul><li>Home</li></ul></nav><div>Banner</div>
      <main><h1>Heat</h1><p>It is <b>very</b> hot&nbsp;&amp; dry.</p><script>if (a<b) { go() }</script>
      <ul><li>one</li><li>two</li></ul><aside>Buy wood!</aside></main><footer>2026</footer></body></html>
      """, "a.html")
    #expect(read.passages.map(\.text) == ["Heat", "It is very hot\u{A0}& dry.", "- one\n- two"])
    #expect(read.passages.last?.section == ["Kilns", "Heat"])
  }

  @Test func `elements that nothing closes are kept, and cost no time`() {
    let page = String(repeating: "<nav><p>", count: 20_000)
    #expect(HTMLFurniture.removed(from: page) == page)
    #expect(HTMLFurniture.removed(from: "a<nav>b<nav>c</nav>d</nav>e<NAV />f") == "aef")
    #expect(HTMLFurniture.removed(from: "<navy>x</navy><") == "<navy>x</navy><")
  }

  @Test(arguments: [
    ("<!-- <aside> --><p>a</p><!-- </aside> -->b", "<p>a</p>b"),
    ("<!-- the <nav> was moved --><p>a</p><nav>menu</nav>b", "<p>a</p>b"),
    ("<nav>menu<!-- </nav> --></nav>a<!-->b", "ab"),
    ("<nav><script>x = '</nav>'</script>menu</nav>a", "a"),
    ("<nav class=/menu/>menu</nav>a", "a"),
    (#"<nav title="a </nav> b">menu</nav>a"#, "a"),
    ("<header>Cookies: <a>accept all</a></header>a", "a"),
    ("<HEADER><p>1 <html></p></HEADER >a", "a"),
    ("<title>The <nav> tag</title><nav>menu</nav>a", "<title>The <nav> tag</title>a"),
  ])
  func `comments go, and what seems to be a tag in them or in a script is none`(
    page: String, text: String
  ) {
    #expect(HTMLFurniture.removed(from: page) == text)
  }

  @Test(arguments: [
    #"<img alt="an <aside>"><p>a</p></aside>"#, "<![CDATA[ <nav>a</nav> ]]>",
    "<nav-bar>a</nav-bar>", "a <!-- b", "a < b <", "</", "<!", "<a b='",
    "<form><h1>a</h1></form>", "<header><h1 class=a>A</h1><p>b</p></header>",
    "<header><hgroup><H2>A</H2></hgroup></header>", "<header>a",
  ])
  func `what is no furniture is kept to the letter`(page: String) {
    #expect(HTMLFurniture.removed(from: page) == page)
  }

  @Test(arguments: [
    "<!-- ", "<a b=", "<a b='", "<nav><script>", "<header>", "<![CDATA[", "<a<", "</nav",
  ])
  func `marks without an end cost no time`(mark: String) {
    let page = String(repeating: mark, count: 20_000)
    #expect(HTMLFurniture.removed(from: page) == page)
  }

  @Test(.enabled(if: Installed.pandoc, "pandoc is not installed"))
  func `a page that is one form keeps its text and loses the controls`() async throws {
    let read = try await document(
      """
      <!DOCTYPE html><html><body><form method="post" action=/default.aspx/><input value="x">
      <h1>Heat</h1><select><option>one</option></select><p>It is hot.</p><button>Go</button>
      <textarea>Write here</textarea></form></body></html>
      """, "a.html")
    #expect(read.passages.map(\.text) == ["Heat", "It is hot."])
  }

  @Test func `pandoc's tree becomes passages, and unknown parts are passed over`() throws {
    let tree = try JSON(
      parsing: #"""
        {"meta":{"title":{"t":"MetaInlines","c":[{"t":"Str","c":"T"}]}},"blocks":[
        {"t":"Header","c":[1,["",[],[]],[{"t":"Str","c":"One"}]]},
        {"t":"Para","c":[{"t":"Quoted","c":[{"t":"DoubleQuote"},[{"t":"Str","c":"q"}]]},{"t":"Space"},
        {"t":"Link","c":[["",[],[]],[{"t":"Str","c":"link"}],["u",""]]},{"t":"Note","c":[]}]},
        {"t":"OrderedList","c":[[3,{"t":"Decimal"},{"t":"Period"}],[[{"t":"Plain","c":[{"t":"Str","c":"a"}]}],
        [{"t":"Plain","c":[{"t":"Str","c":"b"}]}]]]},
        {"t":"CodeBlock","c":[["",[],[]],"x = 1\n  y"]},{"t":"HorizontalRule"},{"t":"New","c":[1]},{"t":"Para"},
        {"c":[]},7]}
        """#)
    var reader = PandocTree()
    let passages = reader.passages(of: tree)
    #expect(passages.map(\.text) == ["One", "“q” link", "3. a\n4. b", "x = 1\n  y"])
    #expect(passages.last?.section == ["T", "One"])
  }

  @Test(
    .enabled(if: Installed.pandoc, "pandoc is not installed"),
    arguments: [
      ("a.rst", "Wood burns [1]_.\n\n.. [1] Oak burns best.\n"),
      ("a.org", "Wood burns[fn:1].\n\n[fn:1] Oak burns best.\n"),
      ("a.tex", "Wood burns\\footnote{Oak burns best.}.\n"),
      ("a.rtf", "{\\rtf1\\ansi Wood burns{\\footnote \\pard Oak burns best.\\par}.\\par}"),
      (
        "a.html",
        """
        <p>Wood burns<a href="#fn1" role="doc-noteref"><sup>1</sup></a>.</p>
        <section role="doc-endnotes"><p id="fn1">[1] Oak burns best.<a href="#b" role="doc-backlink">↩</a></p></section>
        """
      ),
    ])
  func `footnotes are kept, behind what they belong to`(name: String, text: String) async throws {
    let read = try await document(text, name)
    #expect(read.passages.map(\.text) == ["Wood burns[1].", "[1] Oak burns best."])
  }

  @Test func `footnotes of headings, lists and tables stand behind the whole`() throws {
    let note = { (words: String) in
      #"{"t":"Note","c":[{"t":"Para","c":[{"t":"Str","c":"\#(words)"}]}]}"#
    }
    let plain = { (words: String) in
      #"[{"t":"Plain","c":[{"t":"Str","c":"\#(words)"},\#(note("of " + words))]}]"#
    }
    let cell = { (words: String) in #"[["",[],[]],{"t":"AlignDefault"},1,1,\#(plain(words))]"# }
    let tree = try JSON(
      parsing: #"""
        {"meta":{},"blocks":[
        {"t":"Header","c":[1,["",[],[]],[{"t":"Str","c":"Fire"},\#(note("A"))]]},
        {"t":"BulletList","c":[\#(plain("one")),\#(plain("two"))]},
        {"t":"Table","c":[["",[],[]],[null,[]],[],[["",[],[]],[]],
        [[["",[],[]],0,[],[[["",[],[]],[\#(cell("x")),\#(cell("y"))]]]]],[["",[],[]],[]]]}]}
        """#)
    var reader = PandocTree()
    let passages = reader.passages(of: tree)
    #expect(
      passages.map(\.text) == [
        "Fire", "[1] A", "- one[2]\n- two[3]", "[2] of one", "[3] of two", "x[4] | y[5]",
        "[4] of x", "[5] of y",
      ])
    #expect(passages.allSatisfy { $0.section == ["Fire"] })
  }

  @Test(.enabled(if: Installed.pandoc, "pandoc is not installed"))
  func `what follows a character of rich text is kept`() async throws {
    let read = try await document("{\\rtf1\\ansi 50 \\u176?C and \\u8364?5.\\par}", "a.rtf")
    #expect(read.passages.map(\.text) == ["50 °C and €5."])
  }

  @Test(arguments: [
    ("\\u176?C", "\\u176\\'3fC"), ("\\u-42?", "\\u-42\\'3f"), ("\\\\u176?C", "\\\\u176?C"),
    ("\\uc0\\u176?", "\\uc0\\u176?"), ("\\u", "\\u"), ("\\u17", "\\u17"), ("\\", "\\"),
    ("a?", "a?"),
  ])
  func `only what stands for a character of rich text is changed`(text: String, changed: String) {
    #expect(String(decoding: RichText.substituted(Array(text.utf8)), as: UTF8.self) == changed)
  }

  @Test(arguments: [
    ("bomb.docx", "unpack"), ("outside.docx", "outside"), ("cut.docx", "no zip archive"),
  ])
  func `archives that are traps or broken are not given to a program`(
    name: String, words: String
  ) async {
    let error = await failure { try await document(at: fixture(name)) }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.remedy != nil)
  }

  @Test func `an archive cut anywhere is refused without a trap`() throws {
    let bytes = try fileBytes(fixture("kiln.docx"))
    let folder = try TemporaryFolder()
    for count in stride(from: 1, to: bytes.count, by: 7) {
      let path = folder.path + "/cut\(count).docx"
      try AtomicFile.write(Array(bytes.prefix(count)), to: path)
      #expect(throws: AnnealError.self) { try ZipDirectory.check(try DocumentFile(path: path)) }
    }
  }
}
