internal import AnnealFiles

extension DatasetSurvey: CustomStringConvertible {
  /// The survey for a terminal: what stages of cleaning would find, and what the files share.
  public var description: String {
    (files.flatMap(lines) + sharedLines).joined(separator: "\n")
  }

  /// How many rows are also in an earlier file, exactly or nearly.
  public var sharedRows: Int { shared.reduce(0) { $0 + $1.rows.count } }

  private func lines(of file: File) -> [String] {
    let count = file.repeated.count
    let repeated =
      "  \(grouped(count, of: "row")) \(count == 1 ? "repeats" : "repeat") an earlier one, "
      + "exactly or nearly"
    let found = file.findings.map { finding in
      let places = finding.examples.map { Self.named($0.place) }.joined(separator: ", ")
      return "  \(grouped(finding.rows, of: "row")): \(finding.reason) (\(finding.stage); \(places)"
        + (finding.rows > finding.examples.count ? ", …)" : ")")
    }
    let lines = (count > 0 ? [repeated] : []) + found
    return lines.isEmpty ? [] : ["\(Folder.name(of: file.path)), as cleaning sees it"] + lines
  }

  private var sharedLines: [String] {
    guard files.count > 1 else { return [] }
    guard !shared.isEmpty else {
      return ["no row of one file says what a row of another says, not even nearly"]
    }
    return shared.map { shared in
      let (count, rows) = (shared.rows.count, shared.rows.counts)
      let kinds = [
        (Leak.Kind.exact, "the same fields"), (.normalised, "the same words"),
        (.nearDuplicate, "nearly"),
      ].compactMap { kind, name in rows[kind].map { "\(name) \(grouped($0))" } }
      let first = shared.rows.pairs.first.map {
        "; the first: \(Self.named($0.place)) and \(Self.named($0.other))"
      }
      return "\(grouped(count, of: "row")) of \(Folder.name(of: files[shared.file].path)) "
        + "\(count == 1 ? "says" : "say") what "
        + "\(Folder.name(of: files[shared.earlier].path)) says "
        + "(\(kinds.joined(separator: ", "))\(first ?? ""))"
    }
  }

  private static func named(_ place: AnnealError.Place) -> String {
    var place = place
    place.file = Folder.name(of: place.file)
    return place.description
  }
}
