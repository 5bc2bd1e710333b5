internal import AnnealDatasets

extension TrainingLoop {
  /// Adds what each set's rows add to the loss; nothing where there is a single set.
  func addSets(
    of rows: [Int], _ batch: PackedBatch, _ result: BackwardPass.Result, to sums: inout Sums
  ) {
    guard examples.setCount > 1, result.logProbabilities.count == batch.lossTokens else { return }
    if sums.sets.isEmpty {
      sums.sets = Array(repeating: StepReport.SetPart(), count: examples.setCount)
    }
    var next = 0
    for (row, end) in zip(rows, batch.bounds.dropFirst()) {
      let set = examples.set(at: row)
      sums.sets[set].tokens += examples.length(at: row)
      while next < batch.lossTokens, batch.lossPositions[next] < end {
        sums.sets[set].lossSum -= Double(result.logProbabilities[next])
        sums.sets[set].trainedTokens += 1
        next += 1
      }
    }
  }
}
