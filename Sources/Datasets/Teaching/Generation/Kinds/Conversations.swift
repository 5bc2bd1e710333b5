public import AnnealFiles

/// Conversations of several turns about a chunk.
public struct Conversations: GenerationKind {
  /// `conversation`.
  public static let name = "conversation"
  /// What it makes.
  public static let summary = "Conversations of several turns about a chunk (--turns)."
  /// The turns, and quotations that support the answers.
  public static let schema: JSON = Schemas.object(required: [
    "messages": [
      "type": "array", "minItems": 2,
      "items": Schemas.object(required: [
        "role": ["enum": ["user", "assistant"]], "content": Schemas.text,
      ]),
    ],
    "evidence": Schemas.list(of: Schemas.text),
  ])
  /// Three exchanges with their quotations.
  public static let tokensOfObject = 450
  /// `turns`.
  public static let placeholders = [(name: "turns", meaning: "how many exchanges are wanted")]

  private let settings: GenerationSettings

  /// Conversations with `settings`.
  public init(_ settings: GenerationSettings) { self.settings = settings }

  /// A chunk a question, and how many turns are wanted.
  public func materials(from rows: [Row]) throws -> [Material] {
    try rows.map { row in
      var material = Material(chunk: try Chunk(row))
      material.variables.append(("turns", .integer(settings.turns)))
      return material
    }
  }

  /// The conversation, when speakers take turns and what is quoted stands in the chunk.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    let turns = object["messages"]?.array ?? []
    let roles = turns.map { $0["role"]?.string ?? "" }
    let isInTurns = roles.enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? "user" : "assistant") }
    guard isInTurns, roles.last == "assistant" else {
      return .rejected("speakers do not take turns", detail: roles.joined(separator: ", "))
    }
    let quotes = object["evidence"]?.array ?? []
    if let refusal = material.refusal(ofEvidence: quotes.compactMap(\.string)) { return refusal }
    let messages = turns.map { turn -> JSON in
      ["role": turn["role"] ?? .null, "content": turn["content"] ?? .null]
    }
    return .row([("messages", .array(messages)), ("evidence", .array(quotes))])
  }
}
