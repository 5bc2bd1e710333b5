internal import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// Grades that a teacher gives rows by a rubric, in several votes.
public struct Scoring: Sendable {
  /// The prompt's placeholders.
  static let prompt = PromptDescription(
    name: "score", use: "Grades a row by a rubric.",
    placeholders: [
      ("prompt", "what is asked; empty for a text alone"), ("reply", "what is answered"),
      ("source_text", "the text that the row was made from; may be empty"),
      ("criteria", "a list, each with name and question"),
    ])

  private let rows: [TeachingRows.Element]
  private let rubric: Rubric
  private let votes: Int
  /// What the teacher is asked: all votes on a row, then those on the next.
  public let questions: [TeacherQuestion]

  /// A job that grades `rows` by `rubric`.
  ///
  /// - Parameters:
  ///   - votes: how often each row is graded; of several, each is drawn with some chance.
  ///   - chunks: what the rows were made from, where that is known.
  /// - Throws: `AnnealError` for prompts that cannot be used; nothing was asked then.
  public init(
    _ rows: TeachingRows, rubric: Rubric = .training, votes: Int = 1, seed: UInt64 = 17,
    maximumTokens: Int = 1024, chunks: ChunkLibrary? = nil, prompts: Prompts
  ) throws {
    (self.rows, self.rubric, self.votes) = (rows.elements, rubric, max(1, votes))
    let prompt = try prompts.prompt(Self.prompt)
    let schema = try JSONSchemaSubset(
      JSON(members: [
        ("type", "object"), ("required", .array(rubric.criteria.map { .string($0.name) })),
        ("properties", JSON(members: rubric.criteria.map { ($0.name, Grades.schema) })),
      ]))
    let criteria = rubric.criteria.map { criterion -> JSON in
      ["name": .string(criterion.name), "question": .string(criterion.question)]
    }
    let chance = votes > 1 ? 0.7 : 0
    questions = try rows.elements.flatMap { element in
      let values = Self.values(element, chunks).setting("criteria", to: .array(criteria))
      let conversation = try prompt.conversation(values)
      return (0..<max(1, votes)).map { vote in
        TeacherQuestion(
          conversation,
          ReplyOptions(
            maximumTokens: maximumTokens, temperature: chance, seed: seed &+ UInt64(vote)),
          .object, schema)
      }
    }
  }

  /// Tokens that an answer mostly takes.
  public var tokensOfAnswer: Int { 35 * rubric.criteria.count }

  private static func values(_ element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> JSON {
    let fields = element.row.fields
    let source =
      chunks?.chunk(of: element.row)?.text ?? fields["evidence"]?.string
      ?? fields["evidence"]?.array?.compactMap(\.string).joined(separator: "\n") ?? ""
    return [
      "prompt": .string(element.prompt), "reply": .string(element.answer),
      "source_text": .string(source),
    ]
  }

  /// Asks `teacher`, and writes the grades into the rows.
  public func rows(
    by teacher: Teacher, progress: @escaping @Sendable (TeachingState) throws -> Void
  ) async throws -> TeachingResult {
    var result = TeachingResult(read: rows.count)
    let answers = try await teacher.answers(to: questions, progress: progress)
    for (index, element) in rows.enumerated() {
      let votes = answers[index * votes..<(index + 1) * votes]
      let ballots = votes.compactMap(\.objects.last)
      for vote in votes { result.count(vote) }
      guard !ballots.isEmpty else {
        let problem = votes.compactMap(\.problems.first).first
        result.reject(
          element.row.fields, problem?.kind.rawValue ?? "not graded", problem?.detail ?? "",
          at: element.row.place())
        continue
      }
      result.rows.append(graded(element.row, ballots, teacher.name))
    }
    return result
  }

  private func graded(_ row: Row, _ ballots: [JSON], _ teacher: String) -> JSON {
    var scores = row.fields["scores"]?.object ?? [:]
    for criterion in rubric.criteria {
      let grades = Grades(ballots.compactMap { Grades.vote($0[criterion.name]) })
      scores[criterion.name] = grades?.json
    }
    return row.fields.setting("scores", to: .object(scores))
      .setting("scored_by", to: .string(teacher)).setting("votes", to: .integer(ballots.count))
  }
}
