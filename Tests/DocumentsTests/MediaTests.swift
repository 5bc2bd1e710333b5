import AnnealFiles
import Foundation
import TestSupport
import Testing

@testable import AnnealDocuments

@Suite(.enabled(if: Installed.ffmpeg, "ffmpeg is not installed"))
struct MediaTests {
  /// A second of a tone, made by ffmpeg.
  private func tone(in folder: TemporaryFolder) async throws -> String {
    let path = folder.path + "/tone.mp3"
    let made = try await ExternalTool.ffmpeg.run(
      ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=1", path],
      at: .init(file: path), limits: ToolLimits(seconds: 60, memory: 8192))
    #expect(made.status == 0, "\(made.messages)")
    return path
  }

  @Test func `without a program for speech, how to get one is told`() async throws {
    let folder = try TemporaryFolder()
    let path = try await tone(in: folder)
    let error = await failure {
      try await document(at: path, kind: nil, ReadingSettings(whisper: "no-such-program"))
    }
    #expect(error?.message.contains("no-such-program is not installed") == true)
  }

  /// The program itself needs a model of hundreds of megabytes; a script stands in for it, which
  /// checks that it is given sound of the right kind, by the options of either program.
  @Test(arguments: ["whisper", "whisper-cli"])
  func `what the program writes down is read with its times`(name: String) async throws {
    let folder = try TemporaryFolder()
    let path = try await tone(in: folder)
    let script = try folder.write(
      """
      #!/bin/sh
      while [ $# -gt 0 ]; do
        case "$1" in
          -f) sound="$2"; shift ;;
          -of) out="$2.vtt"; shift ;;
          --output_dir) out="$2/sound.vtt"; shift ;;
          --output_format|-m|--model) shift ;;
          -ovtt) ;;
          *) sound="$1" ;;
        esac
        shift
      done
      head -c 4 "$sound" | grep -q RIFF || exit 5
      printf 'WEBVTT\\n\\n00:00.000 --> 00:01.000\\n A tone is heard.\\n' > "$out"
      """, to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let read = try await document(
      at: path, kind: nil, ReadingSettings(whisper: script, whisperModel: "tiny"))
    #expect(read.passages.map(\.text) == ["A tone is heard."])
    #expect(read.passages.first?.marks.first?.time == 0...1)
  }

  @Test func `a file without sound is told`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("no sound", to: "a.mp3")
    let error = await failure {
      try await document(at: path, kind: nil, ReadingSettings(whisper: "sh"))
    }
    #expect(error?.message.contains("no sound can be taken out") == true)
  }
}
