internal import AnnealFiles

extension DocumentFile {
  /// What begins files that hold no text, or hold it in a way that is not read here.
  private static let known: [(magic: [UInt8], what: String, remedy: String)] = [
    ([0x1F, 0x8B], "compressed with gzip", "Unpack it first: gunzip -k FILE"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard", "Unpack it first: unzstd FILE"),
    (Array("BZh".utf8), "compressed with bzip2", "Unpack it first: bunzip2 -k FILE"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz", "Unpack it first: unxz -k FILE"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive", archive),
    ([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive", archive),
    (Array("Rar!".utf8), "a RAR archive", archive),
    (Array("GGUF".utf8), "a model in GGUF", "Give documents; models are no text."),
    (Array("PAR1".utf8), "a Parquet file", "It holds rows: give it to `anneal data prepare`."),
    (Array("ARROW1".utf8), "an Arrow file", "It holds rows: give it to `anneal data prepare`."),
    ([0xD0, 0xCF, 0x11, 0xE0], "an old Word, Excel or PowerPoint file", office),
    (Array("%PDF".utf8), "a PDF document with another ending", "Call it FILE.pdf, or --kind pdf."),
    ([0x89, 0x50, 0x4E, 0x47], "a picture (PNG)", picture),
    ([0xFF, 0xD8, 0xFF], "a picture (JPEG)", picture),
    (Array("GIF8".utf8), "a picture (GIF)", picture),
    ([0x7F, 0x45, 0x4C, 0x46], "a program", "Leave it out."),
  ]
  private static let archive = "Unpack it into a folder and give the folder."
  private static let office = "Save it as .docx first: soffice --headless --convert-to docx FILE"
  private static let picture = "Make a PDF of it, and read that with --ocr."

  /// Refuses a file that is no text.
  ///
  /// - Throws: `AnnealError` that says what it is, and what to do.
  func refuseOtherKinds() throws {
    for (magic, what, remedy) in Self.known where head.starts(with: magic) {
      throw AnnealError(
        .data, "the file is \(what); a document with text is expected", at: place(),
        remedy: remedy)
    }
    if case .utf16 = TextEncoding(head: head) {
      guard utf16Start != nil else { throw brokenUTF16 }
      return
    }
    guard isBinary else { return }
    throw AnnealError(
      .data, "the file is binary (it holds zero bytes); a document with text is expected",
      at: place(), remedy: "Leave it out, or make text of it first.")
  }

  /// The error for a file that begins as UTF-16 does, and is none.
  var brokenUTF16: AnnealError {
    AnnealError(
      .data, "the file begins like UTF-16, but is binary or a broken text", at: place(),
      remedy: "Save it again as UTF-8, or leave it out.")
  }

  /// Whether the first bytes are no text.
  var isBinary: Bool {
    if case .utf16 = TextEncoding(head: head) { return utf16Start == nil }
    let start = head.prefix(8192)
    return start.contains(0) || start.count(where: { $0 < 0x09 }) * 20 > start.count
  }
}
