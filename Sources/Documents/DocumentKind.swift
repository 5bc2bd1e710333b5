internal import AnnealFiles

/// A kind of document, such as PDF.
///
/// To add one: a file like `Text/PlainText.swift`, and a line in `DocumentKinds.all`.
public protocol DocumentKind: Sendable {
  /// The name by which `--kind` chooses it.
  static var name: String { get }
  /// The endings of its files' names, without the dot, in lower case.
  static var endings: [String] { get }
  /// Whether a file that has such an ending, or looks as if it could, is of this kind.
  static func matches(_ file: DocumentFile) -> Bool
  /// What `file` says.
  ///
  /// - Throws: `AnnealError` when nothing of it can be used: what was found, and what to do.
  static func read(_ file: DocumentFile, _ settings: ReadingSettings) async throws -> Document
}

extension DocumentKind {
  /// A file whose name has one of the endings.
  public static func matches(_ file: DocumentFile) -> Bool { endings.contains(file.ending) }
}

/// What reading documents may use.
public struct ReadingSettings: Sendable {
  /// The languages to recognise in scanned pages, such as `eng+deu`; nil leaves scans alone.
  public var ocr: String?
  /// The command that writes down speech; nil finds one that is installed.
  public var whisper: String?
  /// The whisper model's name or file.
  public var whisperModel: String?
  /// The longest that one run of an outside tool may take, seconds.
  public var seconds: Double

  /// Settings.
  public init(
    ocr: String? = nil, whisper: String? = nil, whisperModel: String? = nil, seconds: Double = 300
  ) {
    (self.ocr, self.whisper, self.whisperModel) = (ocr, whisper, whisperModel)
    self.seconds = seconds
  }
}
