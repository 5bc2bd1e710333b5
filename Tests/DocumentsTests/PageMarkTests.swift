import Testing

@testable import AnnealDocuments

@Suite struct PageMarkTests {
  @Test(arguments: [
    ("a<!-- b --!>c<!-- d -->e", "ace"), ("a<!-- b --!><nav>c</nav>d", "ad"),
    ("a<!-- b -->c<!-- d --!>e", "ace"), ("a<!----!>b", "ab"), ("a<!--->b<!-->c", "abc"),
    // Neither is at an end before the next one is.
    ("a<!--!>b-->c", "ac"), ("a<!---!>b-->c", "ac"), ("a<!-- - -!> --!b -->c", "ac"),
  ])
  func `a comment ends where its first end stands, with an exclamation mark or without`(
    page: String, text: String
  ) {
    #expect(HTMLFurniture.removed(from: page) == text)
  }

  @Test(arguments: [
    ("<nav>a<p>b</p><nav>c</nav>d<nav>e</nav>f", "<nav>a<p>b</p>df"),
    ("<aside>a<aside>b<aside>c<aside>d</aside>e</aside>f<nav>g</nav>", "<aside>a<aside>bf"),
    ("<nav>a<nav>b<script>'</nav>'</script>c</nav>d", "<nav>ad"),
    ("<header>a<header>Cookies</header>b", "<header>ab"),
  ])
  func `one element that is left open keeps no later ones`(page: String, text: String) {
    #expect(HTMLFurniture.removed(from: page) == text)
  }

  @Test(arguments: [
    ("<nav>a<script>b</script>c<script>d", "<nav>ac<script>d"),
    ("<nav>a<!-- b -->c<!-- d", "<nav>ac<!-- d"),
    ("<nav>a<style>b</style><p>c</p><em d='", "<nav>a<p>c</p><em d='"),
  ])
  func `what is left open behind a place says nothing of what stands before it`(
    page: String, text: String
  ) {
    #expect(HTMLFurniture.removed(from: page) == text)
  }

  @Test(.timeLimit(.minutes(1)))
  func `many elements behind one that is left open cost no time`() {
    let part = "<nav>a</nav><script>b</script><!-- c --!>d"
    let page = "<nav>" + String(repeating: part, count: 20_000)
    let kept = HTMLFurniture.removed(from: page)
    #expect(kept == "<nav>" + String(repeating: "d", count: 20_000))
  }

  @Test(
    .enabled(if: Installed.pandoc, "pandoc is not installed"))
  func `what stands between two comments is read`() async throws {
    let read = try await document(
      "<p>first</p><!-- a --!><p>main text</p><!-- b --><p>last</p>", "a.html")
    #expect(read.passages.map(\.text) == ["first", "main text", "last"])
  }
}
