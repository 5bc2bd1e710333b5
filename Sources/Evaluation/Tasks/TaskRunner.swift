internal import AnnealFiles

/// How far a task has come.
public struct TaskProgress: Sendable {
  /// The task's name.
  public var task: String
  /// Tokens read, or replies written.
  public var done: Int
  /// How many there will be.
  public var total: Int
  /// `tokens` or `replies`.
  public var unit: String
  /// Seconds since the task began to ask the model.
  public var seconds: Double

  /// Seconds until all is done, when it goes on at the same pace.
  public var secondsLeft: Double {
    done == 0 ? 0 : seconds * Double(total - done) / Double(done)
  }
}

/// Runs tasks on a model.
public struct TaskRunner {
  /// The model.
  public let model: TaskModel
  /// How tasks are run.
  public var settings: TaskSettings
  /// The metrics that tasks may name.
  public var registry: MetricRegistry

  /// A runner of tasks on `model`.
  public init(
    _ model: TaskModel, settings: TaskSettings = TaskSettings(),
    registry: MetricRegistry = .builtin
  ) {
    self.model = model
    self.settings = settings
    self.registry = registry
  }

  /// A task with its rows and metrics, before the model is asked anything.
  public struct Prepared {
    let task: TaskDefinition
    let metrics: [any Metric]
    let rows: TaskRows
  }

  /// `task` with its rows below `folder`: what can be wrong with it is found here.
  ///
  /// - Throws: `AnnealError` when a file is missing, a metric unknown, or a program may not be run.
  public func prepare(_ task: TaskDefinition, dataFolder folder: String) throws -> Prepared {
    if task.runsCode, !settings.allowsCode {
      throw AnnealError(
        .usage, "the task '\(task.name)' runs programs that the model writes",
        at: .init(file: task.file, field: "unsafe_code"),
        remedy: "Give --allow-code-execution, on a machine where a wrong program can do no harm.")
    }
    return Prepared(
      task: task,
      metrics: try task.metrics.map {
        try task.metric($0, registry, allowsCode: settings.allowsCode)
      }, rows: try TaskRows(task, settings, model: model, folder: folder))
  }

  /// The task's result on its rows.
  ///
  /// - Parameter progress: told how far the task is; an error it throws ends the task.
  /// - Throws: `AnnealError` when a template fails on a row.
  public func run(
    _ prepared: Prepared, progress: @escaping (TaskProgress) throws -> Void = { _ in }
  ) throws -> TaskResult {
    let (task, rows) = (prepared.task, prepared.rows)
    let clock = ContinuousClock()
    let begin = clock.now
    let exam = TaskExam(
      task: task, settings: settings, model: model, rows: rows, metrics: prepared.metrics
    ) { done, total, unit in
      try progress(
        TaskProgress(
          task: task.name, done: done, total: total, unit: unit,
          seconds: (clock.now - begin).seconds))
    }
    let outcome = try exam.outcome()
    return TaskResult(
      task: task, settings: settings, rows: rows, outcome: outcome,
      seconds: (clock.now - begin).seconds)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
