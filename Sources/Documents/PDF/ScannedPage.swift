internal import AnnealFiles

/// Pages that are pictures, drawn by `pdftoppm` and read by `tesseract`.
enum ScannedPage {
  /// Dots an inch; tesseract is made for 300.
  private static let resolution = "300"

  /// The paragraphs of page `number`, from 1.
  static func passages(
    _ number: Int, of file: DocumentFile, _ languages: String, _ settings: ReadingSettings
  ) async throws -> [Passage] {
    _ = try ExternalTool.tesseract.found(at: file.place())
    let limits = ToolLimits(seconds: settings.seconds)
    // A page that claims to be metres wide is drawn no larger than this, in dots.
    let picture = try await ExternalTool.pdftoppm.run(
      [
        "-q", "-r", resolution, "-gray", "-f", "\(number)", "-l", "\(number)", file.argument,
      ], on: file, limits: limits)
    guard picture.status == 0, !picture.bytes.isEmpty else {
      throw AnnealError(
        .data, "page \(number) cannot be drawn\(picture.complaint)", at: file.place(),
        remedy: "Mend the document: qpdf FILE NEW")
    }
    let read = try await ExternalTool.tesseract.run(
      ["stdin", "stdout", "-l", languages, "--dpi", resolution], on: file, input: picture.bytes,
      limits: limits)
    guard read.status == 0 else {
      throw AnnealError(
        .data, "page \(number) cannot be recognised\(read.complaint)", at: file.place(),
        remedy: "See `tesseract --list-langs`; Debian has a package for each language, such as "
          + "tesseract-ocr-deu.")
    }
    return passages(of: String(decoding: read.bytes, as: UTF8.self), page: number)
  }

  /// Tesseract's paragraphs, with the words put together that lines divide.
  private static func passages(of text: String, page: Int) -> [Passage] {
    let hyphenation = Hyphenation([])
    return PlainText.paragraphs(of: text.filter { $0 != "\u{0C}" }).map { paragraph in
      var passage = Passage("")
      for line in paragraph.split(separator: "\n").map(\.trimmed) {
        let (drop, joint) = hyphenation.joint(after: passage.text, before: line)
        passage.text.removeLast(drop)
        passage.append(line, joint: joint, page: page)
      }
      return passage
    }
  }
}
