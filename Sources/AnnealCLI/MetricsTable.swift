import Anneal
import AnnealEvaluation
import AnnealFiles
import Foundation

/// Metrics as a table for people.
enum MetricsTable {
  /// A column an examination; the first column names the metrics.
  static func text(_ columns: [(title: String, examination: Examination)]) -> String {
    let rows = [("", columns.map(\.title))] + rows(columns.map(\.examination))
    return lines(rows.filter { !$0.1.allSatisfy(\.isEmpty) })
  }

  /// Rows of cells, aligned.
  static func lines(_ rows: [(String, [String])]) -> String {
    let label = rows.map(\.0.count).max() ?? 0
    let widths = (rows.first?.1 ?? []).indices.map { column in
      rows.map { $0.1[column].count }.max() ?? 0
    }
    return rows.map { name, cells in
      let padded = zip(cells, widths).map { cell, width in
        String(repeating: " ", count: width - cell.count) + cell
      }
      return "  " + name.padding(toLength: label, withPad: " ", startingAt: 0) + "   "
        + padded.joined(separator: "   ")
    }.joined(separator: "\n")
  }

  private static func rows(_ all: [Examination]) -> [(String, [String])] {
    var rows: [(String, [String])] = []
    if all.contains(where: { $0.loss != nil }) {
      func cells(_ cell: (LossMetrics) -> String) -> [String] {
        all.map { $0.loss.map(cell) ?? "–" }
      }
      rows = [
        ("loss (nats/token)", cells { nats($0.loss, $0.lossInterval) }),
        ("perplexity", cells { String(format: "%.2f", $0.perplexity) }),
        ("token accuracy", cells { percent($0.tokenAccuracy) }),
      ]
    }
    for name in (all.first?.scores ?? []).map(\.name) {
      let cells = all.map {
        $0.score(name).map { value($0.interval, of: $0) } ?? "nothing to measure"
      }
      rows.append((name.replacing("_", with: " "), cells))
    }
    return rows
  }

  /// A loss, with its interval when there is one.
  static func nats(_ loss: Double, _ interval: Interval?) -> String {
    String(format: "%.4f", loss)
      + (interval.map { String(format: " [%.4f, %.4f]", $0.low, $0.high) } ?? "")
  }

  /// A change of a loss, with its sign.
  static func signedNats(_ change: Double, _ interval: Interval?) -> String {
    String(format: "%+.4f", change)
      + (interval.map { String(format: " [%+.4f, %+.4f]", $0.low, $0.high) } ?? "")
  }

  /// A metric's interval: per cent of a share, else the number.
  static func value(_ interval: Interval, of metric: MeasuredMetric) -> String {
    metric.isShare
      ? percent(interval)
      : String(format: "%.2f [%.2f, %.2f]", interval.mean, interval.low, interval.high)
  }

  /// A metric's change: points of a share, else the number, with its sign.
  static func change(_ interval: Interval, of metric: MeasuredMetric) -> String {
    metric.isShare
      ? String(
        format: "%+.1f points [%+.1f, %+.1f]", 100 * interval.mean, 100 * interval.low,
        100 * interval.high)
      : String(format: "%+.2f [%+.2f, %+.2f]", interval.mean, interval.low, interval.high)
  }

  static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  static func percent(_ interval: Interval) -> String {
    String(
      format: "%.1f %% [%.1f, %.1f]", 100 * interval.mean, 100 * interval.low, 100 * interval.high)
  }
}

extension MetricsTable {
  /// The metrics of replies, each with a line on what it measures.
  static var known: String {
    let all = MetricRegistry.builtin.summaries
    let width = all.map(\.name.count).max() ?? 0
    return all.map { name, summary in
      "  " + name.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + summary
    }.joined(separator: "\n")
  }
}

/// A comparison in words.
enum ComparisonText {
  static func text(_ comparison: Comparison, by metric: String, samples: Int) -> String {
    let table = MetricsTable.text([("base", comparison.base), ("tuned", comparison.tuned)])
    let loss = comparison.lossDifference.map {
      ["  loss changes by \(MetricsTable.signedNats($0.mean, $0)) nats/token"]
    }
    let differences = comparison.tuned.scores.compactMap { score in
      comparison.difference(score.name).map { interval in
        "  \(score.name.replacing("_", with: " ")) changes by "
          + MetricsTable.change(interval, of: score)
      }
    }
    let judged = (comparison.judging?.lines ?? []).map { "  " + $0 }
    let lines =
      [table] + (loss ?? []) + differences + probes(comparison) + effort(comparison) + judged
    let shown = self.samples(comparison.samples(samples))
    return (lines + shown + verdict(comparison.decision(by: metric))).joined(separator: "\n")
  }

  private static func verdict(_ decision: Decision?) -> [String] {
    guard let decision else { return [] }
    let color = [Verdict.better: "32", .worse: "31"][decision.verdict] ?? "33"
    let sentence = decision.sentence
    return ["", "  " + (Console.hasColors ? "\u{1B}[1;\(color)m\(sentence)\u{1B}[0m" : sentence)]
  }

  private static func probes(_ comparison: Comparison) -> [String] {
    comparison.probes.map { probe in
      let change = MetricsTable.signedNats(probe.tuned.loss - probe.base.loss, probe.difference)
      let isWorse = (probe.difference?.low ?? 0) > 0
      return "  on \(probe.name) the loss changes by \(change) nats/token"
        + (isWorse ? ": something was forgotten" : "")
    }
  }

  private static func effort(_ comparison: Comparison) -> [String] {
    guard let base = comparison.base.effort, let tuned = comparison.tuned.effort else { return [] }
    func words(_ effort: ReplyEffort) -> String {
      let latency = effort.latency.map { ", by itself \(Amount.seconds($0))" } ?? ""
      let cost = effort.costPerThousand.map { String(format: ", a thousand cost %.3g", $0) } ?? ""
      let tokens = effort.replyTokens.map { " and \($0 / max(1, effort.replies)) tokens" } ?? ""
      return "\(Amount.seconds(effort.secondsPerReply))\(latency)\(tokens)\(cost)"
    }
    return [
      "  all replies taken together, one takes \(words(tuned)); the base's \(words(base))"
    ]
  }

  /// Replies side by side.
  static func samples(
    _ pairs: [(base: Examination.Reply, tuned: Examination.Reply)]
  ) -> [String] {
    pairs.flatMap { before, after in
      let mark = after.reply == after.reference ? "✓" : "✗"
      return [
        "", "  request  \(oneLine(after.prompt))", "  wanted   \(oneLine(after.reference))",
        "  base     \(oneLine(before.reply))", "  tuned  \(mark) \(oneLine(after.reply))",
      ]
    }
  }

  private static func oneLine(_ text: String) -> String {
    let line = ControlCharacters.shown(in: text.replacing("\n", with: "⏎"))
    return line.count > 110 ? line.prefix(109) + "…" : line
  }
}
