import AnnealFiles
import TestSupport

@testable import AnnealDocuments

/// Reads `text`, written to a file called `name`, as a document of the kind it is told to be.
func document(_ text: String, _ name: String, kind: String? = nil) async throws -> Document {
  let folder = try TemporaryFolder()
  return try await document(at: try folder.write(text, to: name), kind: kind)
}

/// Reads the file at `path`.
func document(
  at path: String, kind: String? = nil, _ settings: ReadingSettings = ReadingSettings()
) async throws -> Document {
  let file = try DocumentFile(path: path)
  let kind = try kind.map(DocumentKinds.named) ?? DocumentKinds.kind(of: file)
  return try await kind.read(file, settings)
}

/// The error that `body` throws, nil when it throws none.
func failure<Result>(of body: () async throws -> Result) async -> AnnealError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? AnnealError
  }
}

/// The path of a document among the fixtures.
func fixture(_ name: String) -> String { Fixture.path("documents/" + name) }

/// Whether programs are installed that some kinds need.
enum Installed {
  static let poppler = ExternalTool.pdftotext.path != nil && ExternalTool.pdfinfo.path != nil
  static let pandoc = ExternalTool.pandoc.path != nil
  static let tesseract = ExternalTool.tesseract.path != nil && ExternalTool.pdftoppm.path != nil
  static let ffmpeg = ExternalTool.ffmpeg.path != nil
  static let git = ExternalTool.git.path != nil
}
