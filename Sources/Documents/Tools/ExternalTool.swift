internal import AnnealFiles

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A program of the system that reads what is not read here.
struct ExternalTool: Sendable {
  /// The program's name.
  let name: String
  /// What it is for: `PDF documents are read with it`.
  let use: String
  /// How to install it on Debian and with Homebrew.
  let debian: String
  let homebrew: String

  static let pdftotext = ExternalTool(
    name: "pdftotext", use: "PDF documents are read with it", debian: "poppler-utils",
    homebrew: "poppler")
  static let pdfinfo = ExternalTool(
    name: "pdfinfo", use: "PDF documents are examined with it", debian: "poppler-utils",
    homebrew: "poppler")
  static let pdftoppm = ExternalTool(
    name: "pdftoppm", use: "scanned pages are drawn with it", debian: "poppler-utils",
    homebrew: "poppler")
  static let tesseract = ExternalTool(
    name: "tesseract", use: "--ocr reads scanned pages with it", debian: "tesseract-ocr",
    homebrew: "tesseract tesseract-lang")
  static let pandoc = ExternalTool(
    name: "pandoc", use: "office documents, web pages and EPUB books are read with it",
    debian: "pandoc", homebrew: "pandoc")
  static let ffmpeg = ExternalTool(
    name: "ffmpeg", use: "sound is taken out of audio and video with it", debian: "ffmpeg",
    homebrew: "ffmpeg")
  static let git = ExternalTool(
    name: "git", use: "it tells which files belong to a repository", debian: "git", homebrew: "git")

  /// Where the program is; nil when it is not installed.
  var path: String? {
    if name.contains("/") { return Self.isProgram(name) ? name : nil }
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return folders.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: Self.isProgram)
  }

  private static func isProgram(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: path) && Folder.holdsFile(path)
  }

  /// Where the program is.
  ///
  /// - Throws: `AnnealError` that says how to install it.
  func found(at place: AnnealError.Place) throws -> String {
    if let path { return path }
    throw AnnealError(
      .data, "the program \(name) is not installed; \(use)", at: place,
      remedy: "Debian and Ubuntu: sudo apt-get install \(debian); macOS: brew install \(homebrew)")
  }
}

/// How much a tool may take.
struct ToolLimits: Sendable {
  /// The longest it may run, seconds.
  var seconds = 300.0
  /// Its address space, MiB; nil for tools that reserve more than they use.
  var memory: Int? = 2048
  /// The largest output that is taken, bytes.
  var output = 1 << 28
  /// The largest file it may write, MiB.
  var files = 1024
}
