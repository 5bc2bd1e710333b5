internal import AnnealDatasets
internal import AnnealFiles

/// SubRip's subtitles.
public enum SubRip: DocumentKind {
  /// `srt`.
  public static let name = "srt"
  /// `srt`.
  public static let endings = ["srt"]

  /// What is said.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    var reader = CueReader(file, hasNotes: false)
    reader.read(text.split(separator: "\n", omittingEmptySubsequences: false)[...])
    guard !reader.cues.isEmpty else {
      throw reader.problems.first?.error
        ?? AnnealError(
          .data, "the file has no line such as 00:01:02,000 --> 00:01:04,500", at: file.place(),
          remedy: "Read it as plain text: --kind text.")
    }
    document.passages = Captions.passages(of: reader.cues)
    document.problems = reader.problems
    return document
  }
}
