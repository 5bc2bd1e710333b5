public import AnnealFiles
internal import OrderedCollections

extension DatasetDifference {
  /// Labels whose share of the rows moved, those that moved most first.
  public var labelShifts: [(label: String, before: Int, after: Int)] {
    let names = Set(before.labels.keys).union(after.labels.keys)
    func moved(_ shift: (label: String, before: Int, after: Int)) -> Double {
      abs(
        Double(shift.after) / Double(max(1, after.rows))
          - Double(shift.before) / Double(max(1, before.rows)))
    }
    return names.map { ($0, before.labels[$0] ?? 0, after.labels[$0] ?? 0) }
      .filter { $0.1 != $0.2 }
      .sorted { (moved($1), $0.label) < (moved($0), $1.label) }
  }

  /// Rows in which a field differs, by field, the most frequent first.
  public var changesByField: [(name: String, rows: Int)] {
    var counts: OrderedDictionary<String, Int> = [:]
    for change in changed {
      for field in change.fields { counts[field.name, default: 0] += 1 }
    }
    return counts.map { (name: $0.key, rows: $0.value) }.sorted { $0.rows > $1.rows }
  }

  /// The difference as JSON, with the first `samples` rows of each kind.
  public func json(samples: Int) -> JSON {
    func entries(_ entries: [Entry]) -> JSON {
      .array(
        entries.prefix(samples).map {
          ["at": .string($0.place.description), "row": $0.fields]
        })
    }
    func version(_ version: Version) -> JSON {
      [
        "rows": .integer(version.rows), "mean_words": .number(version.meanWords),
        "words": version.words.json, "fields": .array(version.fields.map { .string($0) }),
      ]
    }
    let by: JSON = if case .field(let name) = key { .string(name) } else { .null }
    return [
      "by": by, "before": version(before), "after": version(after), "equal": .integer(equal),
      "added": .integer(added.count), "removed": .integer(removed.count),
      "changed": .integer(changed.count),
      "changed_by_field": JSON(members: changesByField.map { ($0.name, .integer($0.rows)) }),
      "labels": .array(
        labelShifts.map {
          [
            "label": .string($0.label), "before": .integer($0.before), "after": .integer($0.after),
          ]
        }),
      "samples": [
        "added": entries(added), "removed": entries(removed),
        "changed": .array(
          changed.prefix(samples).map { change in
            [
              "at": .string(change.before.place.description),
              "now_at": .string(change.after.place.description),
              "fields": .array(
                change.fields.map {
                  [
                    "name": .string($0.name), "before": $0.before ?? .null,
                    "after": $0.after ?? .null,
                  ]
                }),
            ]
          }),
      ],
    ]
  }

  /// The difference for a terminal, with the first `samples` rows of each kind.
  public func text(samples: Int) -> String {
    let way = if case .field(let name) = key { "'\(name)'" } else { "what they say" }
    var lines = [
      "\(grouped(before.rows)) rows before, \(grouped(after.rows)) after; matched by \(way)",
      "  \(grouped(equal)) equal, \(grouped(changed.count)) changed, \(grouped(added.count)) added, "
        + "\(grouped(removed.count)) removed",
      "  words a row in the mean: \(Self.tenths(before.meanWords)) before, "
        + "\(Self.tenths(after.meanWords)) after",
    ]
    let (gone, new) = (
      before.fields.subtracting(after.fields), after.fields.subtracting(before.fields)
    )
    if !gone.isEmpty { lines.append("  fields gone: " + gone.joined(separator: ", ")) }
    if !new.isEmpty { lines.append("  new fields: " + new.joined(separator: ", ")) }
    let shifts = labelShifts
    if !shifts.isEmpty {
      lines.append("  labels with more or fewer rows than before: \(grouped(shifts.count))")
      lines += shifts.prefix(8).map {
        "    \($0.label)  \(grouped($0.before)) (\(percent($0.before, of: before.rows))) → "
          + "\(grouped($0.after)) (\(percent($0.after, of: after.rows)))"
      }
      if shifts.count > 8 { lines.append("    …") }
    }
    lines +=
      changes(samples) + list("added", "+", added, samples)
      + list("removed", "-", removed, samples)
    return lines.joined(separator: "\n")
  }

  private func changes(_ samples: Int) -> [String] {
    guard samples > 0, !changed.isEmpty else { return [] }
    let fields = changesByField.map { "\($0.name) \(grouped($0.rows))" }.joined(separator: ", ")
    var lines = ["", "changed, by field: \(fields)"]
    for change in changed.prefix(samples) {
      lines.append("  \(change.before.place) → \(change.after.place)")
      for field in change.fields {
        lines.append("    \(field.name)")
        lines.append("      - " + Self.brief(field.before))
        lines.append("      + " + Self.brief(field.after))
      }
    }
    if changed.count > samples { lines.append("  … and \(grouped(changed.count - samples)) more") }
    return lines
  }

  private func list(
    _ name: String, _ mark: String, _ entries: [Entry], _ samples: Int
  ) -> [String] {
    guard samples > 0, !entries.isEmpty else { return [] }
    let shown = entries.prefix(samples).map { "  \(mark) \($0.place)  \(Self.brief($0.fields))" }
    let more = entries.count - shown.count
    return ["", name] + shown + (more > 0 ? ["  … and \(grouped(more)) more"] : [])
  }

  /// A value on one line of a terminal.
  private static func brief(_ value: JSON?) -> String {
    guard let value else { return "(none)" }
    let text = value.string.map { $0.replacing("\n", with: "⏎") } ?? value.text(.spaced)
    return text.count > 160 ? text.prefix(160) + "…" : text
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(grouped(tenths / 10)).\(tenths % 10)"
  }
}
