import Anneal
import AnnealEvaluation
import Foundation

/// Results of tasks as a drawn table for people.
enum TaskTable {
  /// A row a metric, with its standard error.
  static func text(_ record: TaskRecord) -> String {
    let head = ["task", "shots", "rows", "filter", "metric", "", "value", "± stderr"]
    var rows: [[String]] = []
    for result in record.results {
      for (index, entry) in result.metrics.enumerated() {
        let count =
          result.rows < result.totalRows
          ? "\(result.rows) of \(result.totalRows)" : "\(result.rows)"
        let first = index == 0 ? [result.task.name, "\(result.fewShot)", count] : ["", "", ""]
        rows.append(first + [entry.filter] + cells(entry.metric))
      }
      for group in result.groups where result.groups.count > 1 {
        guard let entry = result.metrics.first else { continue }
        rows.append([
          "  " + group.name, "", "\(group.rows.count)", entry.filter, entry.metric.name, "",
          number(entry.metric.statistic(group.rows)), "",
        ])
      }
    }
    return drawn([head] + rows)
  }

  private static func cells(_ metric: MeasuredMetric) -> [String] {
    [
      metric.name, metric.isHigherBetter ? "↑" : "↓", number(metric.value),
      metric.standardError.map { "± " + number($0) } ?? "–",
    ]
  }

  private static func number(_ value: Double) -> String {
    value.isFinite ? String(format: abs(value) < 1e6 ? "%.4f" : "%.3g", value) : "–"
  }

  /// Rows between lines, the first set apart; the last two columns stand right.
  private static func drawn(_ rows: [[String]]) -> String {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    func line(_ left: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
    }
    let lines = rows.map { row in
      let cells = zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column >= row.count - 2 || column == 1 || column == 2
          ? " \(space)\(cell.0) " : " \(cell.0)\(space) "
      }
      return "│" + cells.joined(separator: "│") + "│"
    }
    return
      ([line("┌", "┬", "┐")] + lines.prefix(1) + [line("├", "┼", "┤")] + lines.dropFirst()
      + [line("└", "┴", "┘")]).joined(separator: "\n")
  }

  /// The known tasks, one a line.
  static func list(_ tasks: [TaskDefinition]) -> String {
    let rows = tasks.map { task in
      (
        task.name,
        [task.output.rawValue, task.tags.joined(separator: ", "), task.origin ?? ""]
      )
    }
    let widths = [0, 1].map { column in rows.map { $0.1[column].count }.max() ?? 0 }
    let label = rows.map(\.0.count).max() ?? 0
    return rows.map { name, cells in
      let padded = zip(cells, widths + [0]).map { cell, width in
        cell.padding(toLength: max(width, cell.count), withPad: " ", startingAt: 0)
      }
      return name.padding(toLength: label, withPad: " ", startingAt: 0) + "   "
        + padded.joined(separator: "   ")
    }.joined(separator: "\n")
  }

  /// How far a task is, and how long it still takes.
  static func line(_ progress: TaskProgress) -> String {
    let left = Int(progress.secondsLeft.rounded())
    let time = left >= 60 ? "\(left / 60) min \(left % 60) s" : "\(left) s"
    return "\(progress.task): \(progress.done) of \(progress.total) \(progress.unit), "
      + (progress.done < progress.total ? "\(time) left" : "measuring")
  }
}
