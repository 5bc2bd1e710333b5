public import AnnealFiles

/// What came of a task, with all that is needed to get it again.
public struct TaskResult: Sendable {
  /// The task.
  public let task: TaskDefinition
  /// How it was run.
  public let settings: TaskSettings
  /// The metrics, by the filter of replies they were measured behind.
  public let metrics: [(filter: String, metric: MeasuredMetric)]
  /// The split that was measured.
  public let split: String
  /// Rows that were asked.
  public let rows: Int
  /// Rows that the split has.
  public let totalRows: Int
  /// Examples before each question.
  public let fewShot: Int
  /// The files that were read, with the SHA-256 of each.
  public let files: [(path: String, digest: String)]
  /// The rows of each value of the field that results are grouped by.
  public let groups: [(name: String, rows: [Int])]
  /// Every row's prompt, target and answer.
  public let samples: [JSON]
  /// How long it took.
  public let seconds: Double

  init(
    task: TaskDefinition, settings: TaskSettings, rows: TaskRows, outcome: TaskExam.Outcome,
    seconds: Double
  ) {
    self.task = task
    self.settings = settings
    metrics = outcome.metrics
    samples = outcome.samples
    split = rows.split
    self.rows = rows.rows.count
    totalRows = rows.total
    fewShot = rows.fewShot
    files = rows.files
    self.seconds = seconds
    groups = task.groupField.map { Self.groups(rows.rows, by: $0) } ?? []
  }

  private static func groups(_ rows: [JSON], by field: String) -> [(name: String, rows: [Int])] {
    var groups: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() {
      groups[row[field].map(TaskTexts.plain) ?? "", default: []].append(index)
    }
    return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The result as the record has it: metrics, and the digests of the task, the data and what was
  /// asked.
  public var json: JSON {
    [
      "task": .string(task.name), "output_type": .string(task.output.rawValue),
      "metrics": .array(metrics.map { entry($0.filter, $0.metric) }),
      "groups": .array(groups.map(group)),
      "split": .string(split), "rows": .integer(rows), "rows_of_split": .integer(totalRows),
      "num_fewshot": .integer(fewShot), "seconds": .number(seconds),
      "task_file": .string(task.file),
      "task_sha256": .string(SHA256Digest.hex(of: task.json.text())),
      "data": .array(
        files.map { ["file": .string($0.path), "sha256": .string($0.digest)] }),
      "samples_sha256": .string(samplesDigest),
      "definition": task.json,
    ]
  }

  /// The digest of all prompts and targets, in their order.
  public var samplesDigest: String {
    var digest = SHA256Digest.Running()
    for sample in samples {
      let asked: JSON = [
        sample["prompt"] ?? .null, sample["choices"] ?? .null, sample["target"] ?? .null,
      ]
      digest.add(Array((asked.text() + "\n").utf8))
    }
    return digest.hex
  }

  private func entry(_ filter: String, _ metric: MeasuredMetric) -> JSON {
    var members: [(String, JSON)] = [
      ("metric", .string(metric.name)), ("filter", .string(filter)),
      ("value", .number(metric.value)),
      ("standard_error", metric.standardError.map(JSON.number) ?? .null),
      ("higher_is_better", .bool(metric.isHigherBetter)), ("rows", .integer(metric.measuredRows)),
    ]
    if let resamples = metric.resamples {
      members.append(("bootstrap_resamples", .integer(resamples)))
    }
    if let details = metric.details { members.append(("details", details)) }
    return JSON(members: members)
  }

  private func group(_ group: (name: String, rows: [Int])) -> JSON {
    [
      "name": .string(group.name), "rows": .integer(group.rows.count),
      "metrics": .array(
        metrics.map { filter, metric in
          [
            "metric": .string(metric.name), "filter": .string(filter),
            "value": .number(metric.statistic(group.rows)),
          ]
        }),
    ]
  }
}
