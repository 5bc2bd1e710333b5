internal import AnnealFiles

/// Takes a cleaning back: the rows as they were, in their order, from the output and its side file.
public enum CleaningUndo {
  /// Writes the rows that were cleaned into the file at `output` to `restored`, and gives their number.
  ///
  /// The rows are those that a cleaning without stages writes, byte for byte.
  ///
  /// - Throws: `AnnealError` when the side file is not there or is not of this output.
  public static func restore(_ output: String, to restored: String) throws -> Int {
    let side = SideFile.changes.path(beside: output)
    guard Folder.holdsFile(side) else {
      throw AnnealError(
        .data, "there is no side file to undo from", at: .init(file: side),
        remedy: "`anneal data clean` writes it beside its output; keep both together.")
    }
    let folder = Folder.parent(of: restored) ?? "."
    let (before, summary) = try originals(side, in: folder)
    guard let rows = summary?["summary"]?["rows"]?.integer, rows >= 0,
      let kept = summary?["summary"]?["kept"]?.integer,
      let hash = summary?["sha256"]?.string
    else {
      throw AnnealError(
        .data, "the side file has no last line with the counts: it is not whole",
        at: .init(file: side))
    }
    guard try SHA256Digest.hex(ofFile: output) == hash else {
      throw AnnealError(
        .data, "the file is not the one that was cleaned: its hash differs from the side file's",
        at: .init(file: output), remedy: "Undo works on the output as it was written.")
    }
    // Those that were written before rows were counted from 1 say nothing.
    let first = summary?["first_row"] == 1 ? 1 : 0
    let left = try RowSpool.lines(of: output, in: folder, isEmpty: kept == 0)
    try AtomicFile.write(to: restored) { file in
      var lines = BufferedLines(file)
      var next = 0
      for number in 0..<rows {
        if let place = before.places[number + first] {
          try lines.add(line: before.rows.bytes(place.index))
          if !place.isDropped { next += 1 }
        } else {
          guard next < left.count else { throw mismatch(side) }
          try lines.add(line: left.bytes(next))
          next += 1
        }
      }
      guard next == left.count else { throw mismatch(side) }
      try lines.flush()
    }
    return rows
  }

  private static func mismatch(_ side: String) -> AnnealError {
    AnnealError(
      .data, "the side file's rows do not fit the output's", at: .init(file: side))
  }

  /// Rows before the first stage that changed or dropped them.
  private struct Originals {
    var rows: RowSpool
    var places: [Int: (index: Int, isDropped: Bool)]
  }

  private static func originals(
    _ side: String, in folder: String
  ) throws -> (Originals, summary: JSON?) {
    var writer = try RowSpool.Writer(in: folder, sources: [.init(path: side)])
    var places: [Int: (index: Int, isDropped: Bool)] = [:]
    var summary: JSON?
    try RowReader(path: side, kind: .jsonl).forEach { event in
      guard case .row(let row) = event else {
        if case .bad(let row) = event { throw row.error }
        return
      }
      if row.fields["summary"] != nil { summary = row.fields }
      guard let before = row.fields["before"] else { return }
      guard let number = row.fields["row"]?.integer, let action = row.fields["action"]?.string
      else {
        throw row.mismatch("row", row.fields["row"], expected: "a row's number and an action")
      }
      if places[number] == nil {
        try writer.add(before, like: .init(of: row, number: number))
        places[number] = (places.count, false)
      }
      if action == "drop" { places[number]?.isDropped = true }
    }
    return (Originals(rows: try writer.finish(), places: places), summary)
  }
}
