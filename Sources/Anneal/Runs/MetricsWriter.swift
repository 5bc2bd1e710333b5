#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import AnnealFiles

/// Appends rows to a run's `metrics.csv` and `metrics.jsonl`, each row whole and at once.
public final class MetricsWriter {
  private let csv: AppendedFile
  private let jsonLines: AppendedFile

  /// Opens both files in `folder` and goes on at their ends; new files begin with their header.
  public init(folder: String) throws {
    csv = try AppendedFile(Self.csvPath(folder))
    jsonLines = try AppendedFile(Self.jsonLinesPath(folder))
    if try csv.isEmpty { try csv.append(MetricsRow.columns.joined(separator: ",") + "\n") }
  }

  /// Writes one row to both files before it returns.
  public func append(_ row: MetricsRow) throws {
    try csv.append(row.csv + "\n")
    try jsonLines.append(row.json.text(.spaced) + "\n")
  }

  static func csvPath(_ folder: String) -> String { folder + "/metrics.csv" }
  static func jsonLinesPath(_ folder: String) -> String { folder + "/metrics.jsonl" }
}

extension MetricsWriter {
  /// Cuts off the rows in `folder` beyond `step`, and a last line that a crash left half-written.
  ///
  /// Each file is replaced as a whole, so that a crash here loses nothing. Call this before a writer
  /// is opened. A file that is not there is left so.
  public static func truncate(folder: String, afterStep step: Int) throws {
    try rewrite(csvPath(folder)) { text in
      let lines = MetricsFile.wholeLines(text)
      guard let header = lines.first else { return "" }
      let columns = MetricsFile.cells(header)
      let kept = lines.dropFirst().filter { line in
        let row = MetricsRow(columns: columns, cells: MetricsFile.cells(line))
        return row.map { $0.step <= step } ?? false
      }
      return ([header] + kept).map { $0 + "\n" }.joined()
    }
    try rewrite(jsonLinesPath(folder)) { text in
      MetricsFile.wholeLines(text).filter { line in
        let row = try? JSON(parsing: line)
        return row?["step"]?.integer.map { $0 <= step } ?? false
      }
      .map { $0 + "\n" }.joined()
    }
  }

  static func rewrite(_ path: String, _ body: (String) -> String) throws {
    let url = URL(fileURLWithPath: path)
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      let before = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      let after = body(before)
      if after != before { try Data(after.utf8).write(to: url, options: .atomic) }
    } catch {
      throw AnnealError(
        .storage, "the metrics cannot be cut back to the checkpoint", at: .init(file: path),
        remedy: "Check that the disk has room and the file may be written.", cause: error)
    }
  }
}

/// A file that only grows, one whole write at a time.
final class AppendedFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Self.fault("cannot be opened", path) }
  }

  deinit { close(descriptor) }

  var isEmpty: Bool {
    get throws {
      let end = lseek(descriptor, 0, SEEK_END)
      if end < 0 { throw Self.fault("cannot be read", path) }
      return end == 0
    }
  }

  func append(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written < 0 { throw Self.fault("cannot be written", path) }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func fault(_ message: String, _ path: String) -> AnnealError {
    let reason = String(cString: strerror(errno))
    return AnnealError(
      .storage, "\(message): \(reason)", at: .init(file: path),
      remedy: "Check that the disk has room and the folder may be written.")
  }
}
