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
  /// Refuses a place that cannot be written, before any work is done for it.
  ///
  /// - Parameters:
  ///   - beside: what is written beside it, or removed there when there is nothing to say in it.
  ///   - inputs: files that are read and must stay.
  ///   - name: what such a file may be called.
  static func check(
    _ path: String, beside: [SideFile] = [], inputs: [String], overwrite: Bool,
    named name: String = "rows.jsonl"
  ) throws {
    try checkIsNoInput(path, beside, inputs)
    let place = AnnealError.Place(file: path)
    if Folder.exists(path) {
      throw AnnealError(
        .usage, "this is a folder; a file is expected", at: place,
        remedy: "Name a file in it: --output \(path)\(path.hasSuffix("/") ? "" : "/")\(name)")
    }
    // Answers are added to those that are there.
    let written = [path] + beside.filter { $0 != .replies }.map { $0.path(beside: path) }
    if !overwrite, let there = written.first(where: Folder.holdsAnything) {
      throw AnnealError(
        .usage,
        "the file is there already"
          + (there == path ? "" : ", and would be replaced together with \(path)"),
        at: .init(file: there), remedy: "Name another --output, or replace it with --overwrite.")
    }
    try checkFolder(of: path)
  }

  private static func checkIsNoInput(
    _ path: String, _ beside: [SideFile], _ inputs: [String]
  ) throws {
    let read = inputs.filter { $0 != "-" && $0 != "/dev/stdin" }
      .map { (name: $0, place: Folder.resolved($0)) }
    // The file first: who names it twice is told of that.
    for place in [path] + beside.map({ $0.path(beside: path) }) {
      guard let input = read.first(where: { $0.place == Folder.resolved(place) }) else { continue }
      throw AnnealError(
        .usage,
        place == path
          ? "\(input.name) is read, so it cannot be written too"
          : "\(input.name) is read, and is written beside \(path) too", at: .init(file: path),
        remedy: "Name another --output.")
    }
  }

  private static func checkFolder(of path: String) throws {
    let folder = Folder.parent(of: path) ?? "/"
    let place = AnnealError.Place(file: path)
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
