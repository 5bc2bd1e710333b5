import Anneal
import AnnealFiles
import AnnealTraining
import Foundation

/// Draws what a run tells: a bar with loss, speed, time left and memory on a terminal, and plain
/// lines elsewhere.
final class TrainingProgress {
  private let console: Console
  private var evalLoss: Double?
  private var lastLine = ContinuousClock().now - .seconds(60)

  init(_ console: Console) { self.console = console }

  /// Takes an event.
  func tell(_ event: TrainingEvent) {
    switch event {
    case .note(let text): line(text)
    case .prepared(let training, let validation):
      line("training data\n\(training)")
      if let validation { line("validation data\n\(validation)") }
    case .trainable(let count, let share):
      line(
        "training \(Amount.count(count)) values"
          + String(format: ", %.2f %% of the model", 100 * share))
    case .begins(let step, let total):
      line(
        step == 0
          ? Amount.count(total, of: "optimizer step") : "going on from step \(step) of \(total)")
    case .step(let report, let left, let peak): draw(report, left, peak)
    case .evaluated(let step, let metrics, let isBest):
      evalLoss = metrics.loss
      line(
        String(
          format: "step %d  validation loss %.4f  perplexity %.2f  token accuracy %.1f %%%@", step,
          metrics.loss, metrics.perplexity, 100 * metrics.tokenAccuracy,
          isBest ? "  (best so far)" : ""))
    case .saved(let step): console.detail("checkpoint of step \(step) saved")
    }
  }

  private func line(_ text: String) {
    console.endTransient()
    console.note(text)
  }

  private func draw(_ report: StepReport, _ left: Double, _ peak: Int) {
    let state = ProgressState(
      step: report.step, totalSteps: report.totalSteps, loss: report.loss, evalLoss: evalLoss,
      tokensPerSecond: report.tokensPerSecond, secondsLeft: left, peakBytes: peak)
    if console.isTerminal {
      let terminal = Terminal.current
      console.transient(
        ProgressLine.bar(state, width: terminal.columns, hasColor: terminal.hasColor))
      return
    }
    // Where nothing can be drawn over, a line every few seconds is enough.
    let now = ContinuousClock().now
    guard now - lastLine >= .seconds(5) || report.step == report.totalSteps else { return }
    lastLine = now
    console.note(ProgressLine.plain(state))
  }

  /// What a finished run says.
  static func closing(_ summary: JSON, folder: String) -> String {
    var lines = [
      "done: \(Amount.count(summary["steps"]?.integer ?? 0, of: "step")) in "
        + Amount.seconds(summary["seconds"]?.number ?? 0)
        + (summary["loss"]?.number.map { String(format: ", training loss %.4f nats/token", $0) }
          ?? "")
    ]
    if let base = summary["base"]?["loss"]?.number, let best = summary["best"]?["loss"]?.number {
      lines.append(
        String(
          format: "validation loss %.4f before, %.4f at its best (step %d)", base, best,
          summary["best"]?["step"]?.integer ?? 0))
    }
    lines += (summary["reading"]?.array ?? []).compactMap(\.string)
    lines.append("\(folder)/report.html shows the run; \(folder)/best and /last hold the result")
    return lines.joined(separator: "\n")
  }
}
