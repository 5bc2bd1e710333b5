public import AnnealFiles
internal import OrderedCollections

/// What the stages did, counted.
public struct CleaningReport: Sendable {
  /// What one stage did.
  public struct Stage: Sendable {
    /// Its name.
    public let name: String
    /// Rows that came to it.
    public internal(set) var rows = 0
    /// Rows that it left out.
    public internal(set) var dropped = 0
    /// Rows that it changed.
    public internal(set) var changed = 0
    /// Rows that it only told of.
    public internal(set) var flagged = 0
    /// Rows by reason, as the reasons first came up.
    public internal(set) var reasons: [(reason: String, rows: Int)] = []
    /// What it said of all rows together.
    public internal(set) var notes: [String] = []

    mutating func count(_ verdict: RowVerdict) {
      rows += 1
      switch verdict {
      case .keep: return
      case .flag(let finding): add(finding, to: \.flagged)
      case .change(let finding, _): add(finding, to: \.changed)
      case .drop(let finding): add(finding, to: \.dropped)
      }
    }

    private mutating func add(_ finding: Finding, to counter: WritableKeyPath<Self, Int>) {
      self[keyPath: counter] += 1
      if let place = reasons.firstIndex(where: { $0.reason == finding.reason }) {
        reasons[place].rows += 1
      } else {
        reasons.append((finding.reason, 1))
      }
    }

    /// The counts as JSON.
    public var json: JSON {
      [
        "stage": .string(name), "rows": .integer(rows), "dropped": .integer(dropped),
        "changed": .integer(changed), "flagged": .integer(flagged),
        "reasons": JSON(members: reasons.map { ($0.reason, .integer($0.rows)) }),
        "notes": .array(notes.map { .string($0) }),
      ]
    }
  }

  /// Rows that were read.
  public internal(set) var rows = 0
  /// Rows that could not be used.
  public internal(set) var bad = 0
  /// Rows that are left.
  public internal(set) var kept = 0
  /// The stages in their order.
  public internal(set) var stages: [Stage] = []

  /// The report as JSON.
  public var json: JSON {
    [
      "rows": .integer(rows), "bad": .integer(bad), "kept": .integer(kept),
      "dropped": .integer(stages.reduce(0) { $0 + $1.dropped }),
      "changed": .integer(stages.reduce(0) { $0 + $1.changed }),
      "flagged": .integer(stages.reduce(0) { $0 + $1.flagged }),
      "stages": .array(stages.map(\.json)),
    ]
  }
}

extension CleaningReport: CustomStringConvertible {
  /// The report for a terminal.
  public var description: String {
    var lines = ["\(grouped(kept)) of \(grouped(rows)) rows are left"]
    let widest = stages.map(\.name.count).max() ?? 0
    for stage in stages {
      let space = String(repeating: " ", count: widest - stage.name.count)
      lines.append(
        "  \(stage.name)\(space)  \(grouped(stage.dropped)) dropped, \(grouped(stage.changed)) "
          + "changed, \(grouped(stage.flagged)) flagged")
      lines += stage.reasons.map { "    \(grouped($0.rows)): \($0.reason)" }
      lines += stage.notes.map { "    \($0)" }
    }
    return lines.joined(separator: "\n")
  }
}
