public import AnnealFiles

/// A kind of rows that a teacher writes, such as pairs of question and answer.
///
/// To add one: a file like `Kinds/QuestionAnswerPairs.swift`, its line in `GenerationKinds.all`, and its
/// prompt in `Resources/prompts`.
public protocol GenerationKind: Sendable {
  /// The name by which `--kind` chooses it, and its prompt's.
  static var name: String { get }
  /// What it makes, in one line.
  static var summary: String { get }
  /// What each object of an answer must look like: a JSON Schema.
  static var schema: JSON { get }
  /// Tokens that an object mostly takes, for estimates.
  static var tokensOfObject: Int { get }
  /// Placeholders of its prompt beside those that all have.
  static var placeholders: [(name: String, meaning: String)] { get }

  /// A kind with `settings`.
  ///
  /// - Throws: `AnnealError` of kind `usage` when they lack something.
  init(_ settings: GenerationSettings) throws
  /// Whether an answer holds one object, whatever the count.
  static var isOneAnAnswer: Bool { get }
  /// What the teacher is shown, one element a question.
  ///
  /// - Throws: `AnnealError` with file and line for rows that it cannot be shown.
  func materials(from rows: [Row]) throws -> [Material]
  /// The row that `object` makes, which fits the schema; nil with a reason when it is none.
  func row(from object: JSON, of material: Material) -> GeneratedRow
  /// The text of a row that must not be like that of an earlier one; nil for kinds whose rows may be.
  func novelText(of fields: [(String, JSON)]) -> String?
  /// Texts that a new one must not be like either.
  func knownTexts(in rows: [Row]) -> [String]
}

extension GenerationKind {
  /// None.
  public static var placeholders: [(name: String, meaning: String)] { [] }

  /// An answer holds as many as are asked for.
  public static var isOneAnAnswer: Bool { false }

  /// Rows may be alike.
  public func novelText(of fields: [(String, JSON)]) -> String? { nil }

  /// None.
  public func knownTexts(in rows: [Row]) -> [String] { [] }

  /// A chunk a question.
  public func materials(from rows: [Row]) throws -> [Material] {
    try rows.map { Material(chunk: try Chunk($0)) }
  }
}

/// What a teacher makes one answer from.
public struct Material: Sendable {
  /// The chunk; nil for kinds that are not grounded in one.
  public var chunk: Chunk?
  /// Where it stands.
  public var place: AnnealError.Place
  /// What the prompt says of it.
  public var variables: [(String, JSON)]
  /// What a row made from it says of it.
  public var origin: [(String, JSON)]

  /// The material that a chunk is.
  public init(chunk: Chunk) {
    self.init(at: chunk.place, variables: chunk.variables, origin: chunk.origin)
    self.chunk = chunk
  }

  /// Material at `place`.
  public init(
    at place: AnnealError.Place, variables: [(String, JSON)], origin: [(String, JSON)]
  ) {
    (self.place, self.variables, self.origin) = (place, variables, origin)
  }
}

/// A row that a teacher wrote, or why it is none.
public enum GeneratedRow: Sendable {
  /// The fields of the row.
  case row([(String, JSON)])
  /// A row that is not kept: the kind of reason, and what was found.
  case rejected(String, detail: String)
}

/// What is asked of a teacher.
public struct GenerationSettings: Sendable {
  /// Rows a question.
  public var count = 3
  /// How hard: `easy`, `medium`, `hard`, or `mixed`.
  public var difficulty = "mixed"
  /// How rows are to be worded.
  public var style: String?
  /// The language to write in; nil for that of the material.
  public var language: String?
  /// Exchanges of a conversation.
  public var turns = 3
  /// The classes of classification.
  public var labels: [String] = []
  /// Questions of kinds that are not grounded in a row each.
  public var rounds = 1
  /// Jaccard's index with an earlier row from which on a new one is no news.
  public var novelty = 0.7
  /// Chance follows from this.
  public var seed: UInt64 = 17
  /// How much chance decides.
  public var temperature = 0.7
  /// The most tokens of an answer.
  public var maximumTokens = 2048

  /// The settings as they stand.
  public init() {}

  /// The names of how hard rows can be.
  public static let difficulties = ["easy", "medium", "hard", "mixed"]
}

/// The kinds that a teacher can write.
public enum GenerationKinds {
  /// All of them.
  public static let all: [any GenerationKind.Type] = [
    Conversations.self,
    EvolvedInstructions.self,
    LabelledExamples.self,
    PreferencePairs.self,
    QuestionAnswerPairs.self,
    SelfInstructed.self,
    Summaries.self,
  ]

  /// The kind called `name`.
  ///
  /// - Throws: `AnnealError` that names the nearest and lists all.
  public static func kind(named name: String) throws -> any GenerationKind.Type {
    if let kind = all.first(where: { $0.name == name }) { return kind }
    let names = all.map { $0.name }
    let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw AnnealError(
      .usage, "there is no kind '\(name)' of rows to generate\(hint)",
      remedy: "Kinds: \(names.joined(separator: ", ")).")
  }
}
