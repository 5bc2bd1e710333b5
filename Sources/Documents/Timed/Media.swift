internal import AnnealFiles

/// Audio and video: `ffmpeg` takes the sound out, and a whisper command writes down what is said.
public enum Media: DocumentKind {
  /// `media`.
  public static let name = "media"
  /// Common endings of audio and video.
  public static let endings = [
    "mp3", "m4a", "wav", "flac", "ogg", "opus", "aac", "wma", "mp4", "m4v", "mkv", "mov", "webm",
    "avi",
  ]

  /// What is said, with times.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    _ = try ExternalTool.ffmpeg.found(at: file.place())
    let whisper = try WhisperCommand(settings, for: file)
    let folder = try ScratchFolder()
    let sound = folder.path + "/sound.wav"
    let taken = try await ExternalTool.ffmpeg.run(
      [
        "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file",
        "-i", "file:" + file.path, "-vn", "-ac", "1", "-ar", "16000", "-f", "wav", sound,
      ], on: file, limits: ToolLimits(seconds: settings.seconds, memory: 8192, files: 8192))
    guard taken.status == 0 else {
      throw AnnealError(
        .data, "no sound can be taken out of the file\(taken.complaint)", at: file.place(),
        remedy: "Check that it plays, and has a sound track.")
    }
    return try await whisper.document(of: sound, in: folder, file, settings)
  }
}

/// A command that writes down speech: OpenAI's `whisper` and those that take its options, or
/// whisper.cpp's.
struct WhisperCommand {
  private let tool: ExternalTool
  private let model: String?
  /// Whether it takes whisper.cpp's options.
  private let isPlain: Bool

  /// Speech takes longer than anything else; so many times as long.
  private static let patience = 24.0
  private static let names = ["whisper", "whisper-ctranslate2", "whisper-cli", "whisper-cpp"]

  /// The command that `settings` names, or one that is installed.
  ///
  /// - Throws: `AnnealError` that says how to get one.
  init(_ settings: ReadingSettings, for file: DocumentFile) throws {
    let candidates = (settings.whisper.map { [$0] } ?? Self.names).map {
      ExternalTool(
        name: $0, use: "speech is written down with it",
        debian: "pipx && pipx install openai-whisper",
        homebrew: "openai-whisper, or whisper-cpp")
    }
    tool = candidates.first { $0.path != nil } ?? candidates[0]
    _ = try tool.found(at: file.place())
    model = settings.whisperModel
    let name = Folder.name(of: tool.name)
    isPlain = name.contains("cli") || name.contains("cpp")
    guard !isPlain || model != nil else {
      throw AnnealError(
        .data, "\(name) needs a model's file", at: file.place(),
        remedy: "Name one: --whisper-model ggml-base.en.bin")
    }
  }

  /// What is said in the file `sound`.
  func document(
    of sound: String, in folder: ScratchFolder, _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    let captions = folder.path + "/sound.vtt"
    let arguments =
      isPlain
      ? ["-f", sound, "-ovtt", "-of", folder.path + "/sound"] + (model.map { ["-m", $0] } ?? [])
      : [sound, "--output_format", "vtt", "--output_dir", folder.path]
        + (model.map { ["--model", $0] } ?? [])
    let run = try await tool.run(
      arguments, on: file,
      limits: ToolLimits(seconds: settings.seconds * Self.patience, memory: nil))
    guard run.status == 0, Folder.holdsFile(captions) else {
      throw AnnealError(
        .data, "\(tool.name) wrote nothing down\(run.complaint)", at: file.place(),
        remedy: "Run it by hand on the file to see why.")
    }
    var document = try await WebVTT.read(
      DocumentFile(path: captions, source: file.source), settings)
    // Its own captions have no faults that a user could mend.
    document.problems = []
    return document
  }
}
