public import AnnealDatasets
internal import AnnealFiles

/// Reads documents of many kinds, and writes them as rows that can be learned or asked about.
public struct Ingestion: Sendable {
  /// How chunks are cut.
  public var chunker: Chunker
  /// What reading may use.
  public var reading: ReadingSettings
  /// The kind that all files are of; nil to tell it for each.
  public var kind: (any DocumentKind.Type)?
  /// What is done about a file, or a part of one, that cannot be used.
  public var onError: BadRowPolicy
  /// How many files are read at a time.
  public var parallel = 2

  /// An ingestion.
  public init(
    chunker: Chunker = Chunker(), reading: ReadingSettings = ReadingSettings(),
    kind: (any DocumentKind.Type)? = nil, onError: BadRowPolicy = .skip
  ) {
    (self.chunker, self.reading, self.kind, self.onError) = (chunker, reading, kind, onError)
  }

  /// Reads the files and folders `paths`, and writes their rows to the file `output`.
  ///
  /// Rows stand in the order of the files, whichever is read first. What cannot be used is, with
  /// `skip`, kept in a file beside the output: `rows.skipped.jsonl` of `rows.jsonl`. Both are
  /// replaced when they are there, and the file beside it is removed when it has nothing to hold.
  ///
  /// - Parameter progress: called before each file's rows are written; it may throw to stop.
  /// - Throws: `AnnealError` as `onError` says, when no row comes of all files, and when what is to
  ///   be written is one of them. Nothing is written then.
  public func run(
    _ paths: [String], to output: String,
    progress: (_ done: Int, _ of: Int, _ source: String) throws -> Void = { _, _, _ in }
  ) async throws -> IngestionReport {
    let walk = try await InputWalk(paths)
    let side = SideFile.skipped.path(beside: output)
    try Self.check([output, side], areNotAmong: walk.inputs)
    var report = IngestionReport(output: output, unit: chunker.measure.unit, walk: walk)
    let bad = BadRows(onError, keeping: .max)
    let rows = try RowOutput(output)
    try await read(walk.inputs) { place, input, outcome in
      try progress(place, walk.inputs.count, input.source)
      var file = IngestionReport.File(source: input.source)
      switch outcome {
      case .success(let read):
        file.kind = read.kind
        for problem in read.document.problems {
          try bad.take(problem)
          file.problems.append(problem.error)
        }
        try rows.write(read, of: input.source, to: &file)
      case .failure(let error):
        guard let error = error as? AnnealError, [.data, .usage].contains(error.code) else {
          throw error
        }
        try bad.take(BadRow(error, content: .string(input.source)))
        file.problems.append(error)
      }
      report.files.append(file)
    }
    try refuse(report, bad)
    try rows.finish()
    report.sideFile = try keep(bad, in: side)
    return report
  }

  /// A document and its chunks.
  struct Reading: Sendable {
    var kind: String
    var document: Document
    var chunks: [Chunk]
  }

  /// Reads `inputs`, a few at a time, and hands each on in their order.
  private func read(
    _ inputs: [InputWalk.Input],
    _ body: (Int, InputWalk.Input, Result<Reading, any Error>) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Int, Result<Reading, any Error>).self) { group in
      var started = 0
      func start() {
        guard started < inputs.count else { return }
        let (place, input) = (started, inputs[started])
        group.addTask { (place, await reading(of: input)) }
        started += 1
      }
      for _ in 0..<max(1, parallel) { start() }
      var waiting: [Int: Result<Reading, any Error>] = [:]
      var next = 0
      while let (place, outcome) = try await group.next() {
        waiting[place] = outcome
        while let outcome = waiting.removeValue(forKey: next) {
          try body(next, inputs[next], outcome)
          next += 1
          start()
        }
      }
    }
  }

  private func reading(of input: InputWalk.Input) async -> Result<Reading, any Error> {
    do {
      let file = try DocumentFile(path: input.path, source: input.source)
      let kind = try kind ?? DocumentKinds.kind(of: file)
      let document = try await kind.read(file, reading)
      let chunks = chunker.chunks(of: document.passages)
      guard !chunks.isEmpty || !document.conversations.isEmpty else {
        throw document.problems.first?.error
          ?? AnnealError(
            .data,
            "nothing of the file is text"
              + (document.leftOut.isEmpty
                ? "" : " but \(IngestionReport.listed(document.leftOut))"),
            at: file.place(), remedy: "Leave it out.")
      }
      return .success(Reading(kind: kind.name, document: document, chunks: chunks))
    } catch {
      return .failure(error)
    }
  }

  /// Refuses to write over what is read: in a folder that is given, the output may be a document.
  private static func check(
    _ written: [String], areNotAmong inputs: [InputWalk.Input]
  ) throws {
    let places = Set(written.map(Folder.resolved))
    guard let input = inputs.first(where: { places.contains(Folder.resolved($0.path)) }) else {
      return
    }
    throw AnnealError(
      .usage, "\(input.source) is read, so it cannot be written too", at: .init(file: written[0]),
      remedy: "Name another --output.")
  }

  private func refuse(_ report: IngestionReport, _ bad: BadRows) throws {
    if onError == .report, bad.count > 0 {
      let told = bad.first.map { "\($0)" } + (bad.count > bad.first.count ? ["…"] : [])
      throw AnnealError(
        .data,
        "\(bad.count) \(bad.count == 1 ? "part" : "parts") of the files cannot be used:\n"
          + told.joined(separator: "\n"),
        remedy: "Mend them, or leave them out: --on-error skip.")
    }
    guard report.rows > 0 else {
      if report.files.count == 1, let error = bad.first.first { throw error }
      throw AnnealError(
        .data,
        "none of the \(report.files.count) files could be read:\n"
          + bad.first.map { "\($0)" }.joined(separator: "\n"))
    }
  }

  private func keep(_ bad: BadRows, in path: String) throws -> String? {
    guard bad.count > 0 else {
      // What an earlier time left out is not this one's.
      try Folder.remove(path)
      return nil
    }
    try AtomicFile.write(to: path) { file in for line in bad.lines { try file.write(line) } }
    return path
  }
}
