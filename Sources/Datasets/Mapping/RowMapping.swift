public import AnnealFiles
public import OrderedCollections

/// How the columns of a file become the fields of a format, for files that name them in their own way.
public struct RowMapping: Sendable, Hashable {
  /// For a format's field, the column that holds it; `a.b` is the member `b` of the column `a`.
  public var fields: OrderedDictionary<String, String>
  /// For `role` and `content` of messages, the keys that hold them.
  public var messageKeys: OrderedDictionary<String, String>
  /// For what the file calls a speaker, the role.
  public var roles: OrderedDictionary<String, String>
  /// For what the file calls a class, the words to learn.
  ///
  /// A class that is none of them is a bad row; empty takes every class as it stands.
  public var labels: OrderedDictionary<String, String>
  /// Fields that are the same in all rows, such as `system`, `instruction` and `schema`; a row that
  /// has one of its own keeps it.
  public var constants: OrderedDictionary<String, JSON>

  /// A mapping; as it stands, of nothing.
  public init(
    fields: OrderedDictionary<String, String> = [:],
    messageKeys: OrderedDictionary<String, String> = [:],
    roles: OrderedDictionary<String, String> = [:],
    labels: OrderedDictionary<String, String> = [:],
    constants: OrderedDictionary<String, JSON> = [:]
  ) {
    self.fields = fields
    self.messageKeys = messageKeys
    self.roles = roles
    self.labels = labels
    self.constants = constants
  }

  /// A mapping of pairs, as a command line gives them.
  public init(
    columns: [(String, String)], messageKeys: [(String, String)] = [],
    roles: [(String, String)] = [], labels: [(String, String)] = [],
    constants: [(String, JSON)] = []
  ) {
    self.init(
      fields: OrderedDictionary(columns, uniquingKeysWith: { $1 }),
      messageKeys: OrderedDictionary(messageKeys, uniquingKeysWith: { $1 }),
      roles: OrderedDictionary(roles, uniquingKeysWith: { $1 }),
      labels: OrderedDictionary(labels, uniquingKeysWith: { $1 }),
      constants: OrderedDictionary(constants, uniquingKeysWith: { $1 }))
  }

  /// Whether rows stay as they are.
  public var isEmpty: Bool { self == RowMapping() }

  /// The mapping as a text that is another one's only when it says the same.
  var identity: String {
    func pairs(_ texts: OrderedDictionary<String, String>) -> JSON {
      .array(texts.map { [.string($0.key), .string($0.value)] })
    }
    let parts = [fields, messageKeys, roles, labels].map(pairs)
    return JSON.array(parts + [.array(constants.map { [.string($0.key), $0.value] })]).text()
  }

  /// `row` with the fields of a format.
  ///
  /// - Throws: `AnnealError` for a class that is none of the known.
  func applied(to row: Row) throws -> Row {
    guard !isEmpty, var members = row.fields.object else { return row }
    var mapped = row
    for column in fields.values where fields[column] == nil { members[column] = nil }
    for (field, column) in fields {
      members[field] = Self.value(at: column, in: row.fields)
      mapped.columns[field] = column
    }
    for (field, value) in constants where members[field].map(\.isNull) ?? true {
      members[field] = value
    }
    if !messageKeys.isEmpty || !roles.isEmpty {
      for (field, value) in members { members[field] = withPlainKeys(value) }
    }
    mapped.fields = .object(members)
    if !labels.isEmpty { try wordLabel(of: &mapped) }
    return mapped
  }

  /// The value under `column`, or at the path that it is.
  private static func value(at column: String, in fields: JSON) -> JSON? {
    if let value = fields[column] { return value }
    var value: JSON? = fields
    for key in column.split(separator: ".") {
      value = value?[String(key)] ?? Int(key).flatMap { value?[$0] }
    }
    return value
  }

  /// Messages with `role` and `content`; other values as they are.
  private func withPlainKeys(_ value: JSON) -> JSON {
    if let list = value.array { return .array(list.map(withPlainKeys)) }
    guard var members = value.object else { return value }
    for (plain, key) in messageKeys where key != plain {
      guard let value = members.removeValue(forKey: key) else { continue }
      members[plain] = value
    }
    for name in ["role", "from"] {
      if let role = members[name]?.string.flatMap({ roles[$0] }) { members[name] = .string(role) }
    }
    return .object(members)
  }

  private func wordLabel(of row: inout Row) throws {
    guard let name = Classification.labels.first(where: { row.fields[$0] != nil }),
      let label = row.fields[name].flatMap(Classification.words)
    else { return }
    guard let words = labels[label] else {
      let hint = nearest(to: label, among: labels.keys).map { "; did you mean '\($0)'?" } ?? ""
      let known = labels.keys.prefix(20).joined(separator: ", ")
      throw AnnealError(
        .data, "there is no label '\(label)'\(hint)", at: row.place(name),
        remedy: "Labels are \(known)\(labels.count > 20 ? ", …" : "").")
    }
    row.fields = row.fields.setting(name, to: .string(words))
  }

  /// Refuses columns that none of `rows`, the first of a file, has, and fields that `format` does not
  /// read.
  func check(_ rows: some Collection<Row>, file: String) throws {
    for (field, column) in fields {
      guard !rows.contains(where: { Self.value(at: column, in: $0.fields) != nil }) else {
        continue
      }
      let found = OrderedSet(rows.flatMap { $0.fields.object.map { Array($0.keys) } ?? [] })
      var hint = nearest(to: column, among: found).map { "; did you mean '\($0)'?" } ?? ""
      if found.contains(field) {
        hint = "; field_map is written FIELD: COLUMN, and '\(field)' is a column of this file"
      }
      throw AnnealError(
        .data, "no row has the column '\(column)', which is to be '\(field)'\(hint)",
        at: .init(file: file, line: rows.first?.line, field: column),
        remedy: "The columns are \(found.joined(separator: ", ")).")
    }
  }

  /// Refuses fields that `format` does not read.
  func check(_ format: any DatasetFormat.Type) throws {
    let known = format.fields.flatMap(\.names)
    for field in fields.keys where !known.contains(field) {
      let hint = nearest(to: field, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .recipe, "the format \(format.name) has no field '\(field)'\(hint)",
        remedy: "field_map is written FIELD: COLUMN. \(format.name) reads: \(format.fieldsInWords)."
      )
    }
  }
}
