import Anneal
public import AnnealDatasets
import AnnealFiles
public import ArgumentParser

/// How rows are divided, for the verbs that do it.
struct SplitOptions: ParsableArguments {
  @Option(help: "A field whose equal values stay on one side, such as the source document.")
  var groupBy: String?

  @Option(help: "A field whose values are spread evenly over the parts, such as the label.")
  var stratifyBy: String?

  @Option(help: "A field with a number or a date: the latest rows are held out.")
  var timeBy: String?

  @Option(help: "The split is a function of this.")
  var seed: UInt64 = 17

  @Option(
    help: ArgumentHelp(
      "A row that repeats one of another part or of a benchmark: report it, drop it or stop.",
      valueName: "report|drop|stop"))
  var onLeak: LeakPolicy?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Benchmarks: files, or names of tasks with --task-data; rows that hold a run of words of them "
        + "are leaks.", valueName: "file|task"))
  var decontaminate: [String] = []

  @Option(help: "Words of such a run: 13, or down to 8.")
  var runLength = 13

  @Option(
    help: ArgumentHelp(
      "The folder of the data of tasks that --decontaminate names.", valueName: "folder"))
  var taskData: String?

  func validate() throws {
    guard (4...100).contains(runLength) else {
      throw ValidationError("--run-length is \(runLength); expected 4 to 100.")
    }
    guard stratifyBy == nil || timeBy == nil else {
      throw ValidationError("Give either --stratify-by or --time-by.")
    }
  }

  /// The settings of a split.
  func settings(validation: Double, test: Double) throws -> PreparedSplit.Settings {
    var settings = PreparedSplit.Settings(
      validation: validation, test: test, groupBy: groupBy, seed: seed)
    (settings.stratifyBy, settings.timeBy) = (stratifyBy, timeBy)
    settings.benchmarks = try BenchmarkFiles(decontaminate, folder: taskData).paths
    settings.runLength = runLength
    settings.onLeak = onLeak ?? (decontaminate.isEmpty ? nil : .report)
    return settings
  }
}

extension LeakPolicy: ExpressibleByArgument {}

/// `anneal data split`.
struct DataSplit: Verb {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Splits rows so that nothing tested on was trained on, and checks that it is so.")

  @Argument(help: "Data files.")
  var files: [String]

  @Option(
    name: .customLong("output"), help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var destination: String

  @Option(help: "The share of rows held out for validation.")
  var valSize = 0.1

  @Option(help: "The share of rows held out for testing.")
  var testSize = 0.1

  @OptionGroup var splitting: SplitOptions

  @Option(help: "Rows at least as alike as this stay on one side (Jaccard's index, 0.1 to 1).")
  var similarity = 0.8

  @Flag(
    name: .customLong("together"), inversion: .prefixedNo,
    help: "Whether rows that are nearly the same stay on one side.")
  var isTogether = true

  @Flag(help: "Keep to the shares exactly; adding rows may then move a few others.")
  var exact = false

  @OptionGroup var card: CardOptions

  @OptionGroup var reading: SourceOptions

  @OptionGroup var folders: FolderOptions

  @Option(
    help: ArgumentHelp(
      "A row that cannot be used: skip it (kept in skipped.jsonl of the folder), stop at it, or report "
        + "all of them and stop.", valueName: "stop|skip|report"))
  var onError = BadRowPolicy.skip

  @Flag(help: "Replace the folder's files when they are there.")
  var overwrite = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0.1...1).contains(similarity) else {
      throw ValidationError("--similarity is \(similarity); expected 0.1 to 1.")
    }
  }

  func perform(_ console: Console) async throws {
    var settings = try splitting.settings(validation: valSize, test: testSize)
    try Folder.checkHoldsNone(
      of: files + settings.benchmarks, in: destination, remedy: "Name another --output.")
    try OutputFolder.prepare(destination, overwrite: overwrite)
    let sources = try reading.sources(files, split: folders.split)
    settings.cleans = false
    settings.isStable = !exact
    settings.together = isTogether ? NearDuplicates.Settings(threshold: similarity) : nil
    settings.onLeak = splitting.onLeak ?? .report
    let split = try PreparedFolder(path: destination, onError: onError, license: card.license)
      .write(sources, settings, verb: "split", console)
    console.result(
      split.json,
      "\(destination): \(Amount.count(split.train.count)) training, "
        + "\(Amount.count(split.validation.count)) validation, "
        + "\(Amount.count(split.test.count)) test rows of \(Amount.count(split.rows)); "
        + Amount.count(split.leaks.count, of: "leak"))
  }
}
