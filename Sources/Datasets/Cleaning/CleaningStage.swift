public import AnnealFiles

/// A step of cleaning: it looks at rows and says what is to be done with each.
///
/// To add one: a file like `Stages/EmptyAnswers.swift`, and a line in `CleaningStages.builtin`. A stage
/// never drops or changes a row itself: it gives a verdict, which is counted and kept.
public protocol CleaningStage: Sendable {
  /// The name by which recipes and `--stages` choose it.
  static var name: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// Its settings, with their defaults.
  static var settings: [StageSetting] { get }
  /// A stage with `settings`.
  ///
  /// - Throws: `AnnealError` of kind `usage` for a value that makes no sense.
  init(_ settings: StageSettings) throws
  /// A judge of `rows`, which have been through the stages before this one.
  ///
  /// Stages whose verdict on a row depends on other rows look at all of them here, if
  /// `needsAllRows`; those that do not are given no rows.
  func judge(of rows: RowSpool) throws -> any RowJudge
  /// Whether a verdict depends on other rows.
  static var needsAllRows: Bool { get }
}

/// Says what is to be done with a row.
public protocol RowJudge: Sendable {
  /// The verdict on `row`, which stands at `index` among the rows that are left.
  func verdict(on row: CleaningRow, at index: Int) throws -> RowVerdict
  /// What is to be said of all rows together.
  var notes: [String] { get }
}

extension RowJudge {
  /// Nothing.
  public var notes: [String] { [] }
}

extension CleaningStage {
  /// Verdicts are on each row by itself.
  public static var needsAllRows: Bool { false }
}

extension CleaningStage where Self: RowJudge {
  /// The stage itself, as it needs no other rows.
  public func judge(of rows: RowSpool) -> any RowJudge { self }
}

/// What is to be done with a row.
public enum RowVerdict: Sendable, Hashable {
  /// It stays as it is.
  case keep
  /// It stays, and is told of.
  case flag(Finding)
  /// It becomes `fields`.
  case change(Finding, JSON)
  /// It is left out.
  case drop(Finding)
}

/// Why a verdict is what it is.
public struct Finding: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The kind of thing, by which verdicts are counted.
  public var reason: String
  /// What it is in this row.
  public var detail: String?

  /// A finding.
  public init(_ reason: String, _ detail: String? = nil) {
    (self.reason, self.detail) = (reason, detail)
  }

  /// A finding without detail.
  public init(stringLiteral value: String) { self.init(value) }
}

/// What a stage does with the rows that it finds.
enum StageAction: String, Sendable, CaseIterable {
  case flag, mask, drop

  /// The verdict on a row with `finding`.
  func verdict(_ finding: Finding, masked: @autoclosure () -> JSON? = nil) -> RowVerdict {
    switch self {
    case .flag: .flag(finding)
    case .drop: .drop(finding)
    case .mask: masked().map { .change(finding, $0) } ?? .flag(finding)
    }
  }

  /// The setting by which it is chosen.
  static func setting(_ standard: StageAction, of choices: [StageAction]) -> StageSetting {
    StageSetting(
      "action", .string(standard.rawValue), "What is done with the rows found.",
      choices: choices.map(\.rawValue))
  }
}

/// Judges by verdicts that were reached for all rows beforehand.
struct FoundVerdicts: RowJudge {
  let verdicts: [Int: RowVerdict]
  var notes: [String] = []

  func verdict(on row: CleaningRow, at index: Int) -> RowVerdict { verdicts[index] ?? .keep }
}
