import AnnealFiles
import Testing

@testable import AnnealDocuments

@Suite(.enabled(if: Installed.poppler, "poppler-utils is not installed"))
struct PDFTests {
  @Test func `columns are in order, words whole, heads and page numbers gone`() async throws {
    let read = try await document(at: fixture("columns.pdf"))
    let text = read.passages.map(\.text).joined(separator: "\n")
    #expect(read.pages == 3)
    #expect(
      text.contains("Each hour the temperature rises by fifty degrees, and a well-known rule"))
    #expect(
      text.contains(
        "stays shut for a whole night and nobody may look into the fire. In the morning"))
    #expect(text.contains("A well-known mistake is to open the door too early."))
    #expect(text.contains("where a piece under tension lights up in colours."))
    for gone in ["Workshop Notes", "The Annealing Kiln", "\n1\n", "\n2\n", "tem-"] {
      #expect(!text.contains(gone))
    }
  }

  @Test func `headings give the section, and chunks their pages`() async throws {
    let read = try await document(at: fixture("columns.pdf"))
    let title = "Firing Glass by Night"
    #expect(
      read.passages.filter(\.isHeading).map(\.section) == [
        [title], [title, "Heating"], [title, "Cooling"], [title, "Keeping Logs"],
      ])
    let chunks = Chunker(size: 120).chunks(of: read.passages)
    #expect(chunks.compactMap(\.pages?.lowerBound) == [1, 2, 3])
    #expect(chunks.last?.section == [title, "Keeping Logs"])
  }

  @Test(arguments: [
    ("locked.pdf", "encrypted", "qpdf"), ("damaged.pdf", "damaged", "qpdf"),
    ("scanned.pdf", "no text", "--ocr"),
  ])
  func `what cannot be read is told with a remedy`(
    name: String, words: String, remedy: String
  ) async throws {
    let error = await failure { try await document(at: fixture(name)) }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.remedy?.contains(remedy) == true)
    #expect(error?.place?.file == fixture(name))
    #expect(error?.code == .data)
  }

  @Test func `a page that was saved in place of a PDF is told`() async throws {
    let error = await failure { try await document("<html>Log in</html>", "a.pdf") }
    #expect(error?.message.contains("%PDF-") == true)
  }

  @Test(.enabled(if: Installed.tesseract, "tesseract-ocr is not installed"))
  func `letters of a scanned page are recognised when asked`() async throws {
    let read = try await document(
      at: fixture("scanned.pdf"), kind: nil, ReadingSettings(ocr: "eng"))
    let text = read.passages.map(\.text).joined(separator: " ")
    #expect(text.contains("This page went through a scanner."))
    #expect(text.contains("Only recognition gives them back."))
    #expect(read.passages.first?.marks.first?.page == 1)
  }

  @Test(.enabled(if: Installed.tesseract, "tesseract-ocr is not installed"))
  func `a language that tesseract has not is told`() async throws {
    let error = await failure {
      try await document(at: fixture("scanned.pdf"), kind: nil, ReadingSettings(ocr: "xyz"))
    }
    #expect(error?.remedy?.contains("--list-langs") == true)
  }
}
