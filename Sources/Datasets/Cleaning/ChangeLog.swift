internal import AnnealFiles

/// The side file of a cleaning: what was done with which row, so that it can be taken back.
///
/// One JSON object a line: `row` (its number, from 1 as lines are counted), `at`, `stage`, `action`,
/// `reason`, `detail`, and `before` and `after` as far as they differ, or the `fields` of a row that was
/// flagged; the last line has the counts and the output's hash.
enum ChangeLog {
  /// The number of the first row.
  static let firstRow = 1

  /// The line for `verdict` of `stage` on a row with `fields`; nil when it stays as it is.
  static func line(
    _ verdict: RowVerdict, of stage: String, on row: CleaningRow, fields: JSON
  ) -> String? {
    let (action, finding, rows): (String, Finding, [(String, JSON)])
    switch verdict {
    case .keep: return nil
    // So that a person can judge it from here.
    case .flag(let found): (action, finding, rows) = ("flag", found, [("fields", fields)])
    case .change(let found, let new):
      (action, finding, rows) = ("change", found, [("before", fields), ("after", new)])
    case .drop(let found): (action, finding, rows) = ("drop", found, [("before", fields)])
    }
    var members: [(String, JSON)] = [
      ("row", .integer(row.number + firstRow)), ("at", .string(row.row.place().description)),
      ("stage", .string(stage)), ("action", .string(action)), ("reason", .string(finding.reason)),
    ]
    if let detail = finding.detail { members.append(("detail", .string(detail))) }
    return JSON(members: members + rows).text(.spaced) + "\n"
  }

  /// The last line.
  static func end(_ report: CleaningReport, output: String) throws -> String {
    let end: JSON = [
      "summary": report.json, "first_row": .integer(firstRow),
      "sha256": .string(try SHA256Digest.hex(ofFile: output)),
    ]
    return end.text(.spaced) + "\n"
  }
}

/// Text on its way to a file, written in large pieces.
struct BufferedLines {
  private let file: OutputFile
  private var bytes: [UInt8] = []

  init(_ file: OutputFile) { self.file = file }

  mutating func add(_ text: String) throws {
    bytes.append(contentsOf: text.utf8)
    if bytes.count >= 1 << 20 { try flush() }
  }

  mutating func add(line: UnsafeBufferPointer<UInt8>) throws {
    bytes.append(contentsOf: line)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count >= 1 << 20 { try flush() }
  }

  mutating func flush() throws {
    try file.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
