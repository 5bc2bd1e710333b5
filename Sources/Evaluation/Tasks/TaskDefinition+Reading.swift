public import AnnealFiles
internal import AnnealText

extension TaskDefinition {
  /// The keys of a task's file.
  public static let keys = [
    "task", "task_alias", "tag", "group", "output_type", "dataset_path", "dataset_name",
    "dataset_kwargs", "data_files", "origin", "training_split", "validation_split", "test_split",
    "fewshot_split", "fewshot_config", "num_fewshot", "fewshot_delimiter", "target_delimiter",
    "description", "doc_to_text", "doc_to_target", "doc_to_choice", "generation_kwargs",
    "filter_list", "metric_list", "repeats", "group_field", "unsafe_code", "metadata",
    "should_decontaminate", "doc_to_decontamination_query",
  ]

  /// Keys that mean something to other harnesses and nothing here, with what to do instead.
  private static let refused = [
    "process_docs":
      "Python is not run; write what it does as Jinja in doc_to_text and doc_to_choice.",
    "process_results": "Python is not run; name metrics in metric_list.",
    "custom_dataset": "Python is not run; write the rows to a file and name it in data_files.",
    "class": "Python is not run.",
    "use_prompt": "Write the prompt out in doc_to_text.",
    "gen_prefix": "Write it at the end of doc_to_text.",
    "doc_to_image": "Only text is read.", "doc_to_audio": "Only text is read.",
  ]

  /// The task that `json` holds.
  ///
  /// - Parameters:
  ///   - file: the file it was read from.
  ///   - lines: the line of each key, for messages.
  ///   - registry: the metrics it may name.
  /// - Throws: `AnnealError` of kind `recipe` that names file, line and key.
  public init(
    _ json: JSON, file: String, lines: [String: Int] = [:], registry: MetricRegistry = .builtin
  ) throws {
    let fields = TaskFields(json: json, file: file, lines: lines)
    try fields.check(known: Self.keys, refused: Self.refused)
    guard let name = try fields.text("task"), !name.isEmpty else {
      throw fields.error("task", "the task has no name", remedy: "Write a line `task: NAME`.")
    }
    self.name = name
    self.json = json
    self.file = file
    tags = (try fields.texts("tag") ?? []) + (try fields.texts("group") ?? [])
    output = try Self.output(fields)
    runsCode = try fields.flag("unsafe_code") ?? false
    origin = try fields.text("origin") ?? fields.text("dataset_path")
    splits = try TaskSplits(fields, task: name)
    texts = try TaskTexts(fields)
    targetDelimiter = try fields.text("target_delimiter") ?? " "
    fewShot = try FewShotSettings(fields, texts: texts)
    description = try fields.expression("description")
    generation = try GenerationSettings(fields)
    filters = try Self.filters(fields)
    metrics = try Self.metrics(fields)
    repeats = try fields.count("repeats", from: 1) ?? 1
    groupField = try fields.text("group_field")
    try check(fields, registry)
  }

  private static func output(_ fields: TaskFields) throws -> TaskOutput {
    let name = try fields.text("output_type") ?? TaskOutput.generation.rawValue
    guard let output = TaskOutput(rawValue: name) else {
      let names = TaskOutput.allCases.map(\.rawValue).joined(separator: ", ")
      throw fields.error("output_type", "output_type is '\(name)'; expected one of \(names)")
    }
    return output
  }

  private static func filters(_ fields: TaskFields) throws -> [FilterPipeline] {
    guard let list = try fields.list("filter_list"), !list.isEmpty else {
      return [FilterPipeline(name: "none", steps: [TakeFirst()])]
    }
    return try list.map { entry in
      try entry.check(known: ["name", "filter"])
      let steps = try (entry.list("filter") ?? []).map { step in
        guard let function = try step.text("function") else {
          throw fields.error("filter_list", "a filter has no function", remedy: "Name one.")
        }
        let settings = step.json.setting("function", to: nil)
        return try ReplyFilters.filter(
          function, MetricSettings(settings, at: fields.place("filter_list")))
      }
      return FilterPipeline(name: try entry.text("name") ?? "none", steps: steps)
    }
  }

  private static func metrics(_ fields: TaskFields) throws -> [MetricEntry] {
    guard let list = try fields.list("metric_list"), !list.isEmpty else {
      throw fields.error(
        "metric_list", "the task names no metric", remedy: "Write metric_list: [{metric: NAME}].")
    }
    return try list.map { entry in
      guard let name = try entry.text("metric") else {
        throw fields.error(
          "metric_list", "an entry names no metric", remedy: "Write `metric: NAME`.")
      }
      var settings = entry.json
      for key in ["metric", "aggregation", "higher_is_better", "hf_evaluate"] {
        settings = settings.setting(key, to: nil)
      }
      return MetricEntry(
        name: name,
        settings: MetricSettings(settings, at: fields.place("metric_list"), habits: .harness))
    }
  }

  /// What shows only when everything is known: that metrics exist and fit, and that what the output
  /// needs is there.
  private func check(_ fields: TaskFields, _ registry: MetricRegistry) throws {
    let list = try fields.list("metric_list") ?? []
    for (entry, written) in zip(metrics, list) {
      let metric = try metric(entry, registry, allowsCode: true)
      guard let asked = try written.text("aggregation"), asked != type(of: metric).aggregation
      else { continue }
      throw fields.error(
        "metric_list",
        "'\(entry.name)' is put together by '\(type(of: metric).aggregation)', not by '\(asked)'",
        remedy: "Leave the key aggregation out.")
    }
    let needed: [(String, Bool)] = [
      ("doc_to_text", output != .rolling && texts.text == nil),
      ("doc_to_target", texts.target == nil),
      ("doc_to_choice", output == .multipleChoice && texts.choice == nil),
    ]
    for (key, isMissing) in needed where isMissing {
      throw fields.error(key, "a task of \(output.rawValue) needs the key '\(key)'")
    }
    if splits.test == nil, splits.validation == nil {
      throw fields.error(
        "test_split", "the task says not which rows to measure",
        remedy: "Write test_split or validation_split.")
    }
  }

  /// The metric of an entry, of the kind that the task's output needs.
  func metric(
    _ entry: MetricEntry, _ registry: MetricRegistry, allowsCode: Bool
  ) throws -> any Metric {
    var settings = entry.settings
    settings.allowsCode = allowsCode
    do {
      switch output {
      case .multipleChoice: return try registry.choiceMetric(entry.name, settings)
      case .logLikelihood, .rolling: return try registry.likelihoodMetric(entry.name, settings)
      case .generation: return try registry.replyMetric(entry.name, settings)
      }
    } catch var error as AnnealError {
      if error.code == .usage, error.place?.file == file { error.code = .recipe }
      throw error
    }
  }
}

extension TaskFields {
  /// The expression under `key`; nil when it is absent.
  func expression(_ key: String) throws -> TaskExpression? {
    try value(key).map { try TaskExpression($0, name: "\(file)#\(key)") }
  }
}

extension TaskTexts {
  init(_ fields: TaskFields) throws {
    text = try fields.expression("doc_to_text")
    target = try fields.expression("doc_to_target")
    choice = try fields.expression("doc_to_choice")
  }
}

extension TaskSplits {
  init(_ fields: TaskFields, task: String) throws {
    training = try fields.text("training_split")
    validation = try fields.text("validation_split")
    test = try fields.text("test_split")
    let arguments = try fields.fields("dataset_kwargs")
    try arguments?.check(known: ["data_files", "trust_remote_code"])
    files = try Self.files(fields) ?? arguments.flatMap(Self.files) ?? [:]
    let path = try fields.text("dataset_path") ?? task
    let parts = [path.split(separator: "/").last.map(String.init), try fields.text("dataset_name")]
    folders = [task, parts.compactMap { $0 }.joined(separator: "/")]
  }

  /// The files by split; files without a split are the `train` split, as in the package datasets.
  private static func files(_ fields: TaskFields) throws -> [String: [String]]? {
    guard let value = fields.value("data_files") else { return nil }
    guard value.object != nil else { return ["train": try fields.texts("data_files") ?? []] }
    let members = TaskFields(json: value, file: fields.file, lines: fields.lines)
    var files: [String: [String]] = [:]
    for (split, _) in value.members { files[split] = try members.texts(split) ?? [] }
    return files
  }
}

extension FewShotSettings {
  init(_ fields: TaskFields, texts: TaskTexts) throws {
    count = try fields.count("num_fewshot") ?? 0
    delimiter = try fields.text("fewshot_delimiter") ?? "\n\n"
    sampler = RandomSampler()
    self.texts = texts
    split = try fields.text("fewshot_split")
    targetDelimiter = try fields.text("target_delimiter") ?? " "
    guard let own = try fields.fields("fewshot_config") else { return }
    try own.check(known: [
      "sampler", "samples", "split", "doc_to_text", "doc_to_target", "doc_to_choice",
      "fewshot_delimiter", "target_delimiter", "same_field",
    ])
    if let name = try own.text("sampler") {
      guard let found = FewShotSamplers.all.first(where: { $0.name == name }) else {
        let names = FewShotSamplers.all.map { $0.name }.joined(separator: ", ")
        throw own.error("sampler", "there is no sampler '\(name)'; expected one of \(names)")
      }
      sampler = found.init()
    }
    rows = try own.list("samples")?.map(\.json)
    split = try own.text("split") ?? split
    sameField = try own.text("same_field")
    delimiter = try own.text("fewshot_delimiter") ?? delimiter
    targetDelimiter = try own.text("target_delimiter") ?? targetDelimiter
    let written = try TaskTexts(own)
    self.texts.text = written.text ?? texts.text
    self.texts.target = written.target ?? texts.target
    self.texts.choice = written.choice ?? texts.choice
  }
}

extension GenerationSettings {
  init(_ fields: TaskFields) throws {
    guard let own = try fields.fields("generation_kwargs") else { return }
    try own.check(known: [
      "until", "max_gen_toks", "max_new_tokens", "do_sample", "temperature", "top_p", "top_k",
    ])
    until = try own.texts("until") ?? []
    maxTokens =
      try own.count("max_gen_toks", from: 1) ?? own.count("max_new_tokens", from: 1) ?? 256
    let temperature = try own.number("temperature")
    let samples = try own.flag("do_sample") ?? ((temperature ?? 0) > 0)
    self.temperature = samples ? temperature ?? 1 : 0
    topP = try own.number("top_p") ?? 1
    topK = try own.count("top_k") ?? 0
  }
}
