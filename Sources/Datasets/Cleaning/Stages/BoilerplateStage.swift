internal import AnnealFiles
internal import Synchronization

/// Takes out lines that many rows repeat: headers, footers, notices of cookies and subscriptions.
///
/// Only whole lines of texts of several lines go, and never the last one that is left.
public struct BoilerplateStage: CleaningStage {
  /// `boilerplate`.
  public static let name = "boilerplate"
  /// What it does.
  public static let summary =
    "Takes out lines that many rows repeat, and notices of cookies and the like."
  /// How many rows make a line boilerplate.
  public static let settings = [
    StageSetting("min_rows", 10, "A line is boilerplate when it stands in as many rows, and"),
    StageSetting("share", 0.02, "in this share of them, 0…1."),
    StageSetting("min_characters", 12, "Shorter lines are never taken for repeated ones."),
    StageSetting("action", "mask", "mask takes the lines out.", choices: ["mask", "flag", "drop"]),
  ]
  /// What repeats depends on all rows.
  public static let needsAllRows = true

  private let leastRows: Int
  private let share: Double
  private let leastCharacters: Int
  private let action: StageAction

  /// A stage with `settings`.
  public init(_ settings: StageSettings) throws {
    leastRows = max(2, settings.integer("min_rows") ?? 10)
    share = settings.number("share")
    leastCharacters = settings.integer("min_characters") ?? 12
    action = settings.action
    guard (0...1).contains(share) else { throw settings.failure("share", expected: "0 to 1") }
  }

  /// Counts the lines of all rows.
  public func judge(of rows: RowSpool) throws -> any RowJudge {
    let counts = Mutex<[UInt64: Int]>([:])
    let least = leastCharacters
    try ParallelRows.forEachRange(of: rows.count) { range in
      var own: [UInt64: Int] = [:]
      for index in range {
        for line in Set(try rows.row(index).texts.flatMap { Self.prints(of: $0, least: least) }) {
          own[line, default: 0] += 1
        }
      }
      counts.withLock { $0.merge(own, uniquingKeysWith: +) }
    }
    let needed = max(leastRows, Int((share * Double(rows.count)).rounded(.up)))
    return Judge(
      repeated: counts.withLock { Set($0.filter { $0.value >= needed }.keys) },
      leastCharacters: leastCharacters, action: action)
  }

  /// The lines of a text of several lines.
  private static func prints(of text: String, least: Int) -> [UInt64] {
    let lines = text.split(separator: "\n")
    guard lines.count > 1 else { return [] }
    return lines.compactMap { line in line.utf8.count >= least ? print(of: line) : nil }
  }

  fileprivate static func print(of line: Substring) -> UInt64 {
    TextWords(String(line)).hashes.reduce(1) { WordHash.mixed($0 ^ $1) }
  }

  private struct Judge: RowJudge {
    let repeated: Set<UInt64>
    let leastCharacters: Int
    let action: StageAction

    func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
      guard row.texts.contains(where: { self.stripped($0) != nil }) else { return .keep }
      let finding: Finding = "holds lines that many rows repeat, or a notice"
      return action.verdict(finding, masked: row.changing { self.stripped($0) ?? $0 })
    }

    /// `text` without its boilerplate; nil when it has none, or nothing else.
    private func stripped(_ text: String) -> String? {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count > 1 else { return nil }
      let kept = lines.filter { !isBoilerplate($0) }
      guard kept.count < lines.count, kept.contains(where: { !$0.allSatisfy(\.isWhitespace) })
      else { return nil }
      return kept.joined(separator: "\n")
    }

    private func isBoilerplate(_ line: Substring) -> Bool {
      guard line.utf8.count >= leastCharacters else { return false }
      if repeated.contains(BoilerplateStage.print(of: line)) { return true }
      guard line.utf8.count <= 240 else { return false }
      let lower = line.lowercased()
      return BoilerplateStage.notices.contains { lower.contains($0) }
    }
  }

  /// What notices say, in lower case.
  private static let notices = [
    "we use cookies", "this site uses cookies", "this website uses cookies", "accept all cookies",
    "cookie policy", "subscribe to our newsletter", "sign up for our newsletter",
    "to unsubscribe", "unsubscribe from this list", "click here to unsubscribe",
    "all rights reserved", "terms of service and privacy policy", "enable javascript",
    "share on facebook", "share on twitter", "diese website verwendet cookies",
    "newsletter abmelden", "alle rechte vorbehalten", "ce site utilise des cookies",
    "tous droits réservés", "este sitio utiliza cookies", "todos los derechos reservados",
  ]
}
