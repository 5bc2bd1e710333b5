internal import AnnealFiles
internal import OrderedCollections

/// What one field holds across a file's rows.
public struct FieldSummary: Sendable {
  /// The field's name.
  public let name: String
  /// Rows that have it, neither null nor empty.
  public private(set) var filled = 0
  /// Rows by the kind of value.
  public private(set) var kinds: [String: Int] = [:]
  /// The longest text, characters.
  public private(set) var longest = 0
  private var characters = 0
  private var texts = 0

  init(name: String) { self.name = name }

  mutating func add(_ value: JSON) {
    kinds[value.kind, default: 0] += 1
    switch value {
    case .null: break
    case .string(let text):
      if !text.isEmpty { filled += 1 }
      texts += 1
      let count = text.count
      characters += count
      longest = max(longest, count)
    case .array(let elements): if !elements.isEmpty { filled += 1 }
    default: filled += 1
    }
  }

  /// The mean length of the texts, characters; nil when there are none.
  public var meanLength: Double? { texts > 0 ? Double(characters) / Double(texts) : nil }

  /// Kinds from the most frequent: `a string`, `null`.
  public var kindsInOrder: [String] {
    kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  func json(rows: Int) -> JSON {
    let kinds = kindsInOrder.map { ($0, JSON.integer(self.kinds[$0] ?? 0)) }
    return [
      "name": .string(name), "filled": .integer(filled),
      "fill_rate": .number(rows > 0 ? Double(filled) / Double(rows) : 0),
      "types": .object(OrderedDictionary(uniqueKeysWithValues: kinds)),
      "longest_characters": .integer(longest),
      "mean_characters": meanLength.map { .number($0) } ?? .null,
    ]
  }
}
