import Anneal
import AnnealEvaluation
import AnnealFiles
import ArgumentParser
import Foundation

/// Tasks to measure a model by.
struct TaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tasks with commas between: names, tags or files; `list` shows those known.",
      valueName: "names"))
  var tasks: String?

  @Option(
    help: ArgumentHelp(
      "The folder of the tasks' data files; by default the one that a task's file lies in.",
      valueName: "folder"))
  var taskData: String?

  @Option(
    help: ArgumentHelp(
      "A folder of more tasks; may be given several times.", valueName: "folder"))
  var taskPath: [String] = []

  @Option(help: ArgumentHelp("Examples before each question.", valueName: "number"))
  var numFewshot: Int?

  @Option(help: ArgumentHelp("Measure this split instead of the task's.", valueName: "name"))
  var split: String?

  @Flag(help: "Write prompts by the model's chat template.")
  var applyChatTemplate = false

  @Flag(
    inversion: .prefixedNo,
    help: "With a chat template: whether examples are turns of the conversation.")
  var fewshotAsMultiturn = true

  @Option(
    help: ArgumentHelp("A text before every prompt, or its system message.", valueName: "text"))
  var systemInstruction: String?

  @Option(help: "Seeds the choice of examples, and sampling.")
  var fewshotSeed: UInt64 = 1234

  @Option(help: "Resamples of rows for standard errors of what is no mean.")
  var bootstrapIters = 100

  @Option(
    name: [.customLong("output"), .customLong("output-path")],
    help: ArgumentHelp("Write the record: a file ending in .json, or a folder.", valueName: "path"))
  var record: String?

  @Flag(help: "Write every row's prompt and answers beside the record.")
  var logSamples = false

  @Flag(help: "Run programs that the model writes, in processes with limits.")
  var allowCodeExecution = false

  func validate() throws {
    let counts = [("--num-fewshot", numFewshot ?? 0), ("--bootstrap-iters", bootstrapIters)]
    for (name, count) in counts where !(0...100_000).contains(count) {
      throw ValidationError("\(name) is \(count); expected 0 to 100000.")
    }
    if logSamples, record == nil {
      throw ValidationError("--log-samples needs --output.")
    }
  }

  /// The first option that says something of tasks.
  var ownOption: String? {
    let given: [(String, Bool)] = [
      ("--task-data", taskData != nil), ("--task-path", !taskPath.isEmpty),
      ("--num-fewshot", numFewshot != nil), ("--split", split != nil),
      ("--apply-chat-template", applyChatTemplate),
      ("--system-instruction", systemInstruction != nil),
      ("--allow-code-execution", allowCodeExecution),
    ]
    return given.first(where: \.1)?.0
  }

  /// What the options say of how tasks are run.
  func settings(limit: Int?) -> TaskSettings {
    var settings = TaskSettings()
    settings.fewShot = numFewshot
    settings.limit = limit
    settings.split = split
    settings.seed = fewshotSeed
    settings.usesChatTemplate = applyChatTemplate
    settings.isMultiTurn = fewshotAsMultiturn
    settings.systemInstruction = systemInstruction
    settings.resamples = bootstrapIters
    settings.allowsCode = allowCodeExecution
    return settings
  }

  /// The tasks that are asked for.
  func chosen(_ names: String) throws -> [TaskDefinition] {
    let names = names.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    return try TaskCatalogue(folders: taskPath).tasks(named: names.filter { !$0.isEmpty })
  }

  /// The known tasks.
  func list(_ console: Console) throws {
    let tasks = try TaskCatalogue(folders: taskPath).tasks
    console.result(
      [
        "tasks": .array(
          tasks.map { task in
            [
              "task": .string(task.name), "output_type": .string(task.output.rawValue),
              "tags": .array(task.tags.map(JSON.string)),
              "origin": task.origin.map(JSON.string) ?? .null, "file": .string(task.file),
            ]
          })
      ], TaskTable.list(tasks))
  }

  /// Runs the tasks on `model`.
  func measure(
    _ tasks: [TaskDefinition], _ model: LanguageModel, adapter: String?, limit: Int?,
    _ console: Console
  ) throws -> TaskRecord {
    let settings = settings(limit: limit)
    if settings.allowsCode, tasks.contains(where: \.runsCode), !settings.isolatesCode {
      console.note(
        "note: this system lets no process be without network; programs run with limits alone")
    }
    if settings.usesChatTemplate, let note = model.templateNote { console.note("note: \(note)") }
    defer { console.endTransient() }
    // Written after each task, so that what stops a later one takes nothing.
    func keep(_ results: [TaskResult]) throws {
      guard let path = self.record else { return }
      _ = try TaskRecord(results, of: model, adapter: adapter)
        .write(to: path, withSamples: logSamples)
    }
    let results = try model.run(
      tasks, dataFolder: taskData, settings: settings, finished: keep
    ) { progress in
      try Interruption.check()
      console.progress(TaskTable.line(progress))
    }
    let record = TaskRecord(results, of: model, adapter: adapter)
    if let path = self.record {
      console.endTransient()
      console.note("written: \(try TaskRecord.place(path).record)")
    }
    return record
  }
}
