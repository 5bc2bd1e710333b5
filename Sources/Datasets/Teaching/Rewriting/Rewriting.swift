internal import AnnealFiles
internal import AnnealText

/// Texts of rows that a teacher mends; what stood there before is kept.
public struct Rewriting: Sendable {
  /// The prompt's placeholders.
  static let prompt = PromptDescription(
    name: "rewrite", use: "Mends texts of a row.",
    placeholders: [
      ("prompt", "what is asked; may be empty"), ("texts", "a list, each with name and text"),
      ("tasks", "a list of what is to be done"),
    ])

  private let rows: [TeachingRows.Element]
  private let texts: [MendedTexts]
  /// What the teacher is asked, one question a row.
  public let questions: [TeacherQuestion]

  /// A job that mends `rows`.
  ///
  /// - Parameters:
  ///   - fields: the fields to mend; empty for what is learned of each row.
  /// - Throws: `AnnealError` for rows without such texts, and for prompts that cannot be used.
  public init(
    _ rows: TeachingRows, tasks: [RewriteTask], fields: [String] = [], seed: UInt64 = 17,
    maximumTokens: Int = 2048, prompts: Prompts
  ) throws {
    self.rows = rows.elements
    texts = try rows.elements.map { try MendedTexts($0.row, fields: fields) }
    let prompt = try prompts.prompt(Self.prompt)
    let options = ReplyOptions(maximumTokens: maximumTokens, seed: seed)
    questions = try zip(rows.elements, texts).map { element, texts in
      let list = texts.parts.map { part -> JSON in
        ["name": .string(part.name), "text": .string(part.text)]
      }
      let values: JSON = [
        "prompt": .string(element.prompt), "texts": .array(list),
        "tasks": .array(tasks.map { .string($0.words) }),
      ]
      let names = texts.parts.map(\.name)
      let schema = try JSONSchemaSubset(
        JSON(members: [
          ("type", "object"), ("required", .array(names.map { .string($0) })),
          ("properties", JSON(members: names.map { ($0, Schemas.text) })),
        ]))
      return TeacherQuestion(try prompt.conversation(values), options, .object, schema)
    }
  }

  /// Tokens that an answer mostly takes: as many as the texts.
  public var tokensOfAnswer: Int {
    guard !texts.isEmpty else { return 0 }
    let bytes = texts.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.text.utf8.count } }
    return bytes / texts.count / 4 + 16
  }

  /// Asks `teacher`, and puts what it wrote into the rows.
  public func rows(
    by teacher: Teacher, progress: @escaping @Sendable (TeachingState) throws -> Void
  ) async throws -> TeachingResult {
    var result = TeachingResult(read: rows.count)
    let answers = try await teacher.answers(to: questions, progress: progress)
    for ((element, texts), answer) in zip(zip(rows, self.texts), answers) {
      result.add(answer, at: element.row.place(), row: element.row.fields)
      guard let object = answer.objects.last else { continue }
      result.rows.append(texts.row(with: object, by: teacher.name))
    }
    return result
  }
}
