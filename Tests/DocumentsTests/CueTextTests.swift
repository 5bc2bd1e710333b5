import Testing

@testable import AnnealDocuments

@Suite struct CueTextTests {
  @Test(arguments: [
    ("{\\an8}up{\\i1}on{\\i0}", "upon"), ("a{\\b{\\c}d}e", "ad}e"), ("a {\\ b", "a {\\ b"),
    ("} {\\ a", "} {\\ a"), ("{\\an8", "{\\an8"), ("{a}{\\b}", "{a}"), ("{", "{"),
    ("{\\clip(m \(String(repeating: "0 0 ", count: 200)))}drawn", "drawn"),
  ])
  func `marks of style in braces are none of the text`(line: String, text: String) {
    #expect(CueText.plain(line).text == text)
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["{\\", "<a", "&a", "<i"])
  func `a line of marks without an end costs no time`(mark: String) {
    let line = String(repeating: mark, count: 60_000)
    let text = CueText.plain(line).text
    #expect(text.utf8.count > 59_000)
  }
}
