internal import AnnealDatasets
internal import AnnealFiles

/// Which rows every optimizer step of a run reads: the plans of its epochs, one after another.
final class BatchSchedule {
  /// Optimizer steps of the whole run.
  let totalSteps: Int
  /// A hash of the order and packing of all epochs.
  let hash: String

  /// The micro-batch with the most tokens and the longest row.
  let longest: Longest

  /// What needs most memory in a run.
  struct Longest {
    /// Tokens of the longest micro-batch.
    var tokens = 0
    /// The first step that reads such a micro-batch, from 0.
    var step = 0
    /// Tokens of the longest row.
    var rowTokens = 0
    /// The first step that reads such a row, from 0.
    var rowStep = 0
    /// Tokens of the first step's longest micro-batch.
    var firstTokens = 0
    /// Tokens of the whole run.
    var runTokens = 0
  }

  private let lengths: [Int]
  private let settings: TrainingSettings
  /// The first step of every epoch, and the end.
  private let starts: [Int]
  private var current: (epoch: Int, plan: BatchPlan)?

  init(_ lengths: [Int], _ settings: TrainingSettings) {
    self.lengths = lengths
    self.settings = settings
    var starts = [0]
    var hashes: [String] = []
    var sizes: [StepSize] = []
    // An epoch's number of steps can differ from the last one's: other neighbours pack otherwise.
    while Self.goesOn(epochs: starts.count - 1, steps: starts[starts.count - 1], settings) {
      let plan = Self.plan(lengths, settings, epoch: starts.count - 1)
      guard !plan.steps.isEmpty else { break }
      starts.append(starts[starts.count - 1] + plan.steps.count)
      hashes.append(plan.hash)
      sizes += plan.steps.map { StepSize($0, lengths) }
    }
    self.starts = starts
    hash = SHA256Digest.hex(of: hashes.joined(separator: "\n"))
    totalSteps = Self.total(starts, settings)
    longest = Self.longest(sizes.prefix(totalSteps))
  }

  private struct StepSize {
    var tokens = 0
    var longest = 0
    var longestRow = 0

    init(_ microBatches: [[Int]], _ lengths: [Int]) {
      for rows in microBatches {
        let count = rows.reduce(0) { $0 + lengths[$1] }
        tokens += count
        longest = max(longest, count)
        for row in rows { longestRow = max(longestRow, lengths[row]) }
      }
    }
  }

  private static func longest(_ sizes: ArraySlice<StepSize>) -> Longest {
    var longest = Longest(firstTokens: sizes.first?.longest ?? 0)
    for (step, size) in sizes.enumerated() {
      longest.runTokens += size.tokens
      if size.longest > longest.tokens { (longest.tokens, longest.step) = (size.longest, step) }
      if size.longestRow > longest.rowTokens {
        (longest.rowTokens, longest.rowStep) = (size.longestRow, step)
      }
    }
    return longest
  }

  /// The micro-batches of step `index`, from 0, and the epochs that are over after it.
  func step(_ index: Int) throws -> (epoch: Double, microBatches: [[Int]]) {
    let epoch = (starts.lastIndex { $0 <= index } ?? 0)
    if current?.epoch != epoch {
      current = (epoch, Self.plan(lengths, settings, epoch: epoch))
    }
    guard let plan = current?.plan, plan.steps.indices.contains(index - starts[epoch]) else {
      throw AnnealError(.failed, "step \(index + 1) lies beyond the plan of \(totalSteps) steps")
    }
    let done = Double(index + 1 - starts[epoch]) / Double(plan.steps.count)
    return (Double(epoch) + done, plan.steps[index - starts[epoch]])
  }

  private static func plan(
    _ lengths: [Int], _ settings: TrainingSettings, epoch: Int
  ) -> BatchPlan {
    BatchPlan(lengths: lengths, settings: settings.batch, seed: settings.seed, epoch: epoch)
  }

  private static func goesOn(epochs: Int, steps: Int, _ settings: TrainingSettings) -> Bool {
    if let maxSteps = settings.maxSteps { return steps < maxSteps }
    return Double(epochs) < settings.epochs
  }

  private static func total(_ starts: [Int], _ settings: TrainingSettings) -> Int {
    let all = starts[starts.count - 1]
    if let maxSteps = settings.maxSteps { return min(maxSteps, all) }
    guard starts.count >= 2 else { return all }
    let last = starts.count - 2
    let share = settings.epochs - Double(last)
    let steps = Double(starts[last + 1] - starts[last]) * min(1, share)
    return starts[last] + Int(steps.rounded(.up))
  }
}
