import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDocuments

@Suite(.enabled(if: SharedData.path("docs") != nil, "the shared documents are not here"))
struct RealDocumentTests {
  private func path(_ name: String) throws -> String {
    try #require(SharedData.path("docs/" + name))
  }

  @Test(arguments: [
    ("subtitles/captions_with_bom.vtt", 4), ("subtitles/sample.srt", 5),
    ("subtitles/sample.vtt", 16),
    ("subtitles/using_identifiers.vtt", 6), ("subtitles/invalid_timeframe.srt", 5),
    ("subtitles/metadata_headers.vtt", 2), ("subtitles/one_caption.srt", 1),
  ])
  func `every caption is read`(name: String, count: Int) async throws {
    let read = try await document(at: path(name))
    let text = read.passages.map(\.text).joined(separator: " ")
    #expect(text == (1...count).map { "Caption text #\($0)" }.joined(separator: " "))
    #expect(read.problems.isEmpty)
  }

  @Test func `YouTube's captions are said once, without tags`() async throws {
    let read = try await document(at: path("subtitles/youtube_dl.vtt"))
    #expect(read.passages.map(\.text) == ["yeah what this will happen is I'm telling"])
    let tags = try await document(at: path("subtitles/cue_tags.vtt"))
    #expect(
      tags.passages.map(\.text) == [
        "When the moon hits your eye Like a big-a pizza pie That's amore"
      ])
  }

  @Test(arguments: [
    ("subtitles/empty.vtt", "empty"), ("subtitles/invalid.vtt", "WEBVTT"),
    ("broken/damaged-ggml-vocab-phi-3.gguf", "GGUF"),
  ])
  func `broken files are told by what is wrong`(name: String, words: String) async throws {
    let error = await failure { try await document(at: path(name)) }
    #expect(error?.message.contains(words) == true)
    #expect(error?.place?.file.hasSuffix(name) == true)
    #expect(error?.remedy != nil)
  }

  @Test func `a cue without times is told, and the others are read`() async throws {
    let read = try await document(at: path("subtitles/missing_timeframe.srt"))
    #expect(read.problems.map(\.error.place?.line) == [5])
    #expect(
      read.passages.map(\.text) == [
        "Caption text #1", "Caption text #3 Caption text #4 Caption text #5",
      ])
  }

  @Test func `transcripts keep speakers, sections and times`() async throws {
    let read = try await document(at: path("transcripts/chaincode-podcast__assumeutxo.md"))
    let speakers = Set(read.passages.compactMap(\.speaker))
    #expect(speakers == ["James O'Beirne", "John Newberry", "Caralie", "Adam Jonas"])
    let chunks = Chunker().chunks(of: read.passages)
    #expect(chunks.allSatisfy { $0.section.first == "AssumeUTXO" && $0.time != nil })
    #expect(
      zip(chunks, chunks.dropFirst()).allSatisfy { one, next in
        (one.time?.lowerBound ?? 0) <= (next.time?.lowerBound ?? 0)
      })
  }

  @Test(.enabled(if: Installed.poppler, "poppler-utils is not installed"))
  func `two columns are read in order, where poppler's own order is not`() async throws {
    let read = try await document(at: path("pdf/multicolumn.pdf"))
    let text = read.passages.map(\.text).joined(separator: " ")
    let order = [
      "Abstract", "This is a sample document with two columns",
      "Lorem ipsum dolor sit amet, consectetuer adipiscing elit.",
      "Donec nonummy pellentesque ante. Phasellus", "Nam feugiat lacus vel est.",
    ]
    let places = order.map { text.firstRange(of: $0)?.lowerBound }
    #expect(places.allSatisfy { $0 != nil })
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
  }

  @Test(.enabled(if: Installed.poppler, "poppler-utils is not installed"))
  func `a book keeps its chapters and loses its running heads`() async throws {
    let read = try await document(at: path("pdf/GeoTopo-komprimiert.pdf"))
    #expect(read.pages == 117)
    let headings = read.passages.filter(\.isHeading).map(\.text)
    for title in [
      "1 Topologische Grundbegriffe", "1.1 Topologische Räume", "4.3 Hyperbolische Geometrie",
    ] {
      #expect(headings.contains(title))
    }
    let text = read.passages.map(\.text).joined(separator: "\n")
    #expect(!text.contains("TOPOLOGISCHE RÄUME"))
    for formula in ["AP 0 und AQ.", "ein k-Simplex in R n .", "det", "Sym(X)"] {
      #expect(!headings.contains(formula))
    }
    // The index has two columns.
    let index = ["äquivalente, 20", "trivialer, 20", "Limes, 8", "lokal, 3", "Oktaeder, 34"]
    let places = index.compactMap { text.firstRange(of: $0)?.lowerBound }
    #expect(places.count == index.count && places == places.sorted())
    #expect(!text.contains("\tOktaeder"))
    #expect(
      text.contains("Auch die Beweisführung mittels Widerspruchsbeweisen sollte bekannt sein"))
  }
}
