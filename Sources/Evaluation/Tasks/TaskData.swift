internal import AnnealDatasets
internal import AnnealFiles

/// The rows of a task's split, and the files they came from.
struct TaskData: Sendable {
  /// Each row's fields; `_file` is the name of its file without folder and ending.
  var rows: [JSON]
  /// Where each row stands.
  var places: [AnnealError.Place]
  /// The files with the digests of their bytes.
  var files: [(path: String, digest: String)]
  /// The fields that rows have.
  var columns: Set<String>

  /// The rows of `split` below `folder`.
  ///
  /// - Throws: `AnnealError` that says what to fetch, and from where, when a file is missing.
  init(_ split: String, of task: TaskDefinition, in folder: String) throws {
    let paths = try Self.paths(split, of: task, in: folder)
    (rows, places, files, columns) = ([], [], [], [])
    for path in paths {
      for row in try RowReader(path: path).rows() {
        let name = Folder.name(of: row.file).prefix { $0 != "." }
        rows.append(row.fields.setting("_file", to: .string(String(name))))
        places.append(row.place())
      }
      files.append((path, try SHA256Digest.hex(ofFile: path)))
    }
    columns = rows.reduce(into: []) { $0.formUnion($1.members.map(\.key)) }
  }

  private static let endings = ["jsonl", "json", "jsonl.gz", "json.gz", "csv", "tsv", "txt"]

  static func paths(
    _ split: String, of task: TaskDefinition, in folder: String
  ) throws -> [String] {
    guard let named = task.splits.files[split] else {
      let places = task.splits.folders.map { "\(folder)/\($0)/\(split)" }
      guard let found = places.lazy.compactMap(file).first else {
        throw missing((places.first ?? folder) + ".jsonl", split, task)
      }
      return [found]
    }
    return try named.flatMap { name -> [String] in
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      if let file = file(path) { return [file] }
      guard let found = try? DataFiles.resolved(path), found.allSatisfy(Folder.holdsFile) else {
        throw missing(path, split, task)
      }
      return found
    }
  }

  /// The file at `path`, which may lack its ending.
  private static func file(_ path: String) -> String? {
    ([path] + endings.map { path + "." + $0 }).first(where: Folder.holdsFile)
  }

  private static func missing(
    _ path: String, _ split: String, _ task: TaskDefinition
  ) -> AnnealError {
    var message =
      "the task '\(task.name)' has no rows of the split '\(split)': there is no such file"
    let others = Folder.names(in: Folder.parent(of: path) ?? ".").filter(FileKind.holdsRows)
    if !others.isEmpty { message += " (there are: \(others.joined(separator: ", ")))" }
    let source = task.origin.map { "Fetch it from \($0), as JSON lines, and put it there" }
    return AnnealError(
      .data, message, at: .init(file: path),
      remedy: (source ?? "Put the file there")
        + "; --task-data names the folder that paths begin at."
        + (others.isEmpty ? "" : " `anneal eval` measures another split with --split."))
  }
}
