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
    let known = format.map { Set($0.fields.flatMap(\.names)) }
    let fields = row.fields.members.filter { known?.contains($0.key) ?? true }
    var texts: [String] = []
    for field in fields.isEmpty ? row.fields.members : fields {
      Self.collect(field.value, into: &texts)
    }
    return texts
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

  /// The first record that the row says; nil when it is of no format.
  var record: Record? { try? format?.records(from: row).first }

  /// What is asked and what is answered; nil for rows that are a text alone.
  var exchange: (prompt: String, answer: String)? { record?.exchange }

  /// The row's class: its label, when the format is for classification.
  var label: String? {
    guard format == Classification.self else { return nil }
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
