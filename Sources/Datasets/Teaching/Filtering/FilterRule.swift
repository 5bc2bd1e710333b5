internal import AnnealFiles

/// Something that is wrong with a row whatever a teacher thinks of it.
///
/// To add one: a file like `Rules/EchoRule.swift`, and a line in `FilterRules.all`.
public protocol FilterRule: Sendable {
  /// The name by which `--rules` chooses it, and rows that it rejects are counted.
  static var name: String { get }
  /// What it rejects, in one line.
  static var summary: String { get }
  /// Whether nothing can be said without the chunks that rows were made from.
  static var needsChunks: Bool { get }
  /// What is wrong with `element`; nil when nothing is.
  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String?
}

extension FilterRule {
  /// A row says enough by itself.
  public static var needsChunks: Bool { false }
}

/// The rules that rows can be held against.
public enum FilterRules {
  /// All of them.
  public static let all: [any FilterRule.Type] = [
    EchoRule.self,
    EmptyRule.self,
    EvidenceRule.self,
    LeaningRule.self,
    RefusalRule.self,
    UnfinishedRule.self,
  ]

  /// The rules called `names`; `all`, alone or among others, is all that can be looked at.
  ///
  /// - Parameter hasChunks: whether the chunks that rows were made from are there.
  /// - Throws: `AnnealError` that names the nearest and lists all, and for a rule that needs chunks
  ///   when there are none.
  public static func rules(
    named names: [String], hasChunks: Bool
  ) throws -> [any FilterRule.Type] {
    let chosen: [any FilterRule.Type] = try names.filter { $0 != "all" }.map { name in
      if let rule = all.first(where: { $0.name == name }) {
        guard hasChunks || !rule.needsChunks else {
          throw AnnealError(
            .usage, "the rule '\(name)' needs the chunks that the rows were made from",
            remedy: "Give their file: --chunks FILE.")
        }
        return rule
      }
      let known = all.map { $0.name }
      let hint = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .usage, "there is no rule '\(name)'\(hint)",
        remedy: "Rules: \(known.joined(separator: ", ")), or all.")
    }
    return names.contains("all") ? all.filter { hasChunks || !$0.needsChunks } : chosen
  }
}
