public import AnnealFiles

/// An evaluation task: where rows are, what is asked of a model on each, how answers are measured.
///
/// The keys of its file are those of lm-evaluation-harness.
public struct TaskDefinition: Sendable {
  /// The task's name.
  public let name: String
  /// Names that stand for this task among others.
  public let tags: [String]
  /// The file it was read from.
  public let file: String
  /// The task as its file has it, for the record.
  public let json: JSON
  /// What is asked of a model.
  public let output: TaskOutput
  /// Whether its answers are programs, which are run.
  public let runsCode: Bool
  /// A line on where its data comes from.
  public let origin: String?

  let splits: TaskSplits
  let texts: TaskTexts
  let targetDelimiter: String
  let fewShot: FewShotSettings
  let description: TaskExpression?
  let generation: GenerationSettings
  let filters: [FilterPipeline]
  let metrics: [MetricEntry]
  let repeats: Int
  /// The field whose values the results are also reported by.
  let groupField: String?

  /// A metric that a task asks for.
  struct MetricEntry: Sendable {
    var name: String
    var settings: MetricSettings
  }

  /// A filter of replies and the name of its results.
  struct FilterPipeline: Sendable {
    var name: String
    var steps: [any ReplyFilter]
  }
}

/// Which files hold a task's rows.
struct TaskSplits: Sendable {
  var training: String?
  var validation: String?
  var test: String?
  /// Paths by the split's name, from the folder of data.
  var files: [String: [String]]
  /// Where a split that names no file is looked for: under the task's name, and the data set's.
  var folders: [String]
}

/// How examples are put before a question.
struct FewShotSettings: Sendable {
  var count: Int
  var split: String?
  var delimiter: String
  var sampler: any FewShotSampler
  /// Rows that the task brings along.
  var rows: [JSON]?
  /// How an example is written, where that differs from a question.
  var texts: TaskTexts
  /// The field in which an example must agree with the question.
  var sameField: String?
  var targetDelimiter: String
}

/// How a task lets a model write.
struct GenerationSettings: Sendable {
  var until: [String] = []
  var maxTokens = 256
  var temperature = 0.0
  var topP = 1.0
  var topK = 0
}
