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
    // Rows are numbers already, and no two examples may share one.
    var further = records.count
    for (row, outcome) in outcomes(of: records).enumerated() {
      let place = records.places[row]
      switch outcome {
      case .dropped(let reason, let detail): report.drop(reason, at: place, detail: detail)
      case .kept(let pieces, let isTruncated, let traits):
        for (turn, piece) in pieces.enumerated() {
          let number = settings.number(
            row: row, example: examples.count, isFirst: turn == 0, further: &further)
          let example = Example(
            ids: piece.ids, lossMask: piece.lossMask, row: number, source: place,
            isTruncated: isTruncated)
          report.keep(example)
          examples.append(example)
        }
        report.keepRow(isTruncated: isTruncated, traits, examples: pieces.count)
      }
    }
    return (examples, report)
  }

  /// What became of a row.
  enum Outcome: Sendable {
    case kept([(ids: [Int32], lossMask: [Bool])], isTruncated: Bool, RowTraits)
    case dropped(PreparationReport.Reason, detail: String?)
  }

  /// What becomes of `record`.
  func outcome(of record: Record) -> Outcome {
    let encoded: EncodedExamples
    do {
      let training = settings.stage == .pretraining ? .everything : settings.training
      encoded = try encoder.examples(of: record, training: training)
    } catch let error as AnnealError {
      // With its place in the template, or in the conversation.
      var bare = error
      bare.remedy = nil
      return .dropped(.refused, detail: "\(bare)")
    } catch {
      return .dropped(.refused, detail: "\(error)")
    }
    let examples = encoded.examples.filter { !$0.ids.isEmpty }
    guard !examples.isEmpty else { return .dropped(.empty, detail: nil) }
    let traits = RowTraits(encoded, of: record)
    switch settings.stage {
    case .pretraining: return windows(Self.stored(examples[0].ids), traits)
    case .supervised: return cut(examples, traits)
    }
  }

  private static func stored(_ ids: some Sequence<Int>) -> [Int32] {
    ids.map { Int32(truncatingIfNeeded: $0) }
  }

  private func windows(_ ids: [Int32], _ traits: RowTraits) -> Outcome {
    let ranges = Windows.ranges(count: ids.count, length: settings.maxLength)
    guard !ranges.isEmpty else { return .dropped(.nothingToLearn, detail: nil) }
    let pieces = ranges.map { range in
      (ids: Array(ids[range]), lossMask: range.map { $0 > range.lowerBound })
    }
    return .kept(pieces, isTruncated: false, traits)
  }

  /// The examples without what lies beyond the length limit; one that teaches nothing then is left
  /// out.
  private func cut(_ examples: [EncodedConversation], _ traits: RowTraits) -> Outcome {
    let teaching = examples.filter { $0.lossMask.dropFirst().contains(true) }
    guard let shortest = teaching.map(\.ids.count).min() else {
      return .dropped(.nothingToLearn, detail: nil)
    }
    let pieces = teaching.compactMap { example -> (ids: [Int32], lossMask: [Bool])? in
      let mask = Array(example.lossMask.prefix(settings.maxLength))
      guard mask.dropFirst().contains(true) else { return nil }
      return (Self.stored(example.ids.prefix(settings.maxLength)), mask)
    }
    guard !pieces.isEmpty else {
      return .dropped(.cutAway, detail: "the row has \(shortest) tokens")
    }
    return .kept(
      pieces, isTruncated: teaching.contains { $0.ids.count > settings.maxLength }, traits)
  }

  /// What became of each record, in order.
  private func outcomes(of records: Dataset<Record>) -> [Outcome] {
    let size = 32
    let starts = Array(stride(from: 0, to: records.count, by: size))
    let done = Mutex<[Int: [Outcome]]>([:])
    let next = Atomic<Int>(0)
    let encoded = Atomic<Int>(0)
    let progress = WorkProgress.current
    DispatchQueue.concurrentPerform(iterations: max(1, min(settings.threadCount, starts.count))) {
      _ in
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < starts.count else { return }
        let rows = starts[piece]..<min(starts[piece] + size, records.count)
        let outcomes = rows.map { outcome(of: records[$0]) }
        done.withLock { $0[piece] = outcomes }
        let count = encoded.add(rows.count, ordering: .relaxed).newValue
        // Who ends the work looks at nothing that came of it.
        if let progress, (try? progress.step(count, of: records.count, as: "encoding")) == nil {
          return
        }
      }
    }
    return done.withLock { done in starts.indices.flatMap { done[$0] ?? [] } }
  }
}
