public import AnnealFiles
internal import AnnealText

/// Rows that can be used and teach something else than a person would think.
public struct RowRemark: Sendable {
  /// What there is to say of such a row.
  public enum Kind: String, Sendable, CaseIterable {
    /// Nothing is asked.
    case emptyPrompt = "the prompt is empty"
    /// Nothing is answered: only the end is learned.
    case emptyAnswer = "an answer is empty"
    /// What is asked last stays without an answer.
    case endsWithUser = "the last turn is the user's, and nothing is learned from it"
    /// Some templates refuse it.
    case repeatedUser = "two turns of the user follow each other"
  }

  /// What there is to say.
  public let kind: Kind
  /// How many rows it is said of.
  public private(set) var rows = 0
  /// Where the first few stand.
  public private(set) var places: [AnnealError.Place] = []

  private static let placesShown = 5

  init(_ kind: Kind) { self.kind = kind }

  mutating func add(_ place: AnnealError.Place) {
    rows += 1
    if places.count < Self.placesShown { places.append(place) }
  }

  var json: JSON {
    [
      "remark": .string(kind.rawValue), "rows": .integer(rows),
      "first": .array(places.map { .string($0.description) }),
    ]
  }
}

extension Record {
  /// What a person should know of the record, though it can be used.
  var remarks: Set<RowRemark.Kind> {
    switch self {
    case .text: []
    case .completion(let prompt, let completion):
      Self.found(prompt: Self.isBlank(prompt), answer: Self.isBlank(completion))
    case .conversation(let conversation): Self.found(in: conversation.messages)
    case .feedback(let feedback): Self.found(in: feedback.conversation.messages)
    case .steps(let steps):
      Self.found(
        prompt: Self.isBlank(steps.prompt), answer: steps.steps.contains(where: Self.isBlank))
    case .preference(let pair): Self.found(in: pair)
    }
  }

  private static func found(prompt: Bool, answer: Bool) -> Set<RowRemark.Kind> {
    var found: Set<RowRemark.Kind> = []
    if prompt { found.insert(.emptyPrompt) }
    if answer { found.insert(.emptyAnswer) }
    return found
  }

  private static func found(in messages: [Message]) -> Set<RowRemark.Kind> {
    let asked = messages.prefix { $0.role != "assistant" }.filter { $0.role == "user" }
    var found = Self.found(
      prompt: asked.allSatisfy(isBlank), answer: messages.contains(where: isEmptyAnswer))
    if messages.last?.role == "user" { found.insert(.endsWithUser) }
    let roles = messages.map(\.role)
    if zip(roles, roles.dropFirst()).contains(where: { $0 == "user" && $1 == "user" }) {
      found.insert(.repeatedUser)
    }
    return found
  }

  private static func found(in pair: PreferencePair) -> Set<RowRemark.Kind> {
    var found = Self.found(in: pair.prompt.messages + pair.chosen)
    if pair.rejected.contains(where: isEmptyAnswer) { found.insert(.emptyAnswer) }
    return found
  }

  private static func isEmptyAnswer(_ message: Message) -> Bool {
    message.role == "assistant" && message.weight != 0 && message.toolCalls == nil
      && isBlank(message)
  }

  /// Whether nothing is said; an image says something.
  private static func isBlank(_ message: Message) -> Bool {
    let isShown = (message.content.array ?? []).contains { $0.string == nil && $0["text"] == nil }
    return !isShown && isBlank(message.text)
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}
