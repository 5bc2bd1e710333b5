internal import AnnealFiles

/// Chooses rows by what teachers gave them, and by rules.
public struct Filtering: Sendable {
  /// The least grade by each criterion's name.
  public var least: [(criterion: String, grade: Double)] = []
  /// The most that votes may differ; nil for as much as they like.
  public var mostSpread: Double?
  /// The fewest words of an answer.
  public var leastWords: Int?
  /// The most words of an answer.
  public var mostWords: Int?
  /// Rules that rows must not break.
  public var rules: [any FilterRule.Type] = []
  /// What the rows were made from, where that is known.
  public var chunks: ChunkLibrary?

  /// A filter that lets all through.
  public init() {}

  /// Whether nothing is asked of rows.
  public var isEmpty: Bool {
    least.isEmpty && mostSpread == nil && leastWords == nil && mostWords == nil && rules.isEmpty
  }

  /// The rows that pass, and those that do not, with the first reason of each.
  ///
  /// - Throws: `AnnealError` when no row at all has a grade that is asked for.
  public func result(of rows: TeachingRows) throws -> TeachingResult {
    try checkGraded(rows)
    var result = TeachingResult(read: rows.elements.count)
    for element in rows.elements {
      if let fault = fault(in: element) {
        result.reject(element.row.fields, fault.reason, fault.detail, at: element.row.place())
      } else {
        result.rows.append(element.row.fields)
      }
    }
    return result
  }

  private func checkGraded(_ rows: TeachingRows) throws {
    for name in least.map(\.criterion) where !rows.elements.isEmpty {
      guard rows.elements.allSatisfy({ Self.grade(name, of: $0.row) == nil }) else { continue }
      let known = Set(rows.elements.flatMap { $0.row.fields["scores"]?.members.map(\.key) ?? [] })
        .sorted()
      let hint = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .data, "no row has a grade '\(name)'\(hint)",
        at: .init(file: rows.elements[0].row.file),
        remedy: known.isEmpty
          ? "Grade the rows first: anneal data score FILE --teacher … --output FILE."
          : "Grades are: \(known.joined(separator: ", ")).")
    }
  }

  private func fault(in element: TeachingRows.Element) -> (reason: String, detail: String)? {
    for (name, grade) in least {
      guard let found = Self.grade(name, of: element.row) else { return ("no grade \(name)", "") }
      if found < grade { return ("\(name) below \(Self.text(grade))", Self.text(found)) }
    }
    if let mostSpread, let spread = spread(of: element.row), spread > mostSpread {
      return ("votes differ by more than \(Self.text(mostSpread))", Self.text(spread))
    }
    let words = element.answer.split(whereSeparator: \.isWhitespace).count
    if let leastWords, words < leastWords { return ("fewer than \(leastWords) words", "\(words)") }
    if let mostWords, words > mostWords { return ("more than \(mostWords) words", "\(words)") }
    for rule in rules {
      if let fault = rule.fault(in: element, chunks) { return (rule.name, fault) }
    }
    return nil
  }

  /// The grade that a row has under `scores`, or as a number in a field of its own.
  private static func grade(_ name: String, of row: Row) -> Double? {
    let score = row.fields["scores"]?[name] ?? row.fields[name]
    return score?["grade"]?.number ?? score?.number
  }

  /// The most that votes differ by any criterion.
  private func spread(of row: Row) -> Double? {
    (row.fields["scores"]?.members ?? []).compactMap { $0.value["spread"]?.number }.max()
  }

  private static func text(_ number: Double) -> String {
    (Int(exactly: number).map(JSON.integer) ?? .number(number)).text()
  }
}
