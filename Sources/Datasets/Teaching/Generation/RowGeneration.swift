internal import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// Rows that a teacher writes from rows of a file.
public struct RowGeneration: Sendable {
  private let kind: any GenerationKind
  private let settings: GenerationSettings
  private let materials: [Material]
  private let known: [String]
  /// What the teacher is asked, one question for each piece of material.
  public let questions: [TeacherQuestion]

  /// A job that writes rows of `kind` from `rows`.
  ///
  /// - Throws: `AnnealError` for rows or prompts that cannot be used; nothing was asked then.
  public init(
    _ kind: any GenerationKind.Type, _ settings: GenerationSettings, from rows: [Row],
    prompts: Prompts
  ) throws {
    self.settings = settings
    self.kind = try kind.init(settings)
    materials = try self.kind.materials(from: rows)
    known = self.kind.knownTexts(in: rows)
    let prompt = try prompts.prompt(Self.description(of: kind))
    let schema = try JSONSchemaSubset(kind.schema)
    let common = Self.variables(settings)
    questions = try materials.enumerated().map { index, material in
      let values = JSON(members: common + material.variables)
      let options = ReplyOptions(
        maximumTokens: settings.maximumTokens, temperature: settings.temperature,
        seed: settings.seed &+ UInt64(index))
      return TeacherQuestion(try prompt.conversation(values), options, .list, schema)
    }
  }

  /// Tokens that an answer mostly takes.
  public var tokensOfAnswer: Int {
    guard !type(of: kind).isOneAnAnswer else { return type(of: kind).tokensOfObject }
    let (tokens, overflows) = type(of: kind).tokensOfObject
      .multipliedReportingOverflow(by: settings.count)
    return overflows ? settings.maximumTokens : min(tokens, settings.maximumTokens)
  }

  /// Asks `teacher`, and checks what it writes.
  public func rows(
    by teacher: Teacher, progress: @escaping @Sendable (TeachingState) throws -> Void
  ) async throws -> TeachingResult {
    var result = TeachingResult(read: materials.count)
    let answers = try await teacher.answers(to: questions, progress: progress)
    var seen = Novelty(threshold: settings.novelty)
    for text in known { _ = seen.add(text) }
    var said: Set<String> = []
    for (material, answer) in zip(materials, answers) {
      result.add(answer, at: material.place)
      for object in answer.objects {
        let made = kind.row(from: object, of: material)
        guard case .row(let fields) = made, let text = kind.novelText(of: fields),
          let earlier = seen.add(text)
        else {
          take(made, object, material, teacher.name, &said, &result)
          continue
        }
        result.reject(object, "too like an earlier one", earlier, at: material.place)
      }
    }
    return result
  }

  private func take(
    _ made: GeneratedRow, _ object: JSON, _ material: Material, _ teacher: String,
    _ seen: inout Set<String>, _ result: inout TeachingResult
  ) {
    switch made {
    case .rejected(let reason, let detail):
      result.reject(object, reason, detail, at: material.place)
    case .row(let fields):
      let said = JSON(members: fields).text()
      guard seen.insert(said.lowercased()).inserted else {
        return result.reject(object, "repeats an earlier row", "", at: material.place)
      }
      let id = SHA256Digest.hex(of: JSON(members: material.origin).text() + said).prefix(16)
      result.rows.append(
        JSON(
          members: [("id", .string(String(id)))] + fields + material.origin
            + [
              ("kind", .string(type(of: kind).name)), ("teacher", .string(teacher)),
            ]))
    }
  }

  private static func variables(_ settings: GenerationSettings) -> [(String, JSON)] {
    [
      ("count", .integer(settings.count)), ("difficulty", .string(settings.difficulty)),
      ("style", .string(settings.style ?? "")), ("language", .string(settings.language ?? "")),
    ]
  }

  /// The prompt of `kind`, with the placeholders that it may use.
  static func description(of kind: any GenerationKind.Type) -> PromptDescription {
    PromptDescription(
      name: kind.name, use: kind.summary,
      placeholders: [
        ("text", "the chunk's text"), ("source", "the document it is of"),
        ("section", "the headings above it, with > between them"),
        ("count", "how many are wanted"), ("difficulty", "easy, medium, hard or mixed"),
        ("style", "how they are to be worded; may be empty"),
        ("language", "the language to write in; may be empty"),
      ] + kind.placeholders)
  }
}
