public import AnnealFiles
public import AnnealText

/// The stages of cleaning that recipes and the command line choose from.
public struct CleaningStages: Sendable {
  /// The stages.
  public let stages: [any CleaningStage.Type]

  /// A registry of `stages`.
  public init(_ stages: [any CleaningStage.Type]) { self.stages = stages }

  /// The stages that come with Anneal.
  public static let builtin = CleaningStages([
    BoilerplateStage.self,
    ClassBalance.self,
    Contradictions.self,
    EmptyAnswers.self,
    EncodingRepair.self,
    ExactDuplicates.self,
    LabelNoise.self,
    LanguageFilter.self,
    LengthLimits.self,
    NearDuplicateStage.self,
    PersonalDataStage.self,
    SemanticDuplicateStage.self,
    WordLists.self,
  ])

  /// What runs when nothing is said: repairs, what teaches nothing, and repetitions; what needs a
  /// person's judgement is only told of.
  ///
  /// Contradictions are looked for before rows that are nearly the same go: one of these may be what
  /// contradicts.
  public static let standard = [
    EncodingRepair.name, EmptyAnswers.name, ExactDuplicates.name, Contradictions.name,
    NearDuplicateStage.name, PersonalDataStage.name,
  ]

  /// The same stages, and `stage`.
  public func adding(_ stage: any CleaningStage.Type) -> CleaningStages {
    CleaningStages(stages + [stage])
  }

  /// The stages called `names`, in that order, each with what `settings` has under `stage.key`.
  ///
  /// - Parameters:
  ///   - tokenizer: what lengths in tokens are counted with.
  ///   - embedding: what turns rows into vectors.
  /// - Throws: `AnnealError` that names what is not known, and the nearest that is.
  public func stages(
    named names: [String], settings: [String: JSON] = [:], tokenizer: Tokenizer? = nil,
    embedding: TextEmbedding? = nil
  ) throws -> [any CleaningStage] {
    try self.settings(named: names, settings, tokenizer, embedding)
      .map { try $0.stage.init($0.settings) }
  }

  /// The settings of the stages called `names`, defaults included: an object for each.
  ///
  /// - Throws: as above.
  public func effective(named names: [String], settings: [String: JSON] = [:]) throws -> JSON {
    .array(
      try self.settings(named: names, settings).map { stage, settings in
        JSON(members: [("stage", .string(stage.name))] + settings.json.members)
      })
  }

  private func settings(
    named names: [String], _ settings: [String: JSON], _ tokenizer: Tokenizer? = nil,
    _ embedding: TextEmbedding? = nil
  ) throws -> [(stage: any CleaningStage.Type, settings: StageSettings)] {
    var own: [String: [String: JSON]] = [:]
    for (key, value) in settings {
      let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw AnnealError(
          .usage, "the setting '\(key)' names no stage",
          remedy: "Write stage.key=value, such as near-duplicates.threshold=0.9.")
      }
      _ = try stage(named: parts[0])
      guard names.contains(parts[0]) else {
        throw AnnealError(
          .usage, "'\(key)' is of a stage that is not run",
          remedy: "Add \(parts[0]) to the stages: \(names.joined(separator: ","))")
      }
      own[parts[0], default: [:]][parts[1]] = value
    }
    return try names.map { name in
      let stage = try stage(named: name)
      return (
        stage,
        try StageSettings(
          of: stage, own[name] ?? [:], tokenizer: tokenizer, embedding: embedding)
      )
    }
  }

  private func stage(named name: String) throws -> any CleaningStage.Type {
    if let stage = stages.first(where: { $0.name == name }) { return stage }
    let names = stages.map { $0.name }
    let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw AnnealError(
      .usage, "there is no cleaning stage '\(name)'\(hint)",
      remedy: "Stages: \(names.joined(separator: ", ")).")
  }
}
