internal import AnnealFiles

/// WebVTT (W3C), also of YouTube's rolling captions.
public enum WebVTT: DocumentKind {
  /// `vtt`.
  public static let name = "vtt"
  /// `vtt`.
  public static let endings = ["vtt", "webvtt"]

  /// Files that begin with `WEBVTT`, whatever they are called.
  public static func matches(_ file: DocumentFile) -> Bool {
    endings.contains(file.ending) || file.start.hasPrefix("WEBVTT")
  }

  /// What is said.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix("WEBVTT"),
      first.dropFirst(6).first?.isWhitespace ?? true
    else {
      throw AnnealError(
        .data, "the file does not begin with WEBVTT, as its kind must", at: file.place(line: 1),
        remedy: "Add the line WEBVTT and an empty line, or read it as SubRip: --kind srt.")
    }
    // The head goes to the first empty line; YouTube's styles stand in it.
    let body = lines.firstIndex { $0.allSatisfy(\.isWhitespace) } ?? lines.endIndex
    var reader = CueReader(file, hasNotes: true)
    reader.read(lines[body...])
    document.passages = Captions.passages(of: reader.cues)
    document.problems = reader.problems
    return document
  }
}
