internal import AnnealFiles
internal import AnnealTraining

/// The folder of a run, held by one process at a time.
struct RunFolder {
  let path: String
  /// The checkpoint to go on from.
  let resume: Checkpoint?
  /// Notes for the user about checkpoints that were passed over.
  let notes: [String]
  private let lock: FileLock
  /// Whether an old run is to make room for this one.
  private var replaces = false

  /// Opens the folder of `recipe`: a new one, an old one to be replaced, or one to go on with.
  init(_ recipe: Recipe) throws {
    path = recipe.outputDir
    try Folder.create(path)
    lock = try FileLock(folder: path)
    let isUsed = Folder.holdsFile(path + "/recipe.yaml")
    let isEmpty = Folder.names(in: path).allSatisfy { $0.hasPrefix(".") }
    switch recipe.resumeFromCheckpoint {
    case .never:
      (resume, notes) = (nil, [])
      guard isUsed || !isEmpty else { return }
      guard recipe.overwriteOutputDir else { throw RunFolder.taken(path, isRun: isUsed) }
      guard isUsed else {
        throw AnnealError(
          .usage, "the folder holds something that is not a run, so it is not replaced",
          at: .init(file: path), remedy: "Name another output_dir, or empty this one yourself.")
      }
      try RunFolder.refuseOwnInputs(recipe)
      replaces = true
    case .newest:
      guard isUsed || isEmpty else { throw RunFolder.taken(path, isRun: false) }
      (resume, notes) = try RunFolder.newest(in: path)
      if resume == nil { try RunFolder.refuseFinished(path) }
    case .checkpoint(let folder):
      let isOwn = Folder.holds(folder, in: path + "/checkpoints")
      guard isOwn || !isUsed else { throw RunFolder.taken(path, isRun: true) }
      (resume, notes) = (try Checkpoint(verifying: folder), [])
    }
  }

  /// Removes the old run that this one replaces; called when nothing can be refused any more.
  func replaceOld() throws {
    if replaces { try RunFolder.clear(path) }
  }

  private static func taken(_ path: String, isRun: Bool) -> AnnealError {
    AnnealError(
      .usage, isRun ? "there is a run here already" : "the folder is not empty",
      at: .init(file: path),
      remedy: isRun
        ? "Go on with it by --resume, replace it by --overwrite, or name another output."
        : "Name another output, or empty this one.")
  }

  /// A run that came to an end and kept no checkpoint is not begun anew over what it left.
  private static func refuseFinished(_ path: String) throws {
    for name in ["summary.json", "last"] where Folder.holdsAnything(path + "/" + name) {
      throw AnnealError(
        .usage, "there is nothing to go on from: the run has ended and keeps no checkpoint",
        at: .init(file: path),
        remedy: "Name another output, or begin anew over this one by --overwrite.")
    }
  }

  /// A run must not be replaced by one that begins with what it holds.
  private static func refuseOwnInputs(_ recipe: Recipe) throws {
    let sources = (recipe.datasets + recipe.evalDatasets).map(\.path)
    let inputs = [
      recipe.modelNameOrPath, recipe.adapterNameOrPath ?? "", recipe.chatTemplate ?? "",
    ]
    try Folder.checkHoldsNone(
      of: inputs + sources, in: recipe.outputDir,
      remedy: "Name another output_dir, or move what the new run needs out of this one.")
  }

  /// The newest checkpoint whose files are what its manifest says.
  private static func newest(in path: String) throws -> (Checkpoint?, [String]) {
    var notes: [String] = []
    for (step, folder) in Checkpoint.folders(in: path + "/checkpoints") {
      do {
        return (try Checkpoint(verifying: folder), notes)
      } catch let error as AnnealError {
        notes.append("checkpoint step-\(step) is passed over: \(error)")
      }
    }
    guard notes.isEmpty else {
      throw AnnealError(
        .model, "no checkpoint can be trusted:\n  " + notes.joined(separator: "\n  "),
        at: .init(file: path), remedy: "Begin anew with --overwrite.")
    }
    return (nil, ["there is no checkpoint in \(path): this run begins anew"])
  }

  /// Removes what a run writes, and nothing else.
  private static func clear(_ path: String) throws {
    let files = [
      "recipe.yaml", "environment.json", "metrics.csv", "metrics.jsonl", "curves.svg",
      "datasets.csv", "summary.json", "report.html", "data.json", "skipped.jsonl", "checkpoints",
      "best", "last",
    ]
    for name in files { try Folder.remove(path + "/" + name) }
  }

  /// Removes checkpoints of steps after `step`, which a resumed run will write again, and the oldest
  /// beyond `limit`.
  func prune(limit: Int?, after step: Int? = nil) throws {
    var kept = 0
    for (number, folder) in Checkpoint.folders(in: path + "/checkpoints") {
      let isLater = step.map { number > $0 } ?? false
      if isLater || limit.map({ kept >= max(1, $0) }) ?? false {
        try Folder.remove(folder)
      } else {
        kept += 1
      }
    }
  }

  func checkpoint(_ step: Int) -> String { "\(path)/checkpoints/step-\(step)" }
}
