import Anneal
import AnnealFiles
import AnnealRemote
import ArgumentParser

/// `anneal hosted`: tuning a model on somebody else's machines.
struct Hosted: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hosted", abstract: "Tunes a hosted model through OpenAI's API or one like it.",
    discussion: """
      export writes and checks the rows, submit sends them and begins a job, status watches it, fetch \
      brings its measurements. The key is read from the variable that --key-variable names; without \
      it OpenAI's own server and that of OPENAI_BASE_URL get OPENAI_API_KEY, and others none.
      """,
    subcommands: [
      HostedExport.self, HostedSubmit.self, HostedStatus.self, HostedList.self, HostedFetch.self,
      HostedCancel.self,
    ])
}

/// Which server.
struct APIOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server; OPENAI_BASE_URL by default, or OpenAI's own.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp("The environment variable that holds the key.", valueName: "name"))
  var keyVariable: String?

  /// The tuning that the server offers.
  func tuning() throws -> HostedTuning {
    HostedTuning(try APIEndpoint(baseURL, keyVariable: keyVariable))
  }
}

/// How a job is watched.
struct WatchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Ask every so many seconds.", valueName: "seconds"))
  var every = 10.0

  func validate() throws {
    guard every >= 0.05, every <= 86_400 else {
      throw ValidationError("--every is \(every); expected 0.05 to 86400 seconds.")
    }
  }

  /// Tells what happens to a job until it is over.
  ///
  /// - Throws: when the user stops watching; the job goes on.
  func watch(_ job: TuningJob, _ tuning: HostedTuning, _ console: Console) async throws -> TuningJob
  {
    Interruption.listen()
    var (job, last): (TuningJob, String?) = (job, nil)
    while true {
      for event in try await tuning.events(of: job.id, after: last) {
        console.endTransient()
        console.note(event.message)
        if let step = event.step, let all = event.allSteps, all > 0 {
          let status = ControlCharacters.shown(in: job.status)
          console.transient("step \(step) of \(all)  \(status)")
        }
        last = event.id
      }
      if job.isOver { return job }
      try await pause(job)
      job = try await tuning.job(job.id)
    }
  }

  private func pause(_ job: TuningJob) async throws {
    let end = ContinuousClock().now + .seconds(every)
    while ContinuousClock().now < end {
      if Interruption.isRequested {
        throw AnnealError(
          .interrupted, "stopped watching; the job goes on",
          remedy: "anneal hosted status \(job.id) --wait, or anneal hosted cancel \(job.id)")
      }
      try await Task.sleep(for: .seconds(min(every, 0.2)))
    }
  }
}

/// `anneal hosted status`.
struct HostedStatus: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "How a job is doing.")

  @Argument(help: "The job's id.")
  var job: String

  @Flag(help: "Watch it until it is over.")
  var wait = false

  @OptionGroup var watching: WatchOptions

  @OptionGroup var api: APIOptions

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let tuning = try api.tuning()
    var found = try await tuning.job(job)
    if wait { found = try await watching.watch(found, tuning, console) }
    console.endTransient()
    console.result(found.json, found.words)
    if wait { try found.checkSucceeded() }
  }
}

/// `anneal hosted list`.
struct HostedList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The newest jobs.")

  @Option(name: .customShort("n"), help: "How many.")
  var count = 20

  @OptionGroup var api: APIOptions

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let jobs = try await api.tuning().jobs(count)
    console.result(
      ["jobs": .array(jobs.map(\.json))],
      jobs.isEmpty ? "no jobs" : jobs.map(\.words).joined(separator: "\n"))
  }
}

/// `anneal hosted fetch`.
struct HostedFetch: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Brings a job's facts, events and measurements into a folder.")

  @Argument(help: "The job's id.")
  var job: String

  @Option(name: .customLong("output"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var destination: String

  @Flag(help: "Replace the folder when it is there.")
  var overwrite = false

  @OptionGroup var api: APIOptions

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    try OutputFolder.prepare(destination, overwrite: overwrite, marker: "job.json")
    let tuning = try api.tuning()
    let found = try await tuning.job(job)
    let files = try await tuning.fetch(found, to: destination)
    console.result(
      [
        "output": .string(destination), "files": .array(files.map { .string($0) }),
        "job": found.json,
      ],
      "\(destination): \(files.joined(separator: ", "))\n\(found.words)")
  }
}

/// `anneal hosted cancel`.
struct HostedCancel: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Stops a job.")

  @Argument(help: "The job's id.")
  var job: String

  @OptionGroup var api: APIOptions

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let found = try await api.tuning().cancel(job)
    console.result(found.json, found.words)
  }
}

extension TuningJob {
  /// The job as a line, without colours that a server may send.
  var words: String {
    var facts = ["\(id): \(status)"]
    if let model { facts.append("of \(model)") }
    if let tunedModel { facts.append("is \(tunedModel)") }
    if let trainedTokens { facts.append("\(Amount.count(trainedTokens)) tokens learned") }
    if let failure { facts.append(failure) }
    return ControlCharacters.shown(in: facts.joined(separator: ", "))
  }

  /// Refuses a job that came to a bad end.
  func checkSucceeded() throws {
    guard status != "succeeded" else { return }
    throw AnnealError(
      .failed, "the job \(id) ended as \(status)\(failure.map { ": \($0)" } ?? "")",
      remedy: "anneal hosted fetch \(id) --output DIR brings its events.")
  }
}
