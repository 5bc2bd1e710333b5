internal import AnnealFiles
internal import AnnealText
internal import Dispatch
internal import Synchronization

/// Makes examples of records: encodes, masks, cuts, and counts what became of every row.
public struct ExampleBuilder: Sendable {
  private let encoder: any ExampleEncoder
  private let settings: PreparationSettings

  /// A builder that encodes with `encoder`.
  public init(_ encoder: any ExampleEncoder, settings: PreparationSettings) {
    self.encoder = encoder
    self.settings = settings
  }

  /// The examples of `records` in their order, and the report.
  ///
  /// Rows are encoded on all cores; the result does not depend on how many there are.
  public func examples(
    from records: Dataset<Record>
  ) -> (examples: [Example], report: PreparationReport) {
    var report = PreparationReport(settings)
    report.rows = records.count
    report.duplicates = records.count - Set(records.fingerprints).count
    var examples: [Example] = []
    for (row, outcome) in outcomes(of: records).enumerated() {
      let place = records.places[row]
      switch outcome {
      case .dropped(let reason, let detail): report.drop(reason, at: place, detail: detail)
      case .kept(let pieces, let isTruncated):
        for (ids, mask) in pieces {
          let number = settings.stage == .supervised ? row : examples.count
          let example = Example(
            ids: ids, lossMask: mask, row: number, source: place, isTruncated: isTruncated)
          report.keep(example)
          examples.append(example)
        }
        report.keptRows += 1
        if isTruncated { report.truncated += 1 }
      }
    }
    return (examples, report)
  }

  /// What became of a row.
  enum Outcome: Sendable {
    case kept([(ids: [Int32], lossMask: [Bool])], isTruncated: Bool)
    case dropped(PreparationReport.Reason, detail: String?)
  }

  /// What becomes of `record`.
  func outcome(of record: Record) -> Outcome {
    let encoded: (ids: [Int], lossMask: [Bool])
    do {
      let training = settings.stage == .pretraining ? .everything : settings.training
      encoded = try encoder.tokens(of: record, training: training)
    } catch let error as AnnealError {
      // With its place in the template, or in the conversation.
      var bare = error
      bare.remedy = nil
      return .dropped(.refused, detail: "\(bare)")
    } catch {
      return .dropped(.refused, detail: "\(error)")
    }
    let ids = encoded.ids.map { Int32(truncatingIfNeeded: $0) }
    guard !ids.isEmpty else { return .dropped(.empty, detail: nil) }
    switch settings.stage {
    case .pretraining: return windows(ids)
    case .supervised: return cut(ids, encoded.lossMask)
    }
  }

  private func windows(_ ids: [Int32]) -> Outcome {
    let ranges = Windows.ranges(count: ids.count, length: settings.maxLength)
    guard !ranges.isEmpty else { return .dropped(.nothingToLearn, detail: nil) }
    let pieces = ranges.map { range in
      (ids: Array(ids[range]), lossMask: range.map { $0 > range.lowerBound })
    }
    return .kept(pieces, isTruncated: false)
  }

  private func cut(_ ids: [Int32], _ mask: [Bool]) -> Outcome {
    guard mask.dropFirst().contains(true) else { return .dropped(.nothingToLearn, detail: nil) }
    let isTruncated = ids.count > settings.maxLength
    let kept = Array(mask.prefix(settings.maxLength))
    guard kept.dropFirst().contains(true) else {
      return .dropped(.cutAway, detail: "the row has \(ids.count) tokens")
    }
    return .kept(
      [(Array(ids.prefix(settings.maxLength)), kept)], isTruncated: isTruncated)
  }

  /// What became of each record, in order.
  private func outcomes(of records: Dataset<Record>) -> [Outcome] {
    let size = 32
    let starts = Array(stride(from: 0, to: records.count, by: size))
    let done = Mutex<[Int: [Outcome]]>([:])
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(settings.threadCount, starts.count))) {
      _ in
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < starts.count else { return }
        let rows = starts[piece]..<min(starts[piece] + size, records.count)
        let outcomes = rows.map { outcome(of: records[$0]) }
        done.withLock { $0[piece] = outcomes }
      }
    }
    return done.withLock { done in starts.indices.flatMap { done[$0] ?? [] } }
  }
}
