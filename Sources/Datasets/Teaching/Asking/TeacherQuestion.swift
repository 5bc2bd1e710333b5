public import AnnealFiles
public import AnnealText
internal import OrderedCollections

/// What a teacher is asked, and the form that its answer must have.
public struct TeacherQuestion: Sendable {
  /// How many objects an answer holds.
  public enum Form: Sendable, Hashable {
    /// One.
    case object
    /// A list of one or more.
    case list
  }

  /// The messages.
  public var conversation: Conversation
  /// How the answer is drawn.
  public var options: ReplyOptions
  /// Whether one object is expected or several.
  public var form: Form
  /// What each object must look like.
  public var schema: JSONSchemaSubset

  /// A question whose answer is objects that fit `schema`.
  public init(
    _ conversation: Conversation, _ options: ReplyOptions, _ form: Form, _ schema: JSONSchemaSubset
  ) {
    (self.conversation, self.options, self.form, self.schema) = (
      conversation, options, form, schema
    )
  }
}

/// What a teacher said, as far as it can be used.
public struct TeacherAnswer: Sendable {
  /// Why something of an answer cannot be used.
  public enum Problem: String, Sendable, Hashable, CaseIterable {
    /// The teacher declined, or said nothing.
    case refused
    /// There is no JSON in it, or JSON of another form.
    case malformed
    /// The request itself failed.
    case unanswered
  }

  /// The objects that fit.
  public internal(set) var objects: [JSON] = []
  /// What did not, also when asked again: the kind, and what was found.
  public internal(set) var problems: [(kind: Problem, detail: String)] = []
  /// What it took.
  public internal(set) var effort = TeachingEffort()
}

/// What one reply says, held against the form.
struct AnswerReading {
  private(set) var objects: [JSON] = []
  private(set) var problems: [(kind: TeacherAnswer.Problem, detail: String)] = []

  init(_ reply: Reply, to question: TeacherQuestion) {
    let text = Self.withoutThoughts(reply.message.text)
    let found = StructuredReply.objects(in: text)
    guard !found.isEmpty else {
      problems = [Self.problem(of: reply, text)]
      return
    }
    for (index, object) in (question.form == .object ? [found[found.count - 1]] : found)
      .enumerated()
    {
      let faults = question.schema.faults(in: object)
      if faults.isEmpty {
        objects.append(object)
      } else {
        let told = faults.prefix(3).map { fault in
          (fault.path.isEmpty ? "" : "\(fault.path): ") + fault.message
        }
        let name = question.form == .list ? "object \(index + 1): " : ""
        problems.append((.malformed, name + told.joined(separator: "; ")))
      }
    }
  }

  /// What a model writes before its answer, between the marks of its thoughts.
  private static func withoutThoughts(_ text: String) -> String {
    guard let end = text.ranges(of: "</think>").last else { return text }
    return String(text[end.upperBound...])
  }

  private static func problem(
    of reply: Reply, _ text: String
  ) -> (kind: TeacherAnswer.Problem, detail: String) {
    let start = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(160)
    if let refusal = reply.message.fields["refusal"]?.string { return (.refused, refusal) }
    if start.isEmpty { return (.refused, "the answer is empty") }
    if EmptyAnswers.declines(text) { return (.refused, "the answer declines: \(start)") }
    let reason = reply.finishReason == "length" ? "the answer was cut off" : "there is no JSON"
    return (.malformed, "\(reason): \(start)")
  }
}
