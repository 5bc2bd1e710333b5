public import AnnealFiles

/// New tasks in the manner of those that people wrote (self-instruct, arXiv 2212.10560).
public struct SelfInstructed: GenerationKind {
  /// `self-instruct`.
  public static let name = "self-instruct"
  /// What it makes.
  public static let summary =
    "New tasks in the manner of the rows of FILE, and unlike them (--rounds questions)."
  /// A task, perhaps with an input, and its output.
  public static let schema: JSON = Schemas.object(
    required: ["instruction": Schemas.text, "output": Schemas.text],
    optional: ["input": ["type": ["string", "null"]]])
  /// A task and its output.
  public static let tokensOfObject = 180
  /// `examples`.
  public static let placeholders = [
    (name: "examples", meaning: "a list of tasks that are there, each with instruction and output")
  ]

  /// Tasks that a question shows.
  private static let shown = 6
  private let settings: GenerationSettings

  /// Tasks with `settings`.
  public init(_ settings: GenerationSettings) { self.settings = settings }

  /// As many questions as rounds, each with a few of `rows`, drawn by the seed.
  public func materials(from rows: [Row]) throws -> [Material] {
    let tasks = try rows.map(SeedTask.init)
    guard let first = rows.first else { return [] }
    return (0..<settings.rounds).map { round in
      var numbers = SeededNumbers(settings.seed, UInt64(round))
      let places = numbers.permutation(tasks.count).prefix(Self.shown)
      return Material(
        at: first.place(),
        variables: [("examples", .array(places.map { tasks[$0].json }))],
        origin: [("source", .string(Folder.name(of: first.file))), ("round", .integer(round))])
    }
  }

  /// The task, its input empty where there is none.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    .row([
      ("instruction", object["instruction"] ?? .null),
      ("input", .string(object["input"]?.string ?? "")), ("output", object["output"] ?? .null),
    ])
  }

  /// The instruction.
  public func novelText(of fields: [(String, JSON)]) -> String? { fields.first?.1.string }

  /// The instructions of the seeds.
  public func knownTexts(in rows: [Row]) -> [String] {
    rows.compactMap { try? SeedTask($0).instruction }
  }
}

/// A task that is there already.
struct SeedTask {
  let instruction: String
  private let output: String

  /// The task that `row` is.
  ///
  /// - Throws: `AnnealError` with file, line and field when there is none in it.
  init(_ row: Row) throws {
    let input =
      try row.optionalText("input", "context") ?? row.fields["instances"]?[0]?["input"]?
      .string ?? ""
    let task = try row.text("instruction", "question", "prompt")
    instruction = input.isEmpty ? task : task + "\n" + input
    output =
      try row.optionalText("output", "answer", "response", "completion")
      ?? row.fields["instances"]?[0]?["output"]?.string ?? ""
  }

  var json: JSON { ["instruction": .string(instruction), "output": .string(output)] }
}
