public import AnnealFiles

/// Texts of given classes, on what a chunk is about.
public struct LabelledExamples: GenerationKind {
  /// `classification`.
  public static let name = "classification"
  /// What it makes.
  public static let summary = "Texts of the classes given with --labels, on what a chunk is about."
  /// A text and its class.
  public static let schema: JSON = Schemas.object(
    required: ["text": Schemas.text, "label": ["type": "string"]])
  /// A few sentences and a class.
  public static let tokensOfObject = 60
  /// `labels` and `wanted`.
  public static let placeholders = [
    (name: "labels", meaning: "a list of the classes"),
    (
      name: "wanted",
      meaning: "a list of the classes to write one text of each, so that all come up"
    ),
  ]

  private let settings: GenerationSettings

  /// Examples of the classes of `settings`.
  public init(_ settings: GenerationSettings) throws {
    guard settings.labels.count > 1 else {
      throw AnnealError(
        .usage, "\(settings.labels.count) labels are given; classification takes two or more",
        remedy: "Give them with commas between: --labels praise,complaint,question")
    }
    self.settings = settings
  }

  /// A chunk a question; the classes take turns, so that each comes up as often as the others.
  public func materials(from rows: [Row]) throws -> [Material] {
    let labels = settings.labels.map(JSON.string)
    return try rows.enumerated().map { index, row in
      var material = Material(chunk: try Chunk(row))
      let wanted = (0..<settings.count).map { labels[(index * settings.count + $0) % labels.count] }
      material.variables += [("labels", .array(labels)), ("wanted", .array(wanted))]
      return material
    }
  }

  /// The text, when its class is one of those given.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    let label = object["label"]?.string ?? ""
    guard let known = settings.labels.first(where: { $0.lowercased() == label.lowercased() }) else {
      return .rejected("no class that was given", detail: label)
    }
    return .row([("text", object["text"] ?? .null), ("label", .string(known))])
  }

  /// The text itself: models like to write the same one again.
  public func novelText(of fields: [(String, JSON)]) -> String? { fields.first?.1.string }
}
