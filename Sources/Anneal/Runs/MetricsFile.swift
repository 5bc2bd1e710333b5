#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import AnnealFiles

/// Reading of a run's `metrics.csv`.
public enum MetricsFile {
  /// The rows of the CSV file at `path`, in its order.
  ///
  /// A last line without its end is what a crash leaves; it is passed over. Columns that are not
  /// known are passed over too, so that newer files can be read.
  public static func rows(at path: String) throws -> [MetricsRow] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw AnnealError(
        .data, "the metrics cannot be read", at: .init(file: path),
        remedy: "A run's folder holds them as metrics.csv.")
    }
    return try rows(csv: String(decoding: data, as: UTF8.self), file: path)
  }

  /// The rows of CSV `text`.
  public static func rows(csv text: String, file: String = "metrics.csv") throws -> [MetricsRow] {
    let lines = wholeLines(text)
    guard let header = lines.first else { return [] }
    let columns = cells(header)
    guard columns.contains("step") else {
      throw AnnealError(
        .data, "the first line lacks the column step", at: .init(file: file, line: 1),
        remedy: "A metrics file begins with \(MetricsRow.columns.joined(separator: ",")).")
    }
    return try lines.enumerated().dropFirst().map { index, line in
      guard let row = MetricsRow(columns: columns, cells: cells(line)) else {
        throw AnnealError(
          .data, "found \(cells(line).count) cells, expected \(columns.count) numbers or gaps",
          at: .init(file: file, line: index + 1))
      }
      return row
    }
  }

  /// The lines that end in a line feed, without it; empty ones are left out.
  static func wholeLines(_ text: String) -> [Substring] {
    // Bytes, because Swift takes "\r\n" for one character.
    guard let end = text.utf8.lastIndex(of: 0x0A) else { return [] }
    return text.utf8[..<end].split(separator: 0x0A).map { line in
      Substring(line.last == 0x0D ? line.dropLast() : line)
    }
  }

  static func cells(_ line: Substring) -> [Substring] {
    line.split(separator: ",", omittingEmptySubsequences: false)
  }
}
