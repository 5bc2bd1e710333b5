internal import AnnealFiles

/// The rows of a task that are asked, and those that examples are chosen from.
struct TaskRows {
  let split: String
  /// How many rows the split has.
  let total: Int
  let rows: [JSON]
  let places: [AnnealError.Place]
  let columns: Set<String>
  let files: [(path: String, digest: String)]
  let fewShot: Int
  let examples: TaskExamples

  init(
    _ task: TaskDefinition, _ settings: TaskSettings, model: TaskModel, folder: String
  ) throws {
    guard let split = settings.split ?? task.splits.test ?? task.splits.validation else {
      throw AnnealError(.recipe, "the task names no split", at: .init(file: task.file))
    }
    let data = try TaskData(split, of: task, in: folder)
    self.split = split
    total = data.rows.count
    rows = Array(data.rows.prefix(max(0, settings.limit ?? total)))
    places = data.places
    columns = data.columns
    fewShot = settings.fewShot ?? task.fewShot.count
    (examples, files) = try Self.examples(fewShot, task, data, split, folder)
  }

  /// The rows for examples, and all files that were read.
  ///
  /// Where neither the split of examples nor a test split is named, one row more is drawn, as
  /// lm-evaluation-harness does, so that its examples are ours.
  private static func examples(
    _ count: Int, _ task: TaskDefinition, _ data: TaskData, _ split: String, _ folder: String
  ) throws -> (TaskExamples, [(path: String, digest: String)]) {
    let excludes = task.fewShot.split == task.splits.test
    if count > 0, task.fewShot.split == nil, let rows = task.fewShot.rows {
      return (TaskExamples(task.fewShot, rows: rows, excludesQuestion: excludes), data.files)
    }
    let source =
      task.fewShot.split ?? task.splits.training ?? task.splits.validation ?? task.splits.test
    guard count > 0, let source else {
      return (TaskExamples(task.fewShot, rows: [], excludesQuestion: false), data.files)
    }
    if source == split {
      return (TaskExamples(task.fewShot, rows: data.rows, excludesQuestion: true), data.files)
    }
    let others = try TaskData(source, of: task, in: folder)
    return (
      TaskExamples(task.fewShot, rows: others.rows, excludesQuestion: excludes),
      data.files + others.files
    )
  }

  /// `body` of a row; a failure that names no line says which row it was.
  func located<Result>(_ row: Int, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch var error as AnnealError {
      if error.place == nil {
        error.place = places[row]
      } else {
        error.message += " (row \(places[row]))"
      }
      throw error
    }
  }
}
