import AnnealFiles
import ArgumentParser

/// Text of a file, or of a pipe, that a user names; `-` is standard input.
enum TextFile {
  /// The text of the file at `path`; what is not UTF-8 in it becomes U+FFFD, and is told.
  static func read(_ path: String, telling console: Console? = nil) throws -> String {
    String(decoding: try bytes(path, telling: console), as: UTF8.self)
  }

  /// The bytes of the file at `path`; that they are not UTF-8 is told.
  static func bytes(_ path: String, telling console: Console? = nil) throws -> [UInt8] {
    let file = InputPath.resolved(path)
    let bytes = try TextContents.bytes(of: file)
    tell(IllFormedText(bytes), of: file, console)
    return bytes
  }

  /// A note on standard error about text that is not UTF-8.
  static func tell(_ faults: IllFormedText, of file: String, _ console: Console?) {
    if let words = faults.description { console?.note("note: \(file): \(words)") }
  }
}

/// Paths as users write them.
enum InputPath {
  /// The path to open; `-` is standard input.
  static func resolved(_ path: String) -> String { path == "-" ? "/dev/stdin" : path }

  /// The paths to open.
  ///
  /// - Throws: `ValidationError` when standard input is named twice, as it can be read once.
  static func resolved(_ paths: [String]) throws -> [String] {
    guard paths.count(where: { $0 == "-" }) < 2 else {
      throw ValidationError("- is given twice; standard input can be read once.")
    }
    return paths.map(resolved)
  }
}

/// A folder that a verb is about to write.
enum OutputFolder {
  static func prepare(_ path: String, overwrite: Bool, marker: String = "config.json") throws {
    guard Folder.exists(path), !Folder.names(in: path).isEmpty else { return }
    guard overwrite else {
      throw AnnealError(
        .usage, "the folder is there already", at: .init(file: path),
        remedy: "Name another, or replace it with --overwrite.")
    }
    try Folder.checkReplaceable(path, markers: marker, "report.json")
  }
}

/// A file that a verb is about to write.
enum OutputPlace {
  /// Whether `input` is one of the files that are written beside `output`, or removed when there is
  /// nothing to say in them.
  private static func isBeside(_ output: String, _ input: String) -> Bool {
    guard input != "-" else { return false }
    return ["rejected", "changes", "skipped"].contains {
      Folder.resolved(input) == beside(Folder.resolved(output), "\($0).jsonl")
    }
  }

  /// The file beside `output` with another ending: `rows.skipped.jsonl` of `rows.jsonl`.
  static func beside(_ output: String, _ ending: String) -> String {
    (output.hasSuffix(".jsonl") ? String(output.dropLast(6)) : output) + "." + ending
  }

  /// Refuses a place that cannot be written, before any work is done for it.
  ///
  /// - Parameter inputs: files that are read and must stay.
  static func check(_ path: String, inputs: [String], overwrite: Bool) throws {
    let place = AnnealError.Place(file: path)
    if let input = inputs.first(where: {
      $0 != "-" && Folder.resolved($0) == Folder.resolved(path)
    }) {
      throw AnnealError(
        .usage, "\(input) is read, so it cannot be written too", at: place,
        remedy: "Name another --output.")
    }
    if let input = inputs.first(where: { isBeside(path, $0) }) {
      throw AnnealError(
        .usage, "\(input) is read, and what is left out of \(path) would be written there",
        at: place, remedy: "Name another --output.")
    }
    if Folder.exists(path) {
      throw AnnealError(
        .usage, "this is a folder; a file is expected", at: place,
        remedy: "Name a file in it: --output \(path)\(path.hasSuffix("/") ? "" : "/")tokenizer.json"
      )
    }
    if Folder.holdsAnything(path), !overwrite {
      throw AnnealError(
        .usage, "the file is there already", at: place,
        remedy: "Name another --output, or replace it with --overwrite.")
    }
    let folder = Folder.parent(of: path) ?? "/"
    if !Folder.exists(folder) {
      throw AnnealError(
        .usage, "there is no folder \(folder) to write into", at: place,
        remedy: "Make it first (mkdir -p \(folder)), or name another --output.")
    }
    if !Folder.mayWrite(in: folder) {
      throw AnnealError(
        .storage, "the folder \(folder) may not be written to", at: place,
        remedy: "Name an --output in a folder that you may write to.")
    }
  }
}
