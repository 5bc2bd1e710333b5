internal import AnnealFiles
internal import OrderedCollections

/// A card in words.
struct DataCardText {
  private let card: JSON

  init(_ card: JSON) { self.card = card }

  /// The text.
  var text: String {
    var sections: [(heading: String, text: String)] = [("Files", files(card["files"]))]
    var steps: [JSON] = []
    var sources: [JSON] = []
    gather(card, &steps, &sources, depth: 0)
    sections.append(("Sources", files(sources.isEmpty ? nil : .array(sources), licences: true)))
    for (index, step) in steps.reversed().enumerated() {
      sections.append(("Step \(index + 1): \(step["verb"]?.string ?? "?")", Self.step(step)))
    }
    let names = (card["files"]?.array ?? []).compactMap { $0["file"]?.string }
    let head = [
      "# " + names.joined(separator: ", "), "",
      "Made by Anneal \(card["anneal"]?.string ?? "")"
        + (card["license"]?.string.map { "; licence: \($0)" } ?? "") + ".",
    ]
    let body = sections.filter { !$0.text.isEmpty }.flatMap {
      ["", "## " + $0.heading, "", $0.text]
    }
    return (head + body).joined(separator: "\n") + "\n"
  }

  /// The steps, the latest first, and the sources that no card tells more of, each once.
  private func gather(
    _ card: JSON, _ steps: inout [JSON], _ sources: inout [JSON], depth: Int
  ) {
    let step: JSON = [
      "verb": card["verb"] ?? .null, "settings": card["settings"] ?? .null,
      "counts": card["counts"] ?? .null,
    ]
    if !steps.contains(step) { steps.append(step) }
    for source in card["sources"]?.array ?? [] {
      if let earlier = source["card"], !earlier.isNull, depth < 100 {
        gather(earlier, &steps, &sources, depth: depth + 1)
      } else if !sources.contains(source) {
        sources.append(source)
      }
    }
  }

  private func files(_ files: JSON?, licences: Bool = false) -> String {
    let rows = (files?.array ?? []).map { file in
      [Self.cell(file["file"]), file["bytes"]?.integer.map { Amount.count($0) } ?? ""]
        + (licences ? [file["license"]?.string ?? "not stated"] : [])
        + [file["sha256"]?.string.map { "`\($0)`" } ?? ""]
    }
    let head = ["file", "bytes"] + (licences ? ["licence"] : []) + ["SHA-256"]
    return rows.isEmpty ? "" : ModelCard.table(head, rows)
  }

  /// Settings and counts: single values in one table, lists of things in one each.
  private static func step(_ step: JSON) -> String {
    let members = (step["settings"]?.members ?? []) + (step["counts"]?.members ?? [])
    var facts: [[String]] = []
    var tables: [String] = []
    for (name, value) in members where !value.isNull {
      if let things = value.array, let table = table(of: things) {
        tables.append("\(words(name)):\n\n\(table)")
      } else if let inner = value.object {
        facts += inner.map { ["\(words(name)): \($0.key)", cell($0.value)] }
      } else {
        facts.append([words(name), cell(value)])
      }
    }
    let table = facts.isEmpty ? [] : [ModelCard.table(["", ""], facts)]
    return (table + tables).joined(separator: "\n\n")
  }

  /// A table of objects, whose keys are its columns; nil of other things.
  private static func table(of things: [JSON]) -> String? {
    let keys = OrderedSet(things.flatMap { $0.members.map(\.key) })
    guard let name = keys.first, things.allSatisfy({ $0.object != nil }) else { return nil }
    let filled = things.reduce(0) { $0 + $1.members.count }
    // Of things that have little in common, each row says what it has.
    if filled * 2 < keys.count * things.count + 1 {
      let rows = things.map { thing in
        [
          cell(thing[name]),
          thing.members.filter { $0.key != name && !$0.value.isNull }
            .map { "\(words($0.key)) \(cell($0.value))" }.joined(separator: ", "),
        ]
      }
      return ModelCard.table([words(name), ""], rows)
    }
    return ModelCard.table(
      keys.map(words), things.map { thing in keys.map { cell(thing[$0]) } })
  }

  private static func words(_ key: String) -> String { key.replacing("_", with: " ") }

  /// A value in a cell of a table.
  private static func cell(_ value: JSON?) -> String {
    let text: String
    switch value {
    case nil, .null: text = ""
    case .string(let words): text = words
    case .array(let elements): text = elements.map { cell($0) }.joined(separator: " ")
    case .object(let members):
      text = members.map { "\($0.key): \(cell($0.value))" }.joined(separator: "; ")
    case let other?: text = other.text()
    }
    return text.replacing("|", with: "\\|").replacing("\n", with: " ")
  }
}
