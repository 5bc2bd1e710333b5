public import AnnealFiles

/// What to do when a row cannot be used.
public enum BadRowPolicy: String, Sendable, Hashable, CaseIterable {
  /// The first one ends the work.
  case stop
  /// It is left out, counted, and kept in a side file.
  case skip
  /// All of them are looked for and told, and then the work ends.
  case report
}

/// The rows that could not be used: counted, told, and kept beside the output.
public final class BadRows {
  /// What is done with them.
  public let policy: BadRowPolicy
  /// The file that they are kept in.
  public let sideFile: String?
  /// How many there were.
  public private(set) var count = 0
  /// What was wrong with the first of them.
  public private(set) var first: [AnnealError] = []
  /// The first of them as lines of a side file, when they are to be kept in memory.
  public private(set) var lines: [String] = []
  private let output: OutputFile?
  private let limit: Int

  private static let shown = 20

  /// Rows that are counted, and of which the first `limit` are kept in memory.
  public init(_ policy: BadRowPolicy, keeping limit: Int = 0) {
    (self.policy, sideFile, output, self.limit) = (policy, nil, nil, limit)
  }

  private init(_ policy: BadRowPolicy, sideFile: String, output: OutputFile) {
    (self.policy, self.sideFile, self.output, limit) = (policy, sideFile, output, 0)
  }

  /// Takes a row.
  ///
  /// - Throws: what is wrong with it, when that ends the work.
  public func take(_ row: BadRow) throws {
    if policy == .stop { throw row.error }
    count += 1
    if first.count < Self.shown { first.append(row.error) }
    if lines.count < limit { lines.append(row.json.text(.spaced) + "\n") }
    try output?.write(row.json.text(.spaced) + "\n")
  }

  /// Ends the work when rows were only to be looked for, and there were some.
  public func finish() throws {
    guard policy == .report, count > 0 else { return }
    let told = first.map { "\($0)" } + (count > first.count ? ["…"] : [])
    throw AnnealError(
      .data,
      "\(grouped(count)) \(count == 1 ? "row" : "rows") cannot be used:\n"
        + told.joined(separator: "\n"),
      remedy: "Mend them, or leave them out: --on-error skip, or on_error: skip in a recipe.")
  }

  /// A sentence on how many were left out; nil when none was.
  public var summary: String? {
    guard count > 0, policy == .skip else { return nil }
    let rows = count == 1 ? "1 bad row is" : "\(grouped(count)) bad rows are"
    return rows + " left out" + (sideFile.map { " and kept in \($0)" } ?? "")
      + (first.first.map { "; the first: \($0.place.map { "\($0): " } ?? "")\($0.message)" } ?? "")
  }

  /// Runs `body`, which hands over the rows that it cannot use; with `skip` they are written to the
  /// file at `sideFile`, which is only there when there are some.
  ///
  /// - Parameter name: what that file is called when all is done, if that is another path.
  public static func collecting<Result>(
    _ policy: BadRowPolicy, sideFile: String?, named name: String? = nil,
    _ body: (BadRows) throws -> Result
  ) throws -> Result {
    guard policy == .skip, let sideFile else {
      let rows = BadRows(policy)
      let result = try body(rows)
      try rows.finish()
      // What an earlier time left out is not this one's.
      if let sideFile { try Folder.remove(sideFile) }
      return result
    }
    var result: Result?
    var count = 0
    try AtomicFile.write(to: sideFile) { output in
      let rows = BadRows(policy, sideFile: name ?? sideFile, output: output)
      result = try body(rows)
      count = rows.count
    }
    if count == 0 { try Folder.remove(sideFile) }
    guard let result else { throw AnnealError(.failed, "the rows were not read") }
    return result
  }
}
