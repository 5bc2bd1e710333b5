import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealRemote
import ArgumentParser

/// `anneal hosted submit`: sends rows and begins a job.
struct HostedSubmit: Verb {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Sends exported rows and begins a job, which costs money.")

  @Argument(help: "Rows that `anneal hosted export` wrote.")
  var file: String

  @Option(help: "What the server calls the model to tune.")
  var model: String

  @Option(help: ArgumentHelp("Rows that are measured and not learned.", valueName: "file"))
  var validation: String?

  @OptionGroup var tuning: TuningFileOptions

  @Option(help: "Times that the rows are gone through; the server chooses by default.")
  var epochs: Int?

  @Option(help: "Rows in a step; the server chooses by default.")
  var batchSize: Int?

  @Option(help: "What the server's own learning rate is multiplied by.")
  var learningRateMultiplier: Double?

  @Option(help: "How closely the model is held to what it was, for dpo.")
  var beta: Double?

  @Option(help: "What chance begins with.")
  var seed: Int?

  @Option(help: "A word that becomes a part of the new model's name.")
  var suffix: String?

  @Flag(help: "Watch the job until it is over.")
  var wait = false

  @OptionGroup var watching: WatchOptions

  @OptionGroup var api: APIOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (name, value) in [("--epochs", epochs), ("--batch-size", batchSize)] {
      if let value, value < 1 { throw ValidationError("\(name) is \(value); expected 1 or more.") }
    }
    if beta != nil, tuning.method != .dpo {
      throw ValidationError("--beta is a setting of --method dpo.")
    }
  }

  func perform(_ console: Console) async throws {
    let hosted = try api.tuning()
    // Whatever the file went through since it was exported.
    for path in [file, validation].compactMap({ $0 }) {
      let rows = try tuning.file([RowSource(path: path)], bad: BadRows(.stop))
      if path == file {
        try rows.check()
        tuning.tell(rows, console)
      }
    }
    let line = TransferLine("sending", console)
    var wanted = TuningRequest(
      model, trainingFile: try await hosted.upload(file, progress: line.tell))
    if let validation {
      wanted.validationFile = try await hosted.upload(validation, progress: line.tell)
    }
    (wanted.method, wanted.epochs, wanted.batchSize) = (tuning.method, epochs, batchSize)
    (wanted.learningRateMultiplier, wanted.beta) = (learningRateMultiplier, beta)
    (wanted.seed, wanted.suffix) = (seed, suffix)
    console.endTransient()
    var job = try await hosted.begin(wanted)
    console.note("\(job.id) begins")
    if wait { job = try await watching.watch(job, hosted, console) }
    console.endTransient()
    console.result(
      job.json,
      job.words
        + (job.isOver
          ? "\nNext: anneal hosted fetch \(job.id) --output DIR"
          : "\nNext: anneal hosted status \(job.id) --wait"))
    if wait { try job.checkSucceeded() }
  }
}
