public import AnnealEvaluation
public import AnnealFiles
internal import AnnealText

/// Results of several tasks on one model, as they are kept.
public struct TaskRecord {
  /// The results, in the order of the tasks.
  public let results: [TaskResult]
  private let model: JSON

  /// The results of `model`.
  public init(_ results: [TaskResult], of model: LanguageModel, adapter: String?) {
    self.results = results
    self.model = [
      "folder": .string(model.folder), "adapter": adapter.map(JSON.string) ?? .null,
      "parameters": .integer(model.network.parameterCount),
      "dtype": .string("\(model.network.dtype)"), "device": .string("\(model.network.device)"),
      "max_length": .integer(model.network.configuration.maximumPositions),
    ]
    template = model.encoder.template.source
  }

  private let template: String

  /// The record.
  public var json: JSON {
    let settings = results.first?.settings ?? TaskSettings()
    return [
      "results": .array(results.map(\.json)),
      "model": model,
      "settings": [
        "apply_chat_template": .bool(settings.usesChatTemplate),
        "chat_template_sha256":
          settings.usesChatTemplate ? .string(SHA256Digest.hex(of: template)) : .null,
        "chat_template": settings.usesChatTemplate ? .string(template) : .null,
        "fewshot_as_multiturn": .bool(settings.usesChatTemplate && settings.isMultiTurn),
        "system_instruction": settings.systemInstruction.map(JSON.string) ?? .null,
        "limit": settings.limit.map(JSON.integer) ?? .null,
        "num_fewshot": settings.fewShot.map(JSON.integer) ?? .null,
        "fewshot_seed": .string(String(settings.seed)),
        "bootstrap_resamples": .integer(settings.resamples),
        "bootstrap_seeds": "0, 1, 2… for a thousand resamples each",
        "allow_code_execution": .bool(settings.allowsCode),
        "code_without_network": settings.allowsCode ? .bool(settings.isolatesCode) : .null,
      ],
      "anneal_version": .string(AnnealVersion.text),
    ]
  }

  /// Writes the record to `path`: to that file when it ends in `.json`, else into a folder, with the
  /// samples of each task when they are wanted.
  ///
  /// - Returns: the files.
  public func write(to path: String, withSamples: Bool) throws -> [String] {
    let (folder, record) = try Self.place(path)
    try AtomicFile.write(json.text(.pretty) + "\n", to: record)
    guard withSamples else { return [record] }
    return [record]
      + (try results.map { result in
        // A name may hold what would be folders.
        let file = folder + "/samples_\(result.task.name.replacing("/", with: "_")).jsonl"
        try AtomicFile.write(to: file) { output in
          for sample in result.samples { try output.write(sample.text() + "\n") }
        }
        return file
      })
  }

  /// The folder and the file of a record that goes to `path`, the folder made.
  ///
  /// - Throws: `AnnealError` when nothing can be written there.
  @discardableResult
  public static func place(_ path: String) throws -> (folder: String, record: String) {
    let isFile = path.hasSuffix(".json")
    let folder = isFile ? Folder.parent(of: path) ?? "." : path
    try Folder.create(folder)
    guard Folder.mayWrite(in: folder) else {
      throw AnnealError(
        .storage, "the folder may not be written to", at: .init(file: folder),
        remedy: "Name an --output in a folder that you may write to.")
    }
    return (folder, isFile ? path : folder + "/results.json")
  }
}

extension LanguageModel {
  /// Runs `tasks` on the model with the adapter that is on.
  ///
  /// - Parameters:
  ///   - dataFolder: where the tasks' files are; nil for the folder that a task's file lies in.
  ///   - finished: told the results so far after each task, to keep them.
  ///   - progress: told how far a task is; an error it throws ends the work.
  /// - Throws: `AnnealError` before the model is asked anything when a task cannot be run.
  public func run(
    _ tasks: [TaskDefinition], dataFolder: String?, settings: TaskSettings = TaskSettings(),
    finished: ([TaskResult]) throws -> Void = { _ in },
    progress: @escaping (TaskProgress) throws -> Void = { _ in }
  ) throws -> [TaskResult] {
    let model = TaskModel(network, encoder: encoder, attachments: attachments)
    let runner = TaskRunner(model, settings: settings)
    let prepared = try tasks.map { task in
      try runner.prepare(task, dataFolder: dataFolder ?? Folder.parent(of: task.file) ?? ".")
    }
    var results: [TaskResult] = []
    for task in prepared {
      results.append(try runner.run(task, progress: progress))
      try finished(results)
    }
    return results
  }
}
