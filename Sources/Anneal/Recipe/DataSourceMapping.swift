internal import AnnealDatasets
internal import AnnealFiles
internal import OrderedCollections

/// The keys of a data set that say how its columns are read: this project's, and what LLaMA-Factory
/// and Axolotl call them.
extension Recipe.DataSource {
  /// The keys as the resolved recipe spells them.
  static let mappingKeys = [
    "field_map", "message_property_mappings", "roles", "labels", "system", "instruction", "schema",
  ]

  /// Axolotl's keys for single columns, and the fields they mean.
  private static let columnKeys: [String: String] = [
    "field": "text", "field_messages": "messages", "field_system": "system",
    "field_instruction": "instruction", "field_input": "input", "field_output": "output",
    "field_chosen": "chosen", "field_rejected": "rejected", "field_prompt": "prompt",
    "field_tools": "tools",
  ]

  /// The source with its schema read, as `Datasets` takes it.
  func rowSource() throws -> RowSource {
    var source = RowSource(path: path, format: type, split: split, mapping: mapping)
    if let schema {
      source.mapping.constants["schema"] = try JSONSchemaSubset(contentsOf: schema).schema
    }
    return source
  }

  /// Reads one key.
  ///
  /// - Returns: whether it is known.
  mutating func readMapping(_ key: String, _ node: RecipeNode, _ field: String) throws -> Bool {
    switch key {
    case "field_map":
      for (name, column) in try Self.texts(node, field) { mapping.fields[name] = column }
    case "message_property_mappings":
      for (name, column) in try Self.texts(node, field) { mapping.messageKeys[name] = column }
    case "message_field_role": mapping.messageKeys["role"] = try String.read(node, field)
    case "message_field_content": mapping.messageKeys["content"] = try String.read(node, field)
    case "roles": try readRoles(node, field)
    case "labels": try readLabels(node, field)
    case "system", "instruction": mapping.constants[key] = .string(try String.read(node, field))
    case "schema": schema = try String.read(node, field)
    // What a file is, it shows; LLaMA-Factory's keys are read together.
    case "ds_type", "columns", "tags", "formatting", "ranking": break
    default:
      guard let name = Self.columnKeys[key] else { return false }
      mapping.fields[name] = try String.read(node, field)
    }
    return true
  }

  /// Reads `columns`, `tags`, `formatting` and `ranking`, when there are any.
  mutating func readCatalogueKeys(
    _ members: [(key: String, value: RecipeNode)], _ node: RecipeNode, _ field: String
  ) throws {
    var entry: [(String, JSON)] = []
    for (key, value) in members where !value.isNull {
      let inner = "\(field).\(key)"
      switch key {
      case "columns", "tags":
        let texts = try Self.texts(value, inner).map { ($0, JSON.string($1)) }
        entry.append((key, JSON(members: texts)))
      case "formatting": entry.append((key, .string(try String.read(value, inner))))
      case "ranking": entry.append((key, .bool(try Bool.read(value, inner))))
      default: break
      }
    }
    guard !entry.isEmpty else { return }
    let source = try DatasetCatalogue.source(
      JSON(members: entry), path: "", at: node.place(field))
    (mapping, type) = (source.mapping, source.format)
  }

  private static func texts(_ node: RecipeNode, _ field: String) throws -> [(String, String)] {
    guard case .map(let members) = node.content else {
      throw node.mismatch(field, expected: "a mapping of names")
    }
    return try members.map { ($0.key, try String.read($0.value, "\(field).\($0.key)")) }
  }

  /// For each role, what the file calls it: one name or a list.
  private mutating func readRoles(_ node: RecipeNode, _ field: String) throws {
    guard case .map(let members) = node.content else {
      throw node.mismatch(field, expected: "a mapping of roles, such as user: [human]")
    }
    for (role, names) in members {
      for name in try [String].read(names, "\(field).\(role)") { mapping.roles[name] = role }
    }
  }

  /// A list of labels, or what each is called in words.
  private mutating func readLabels(_ node: RecipeNode, _ field: String) throws {
    if case .map = node.content {
      for (label, words) in try Self.texts(node, field) { mapping.labels[label] = words }
    } else {
      for label in try [String].read(node, field) { mapping.labels[label] = label }
    }
  }

  /// The mapping as the resolved recipe writes it.
  var mappingMembers: [(String, JSON)] {
    func object(_ texts: OrderedDictionary<String, String>) -> JSON {
      .object(texts.mapValues { .string($0) })
    }
    var roles: OrderedDictionary<String, JSON> = [:]
    for (name, role) in mapping.roles {
      roles[role] = .array((roles[role]?.array ?? []) + [.string(name)])
    }
    var members: [(String, JSON)] = [
      ("field_map", object(mapping.fields)),
      ("message_property_mappings", object(mapping.messageKeys)), ("roles", .object(roles)),
      ("labels", object(mapping.labels)),
    ].filter { $0.1 != .object([:]) }
    for (key, value) in mapping.constants { members.append((key, value)) }
    if let schema { members.append(("schema", .string(schema))) }
    return members
  }
}
