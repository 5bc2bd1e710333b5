internal import AnnealFiles

/// One key of a recipe: its names, type, unit and meaning, and how it is read and written.
///
/// `all` is the only list of keys. The reader, the unknown-key check, the resolved recipe, the help
/// text and the reference page all come from it.
public struct RecipeKey: Sendable {
  /// The part of the recipe that a key belongs to, in the order of the reference.
  public enum Section: String, Sendable, CaseIterable {
    /// The base model.
    case model = "Model"
    /// What is trained, and how.
    case method = "Method"
    /// Rows.
    case data = "Data"
    /// Sizes of steps and of the run.
    case batches = "Batches and length"
    /// Optimizer and schedule.
    case optimizer = "Optimizer and schedule"
    /// Precision, memory, device.
    case machine = "Machine"
    /// The run folder.
    case run = "Run folder"
  }

  /// The key as the reference spells it.
  public let name: String
  /// Other spellings that are accepted.
  public let aliases: [String]
  /// The part of the recipe it belongs to.
  public let section: Section
  /// What it holds, in words.
  public let type: String
  /// What it is when it is not given, in words.
  public let standard: String
  /// One sentence on what it does, with its unit.
  public let summary: String
  /// Whether a run cannot do without it.
  public let isRequired: Bool
  /// Whether another value gives another trained model, so that a resume cannot be exact.
  public let affectsResult: Bool

  let read: @Sendable (RecipeNode, inout Recipe) throws -> Void
  let value: @Sendable (Recipe) -> JSON

  /// Bounds of a number, in words and as a test.
  struct Bounds: Sendable {
    let text: String
    let holds: @Sendable (Double) -> Bool

    static let any = Bounds(text: "") { _ in true }
    static let fourOrEight = Bounds(text: "4 or 8") { $0 == 4 || $0 == 8 }
    // The order of every epoch is planned before the first step.
    static let epochs = Bounds(text: "above 0, at most 10000") { $0 > 0 && $0 <= 10_000 }
    static let positive = Bounds(text: "above 0") { $0 > 0 }
    static let atLeastOne = Bounds(text: "1 or more") { $0 >= 1 }
    // A team of as many is opened before the work is cut to size.
    static let threads = Bounds(text: "from 1 to 1024") { (1...1024).contains($0) }
    static let nonNegative = Bounds(text: "0 or more") { $0 >= 0 }
    static let share = Bounds(text: "from 0 to below 1") { $0 >= 0 && $0 < 1 }
    static let wholeShare = Bounds(text: "from 0 to 1") { $0 >= 0 && $0 <= 1 }
  }

  init<Value: RecipeValue>(
    _ name: String, _ path: any WritableKeyPath<Recipe, Value> & Sendable, in section: Section,
    aliases: [String] = [], bounds: Bounds = .any, standard: String? = nil,
    isRequired: Bool = false, affectsResult: Bool = true, _ summary: String
  ) {
    self.name = name
    self.aliases = aliases
    self.section = section
    self.summary = summary
    self.isRequired = isRequired
    self.affectsResult = affectsResult
    type = Value.expectation + (bounds.text.isEmpty ? "" : ", \(bounds.text)")
    let plain = Recipe(model: "", datasets: [], output: "")[keyPath: path].json
    self.standard = isRequired ? "required" : standard ?? RecipeKey.words(plain)
    read = { node, recipe in
      let value = try Value.read(node, name)
      // No run has so much of anything; sums and products of larger numbers would not fit.
      if let size = value.size, size > 1e9, Value.self == Int.self || Value.self == Int?.self,
        name != "seed"
      {
        throw node.mismatch(name, expected: "\(Value.expectation), at most 1000000000")
      }
      if let size = value.size, !bounds.holds(size) {
        throw node.mismatch(name, expected: "\(Value.expectation), \(bounds.text)")
      }
      recipe[keyPath: path] = value
    }
    value = { $0[keyPath: path].json }
  }

  private static func words(_ value: JSON) -> String {
    if value.isNull || value == .array([]) { return "none" }
    return RecipeText.inline(value)
  }
}

extension RecipeKey {
  /// The key that `word` spells, by its name or an alias.
  public static func named(_ word: String) -> RecipeKey? { byWord[word] }

  private static let byWord: [String: RecipeKey] = {
    var keys: [String: RecipeKey] = [:]
    for key in all {
      for word in [key.name] + key.aliases { keys[word] = key }
    }
    return keys
  }()
}
