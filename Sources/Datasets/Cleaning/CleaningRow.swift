internal import AnnealFiles
internal import AnnealText
internal import OrderedCollections

/// A row on its way through the stages, with the format that says what its fields mean.
public struct CleaningRow: Sendable {
  /// The row.
  public var row: Row
  /// Its number among all rows that were read, from 0.
  public let number: Int
  /// The format of its file; nil when none fits.
  let format: (any DatasetFormat.Type)?

  /// What the row says, whatever the fields are called: the texts of the fields that the format reads,
  /// or of all fields.
  public var text: String { texts.joined(separator: "\n") }

  /// The texts in the order of the fields.
  var texts: [String] {
    var texts: [String] = []
    for field in said { Self.collect(field.value, into: &texts) }
    return texts
  }

  /// The texts in the order of the fields, with where each stands, such as `messages[1].content`.
  var namedTexts: [(text: String, name: String)] {
    var texts: [(text: String, name: String)] = []
    for field in said { Self.collect(field.value, named: field.key, into: &texts) }
    return texts
  }

  /// `text` in quotation marks, cut when it is long, and the field that it stands in: what a person
  /// needs to judge a finding.
  func quoted(_ text: String) -> String {
    let field = namedTexts.last { $0.text.contains(text) }?.name
    return Self.cut(text) + (field.map { " in '\($0)'" } ?? "")
  }

  /// `text` in quotation marks, or the beginning of a long one.
  static func cut(_ text: String) -> String {
    "\"\(text.prefix(80))\(text.dropFirst(80).isEmpty ? "" : "…")\""
  }

  /// The fields that the format reads, or all of them.
  private var said: [(key: String, value: JSON)] {
    let known = format.map { Set($0.fields.flatMap(\.names)) }
    let fields = row.fields.members.filter { known?.contains($0.key) ?? true }
    return fields.isEmpty ? row.fields.members : fields
  }

  /// Keys whose values say how a text is to be read, and not what is said.
  private static let labels: Set<String> = ["role", "from", "type", "id", "tool_call_id"]

  private static func collect(_ value: JSON, into texts: inout [String]) {
    switch value {
    case .string(let text): texts.append(text)
    case .integer, .number, .wide: texts.append(value.text())
    case .array(let elements): for element in elements { collect(element, into: &texts) }
    case .object(let members):
      for (key, value) in members where !labels.contains(key) { collect(value, into: &texts) }
    case .null, .bool: break
    }
  }

  private static func collect(
    _ value: JSON, named name: String, into texts: inout [(text: String, name: String)]
  ) {
    switch value {
    case .string(let text): texts.append((text, name))
    case .integer, .number, .wide: texts.append((value.text(), name))
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collect(element, named: "\(name)[\(index)]", into: &texts)
      }
    case .object(let members):
      for (key, value) in members where !labels.contains(key) {
        collect(value, named: "\(name).\(key)", into: &texts)
      }
    case .null, .bool: break
    }
  }

  /// The first record that the row says; nil when it is of no format.
  var record: Record? { try? format?.records(from: row).first }

  /// What is asked and what is answered; nil for rows that are a text alone.
  var exchange: (prompt: String, answer: String)? { record?.exchange }

  /// The row's class: its label, when the format is for classification.
  var label: String? {
    guard format?.isClassified == true else { return nil }
    return try? Classification.label(of: row)
  }

  /// The fields with every text changed by `body`, where the format reads it; nil when all stay.
  func changing(_ body: (String) -> String) -> JSON? {
    let known = format.map { Set($0.fields.flatMap(\.names)) }
    var isChanged = false
    func changed(_ value: JSON) -> JSON {
      switch value {
      case .string(let text):
        let new = body(text)
        // Equal texts may be of other bytes, as before and after composition.
        if !new.utf8.elementsEqual(text.utf8) { isChanged = true }
        return .string(new)
      case .array(let elements): return .array(elements.map(changed))
      case .object(let members):
        return JSON(
          members: members.map {
            ($0.key, Self.labels.contains($0.key) ? $0.value : changed($0.value))
          })
      default: return value
      }
    }
    let fields = JSON(
      members: row.fields.members.map {
        ($0.key, known?.contains($0.key) ?? true ? changed($0.value) : $0.value)
      })
    // Not by a choice of two values: nil would be JSON's null there.
    guard isChanged else { return nil }
    return fields
  }
}
