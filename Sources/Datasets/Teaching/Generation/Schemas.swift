internal import AnnealFiles

/// The schemas of what teachers write, and the checks that they share.
enum Schemas {
  /// A text that is not empty.
  static let text: JSON = ["type": "string", "pattern": #"\S"#]

  /// A list of one or more of `element`.
  static func list(of element: JSON) -> JSON {
    ["type": "array", "items": element, "minItems": 1]
  }

  /// An object with `required` members, and perhaps `optional` ones; others are passed over.
  static func object(
    required: KeyValuePairs<String, JSON>, optional: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    [
      "type": "object", "properties": JSON(members: required.map { $0 } + optional.map { $0 }),
      "required": .array(required.map { .string($0.key) }),
    ]
  }
}

extension Material {
  /// Why a row with `quotes` is not kept, as one of them does not stand in the chunk; nil when all do.
  func refusal(ofEvidence quotes: [String]) -> GeneratedRow? {
    guard let chunk, let stray = quotes.first(where: { !chunk.holds($0) }) else { return nil }
    return .rejected("evidence not in the chunk", detail: stray)
  }
}
