public import AnnealFiles

/// Instructions made harder or rarer, step by step (Evol-Instruct, arXiv 2304.12244).
public struct EvolvedInstructions: GenerationKind {
  /// `evol-instruct`.
  public static let name = "evol-instruct"
  /// What it makes.
  public static let summary =
    "The instructions of FILE made harder or rarer, each in --count ways, with outputs."
  /// The new instruction and its output.
  public static let schema: JSON = Schemas.object(
    required: ["instruction": Schemas.text, "output": Schemas.text])
  /// An instruction and its output.
  public static let tokensOfObject = 320
  /// One question asks for one instruction.
  public static let isOneAnAnswer = true
  /// `instruction` and `operation`.
  public static let placeholders = [
    (name: "instruction", meaning: "the instruction that is there"),
    (name: "operation", meaning: "what is to be done with it"),
  ]

  /// What is done with instructions, in turn.
  private static let operations: [(name: String, words: String)] = [
    ("constraint", "add one requirement or limit that changes the answer"),
    ("depth", "ask for more of the matter: its reasons, limits or consequences"),
    ("concrete", "put a concrete case in the place of general words"),
    ("reasoning", "make it need several steps of reasoning"),
    ("breadth", "write another instruction of the same field that is rarer, of the same length"),
  ]

  private let settings: GenerationSettings

  /// Instructions with `settings`.
  public init(_ settings: GenerationSettings) { self.settings = settings }

  /// Each row in as many ways as are asked for; the ways take turns.
  public func materials(from rows: [Row]) throws -> [Material] {
    try rows.enumerated().flatMap { index, row in
      let task = try SeedTask(row)
      return (0..<settings.count).map { way in
        let operation = Self.operations[(index &+ way) % Self.operations.count]
        return Material(
          at: row.place(),
          variables: [
            ("instruction", .string(task.instruction)), ("operation", .string(operation.words)),
          ],
          origin: [
            ("source", .string(Folder.name(of: row.file))), ("line", .integer(row.line)),
            ("operation", .string(operation.name)),
          ])
      }
    }
  }

  /// The instruction and its output.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    .row([("instruction", object["instruction"] ?? .null), ("output", object["output"] ?? .null)])
  }

  /// The instruction.
  public func novelText(of fields: [(String, JSON)]) -> String? { fields.first?.1.string }

  /// The instructions that are there.
  public func knownTexts(in rows: [Row]) -> [String] {
    rows.compactMap { try? SeedTask($0).instruction }
  }
}
