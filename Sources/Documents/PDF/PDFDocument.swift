internal import AnnealFiles

/// PDF, through poppler's `pdftotext -bbox-layout`: it tells where each word stands, and reading order,
/// paragraphs, headings and running heads are found here.
///
/// Its own order of columns is not used: it puts the second column first where a heading begins the
/// first.
public enum PDFDocument: DocumentKind {
  /// `pdf`.
  public static let name = "pdf"
  /// `pdf`.
  public static let endings = ["pdf"]

  /// Its paragraphs with their pages; headings are told by the size of their letters.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    guard file.head.prefix(1024).firstRange(of: "%PDF-".utf8) != nil else {
      throw AnnealError(
        .data, "the file does not begin with %PDF-, so it is no PDF document", at: file.place(),
        remedy: "Fetch it again; a page that asks to log in may have been saved in its place.")
    }
    let output = try await ExternalTool.pdftotext.run(
      ["-q", "-enc", "UTF-8", "-bbox-layout", file.argument, "-"], on: file,
      limits: ToolLimits(seconds: settings.seconds))
    guard output.status == 0 else { throw try await fault(of: file, output, settings) }
    let pages = PageScanner.pages(of: output.bytes)
    guard !pages.isEmpty else {
      throw AnnealError(
        .data, "the document has no pages", at: file.place(), remedy: "Fetch or save it again.")
    }
    return try await document(pages, file, settings)
  }

  private static func document(
    _ pages: [PageText], _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    document.pages = pages.count
    let empty = pages.filter { $0.lines.isEmpty }.map(\.number)
    if settings.ocr == nil, empty.count == pages.count {
      let what =
        pages.count == 1
        ? "the page has no text; it is a picture"
        : "the \(pages.count) pages have no text; they are pictures"
      throw AnnealError(
        .data, "\(what), as of a scanner", at: file.place(),
        remedy: "Recognise the letters with --ocr eng (or deu, eng+fra…), which needs tesseract.")
    }
    document.passages = PageParagraphs.passages(of: RunningHeads.removed(from: pages))
    guard !empty.isEmpty else { return document }
    if let languages = settings.ocr {
      for page in empty {
        document.passages += try await ScannedPage.passages(page, of: file, languages, settings)
      }
      document.passages.sort { ($0.marks.first?.page ?? 0) < ($1.marks.first?.page ?? 0) }
    } else {
      let list = empty.prefix(10).map(String.init).joined(separator: ", ")
      document.notes.append(
        AnnealError(
          .data,
          "\(empty.count) of \(pages.count) pages have no text (\(list)\(empty.count > 10 ? "…" : ""))",
          at: file.place(), remedy: "If they are scans, --ocr eng reads them."))
    }
    return document
  }

  /// Why a document cannot be read, as poppler tells it.
  private static func fault(
    of file: DocumentFile, _ output: ToolOutput, _ settings: ReadingSettings
  ) async throws -> AnnealError {
    if output.status == 3 {
      return AnnealError(
        .data, "the document forbids taking its text out", at: file.place(),
        remedy: "Ask its publisher for a copy that allows it.")
    }
    let info = try await ExternalTool.pdfinfo.run(
      [file.argument], on: file, limits: ToolLimits(seconds: settings.seconds))
    if info.messages.contains("Incorrect password") {
      return AnnealError(
        .data, "the document is encrypted and opens with a password only", at: file.place(),
        remedy: "Take the password off first: qpdf --password=… --decrypt FILE NEW")
    }
    if output.status == nil {
      return AnnealError(
        .data, "pdftotext was ended by the system; it may have needed more memory than is allowed",
        at: file.place(), remedy: "Divide the document: qpdf FILE --pages . 1-100 -- NEW")
    }
    return AnnealError(
      .data, "the PDF document is damaged\(info.complaint)", at: file.place(),
      remedy: "Fetch it again, or mend it: qpdf FILE NEW, or mutool clean FILE NEW")
  }
}
