public import AnnealFiles
public import AnnealText

/// A setting of a stage.
public struct StageSetting: Sendable, Hashable {
  /// Its key.
  public var key: String
  /// Its default, of the type that values must have; an array takes several texts.
  public var standard: JSON
  /// What it means, with its unit.
  public var meaning: String
  /// The values it takes; nil for any.
  public var choices: [String]?

  /// A setting.
  public init(_ key: String, _ standard: JSON, _ meaning: String, choices: [String]? = nil) {
    self.key = key
    self.standard = standard
    self.meaning = meaning
    self.choices = choices
  }
}

/// The settings of one stage: what was given, checked against what there is.
public struct StageSettings: Sendable {
  /// The tokenizer that lengths in tokens are counted with.
  public let tokenizer: Tokenizer?
  /// What turns rows into vectors.
  public let embedding: TextEmbedding?
  private let stage: String
  private let known: [StageSetting]
  private var given: [String: JSON] = [:]

  /// The settings of `stage`, of which `given` are not the defaults.
  ///
  /// - Throws: `AnnealError` that names the setting, what it is and what it should be.
  public init(
    of stage: any CleaningStage.Type, _ given: [String: JSON] = [:], tokenizer: Tokenizer? = nil,
    embedding: TextEmbedding? = nil
  ) throws {
    (self.stage, known) = (stage.name, stage.settings)
    (self.tokenizer, self.embedding) = (tokenizer, embedding)
    for (key, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let setting = known.first(where: { $0.key == key }) else {
        let hint = nearest(to: key, among: known.map(\.key)).map { "; did you mean '\($0)'?" } ?? ""
        throw AnnealError(
          .usage, "the stage '\(stage.name)' has no setting '\(key)'\(hint)",
          remedy: known.isEmpty
            ? "It has none." : "It has: \(known.map(\.key).joined(separator: ", ")).")
      }
      self.given[key] = try checked(value, setting)
    }
  }

  /// The value of `key`: what was given, else the default.
  subscript(key: String) -> JSON {
    given[key] ?? known.first { $0.key == key }?.standard ?? .null
  }

  /// All values, defaults included.
  var json: JSON { JSON(members: known.map { ($0.key, self[$0.key]) }) }

  /// A whole number; nil when it was given as null.
  func integer(_ key: String) -> Int? { self[key].integer }
  /// A number.
  func number(_ key: String) -> Double { self[key].number ?? 0 }
  /// A text.
  func text(_ key: String) -> String { self[key].string ?? "" }
  /// Several texts.
  func texts(_ key: String) -> [String] { (self[key].array ?? []).compactMap(\.string) }
  /// What is done with the rows found.
  var action: StageAction { StageAction(rawValue: text("action")) ?? .flag }

  /// The failure that the value of `key` is not what was expected.
  func failure(_ key: String, expected: String) -> AnnealError {
    AnnealError(.usage, "\(stage).\(key) is \(self[key].text()); expected \(expected)")
  }

  /// `value` in the type of the setting's default; words with commas become several.
  private func checked(_ value: JSON, _ setting: StageSetting) throws -> JSON {
    func fault(_ expected: String) -> AnnealError {
      AnnealError(
        .usage, "\(stage).\(setting.key) is \(value.text()); expected \(expected)",
        remedy: setting.meaning)
    }
    func check(_ text: String) throws {
      guard let choices = setting.choices, !choices.contains(text) else { return }
      let hint = nearest(to: text, among: choices).map { "; did you mean '\($0)'?" } ?? ""
      throw fault("one of \(choices.joined(separator: ", "))\(hint)")
    }
    switch setting.standard {
    case .array:
      let texts = value.string.map { $0.split(separator: ",").map(Self.trimmed) }
      guard let parts = texts ?? value.array.map({ $0.compactMap(\.string) }),
        value.array.map({ $0.count == parts.count }) ?? true
      else { throw fault("texts with commas between") }
      for part in parts { try check(part) }
      return .array(parts.map { .string($0) })
    case .integer, .null:
      guard let number = value.integer ?? value.string.flatMap({ Int($0) }), number >= 0 else {
        throw fault("a whole number from 0 on")
      }
      return .integer(number)
    case .number:
      guard let number = value.number ?? value.string.flatMap({ Double($0) }), number.isFinite
      else { throw fault("a number") }
      return .number(number)
    default:
      let text = value.string ?? value.text()
      try check(text)
      return .string(text)
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
