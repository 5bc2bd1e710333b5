public import AnnealFiles
internal import OrderedCollections

/// LLaMA-Factory's `dataset_info.json`: names of data sets, with their files, formats and columns.
public struct DatasetCatalogue: Sendable {
  /// The file's path.
  public let path: String
  private let entries: OrderedDictionary<String, JSON>

  /// Reads the catalogue at `path`.
  public init(path: String) throws {
    self.path = path
    guard let entries = try JSON(contentsOf: path).object else {
      throw AnnealError(
        .data, "a catalogue of data sets is an object of names and entries", at: .init(file: path))
    }
    self.entries = entries
  }

  /// Refuses a row that is a catalogue, with what to write instead.
  static func refuse(_ row: Row) throws {
    let keys = ["file_name", "hf_hub_url", "ms_hub_url", "script_url", "cloud_file_name"]
    guard row.index == 0, let first = row.fields.members.first,
      row.fields.members.allSatisfy({ entry in keys.contains { entry.value[$0] != nil } })
    else { return }
    throw AnnealError(
      .data, "the file is a catalogue of data sets, and holds no rows", at: .init(file: row.file),
      remedy: "Name one of its data sets: \(row.file)#\(first.key).")
  }

  /// The names, in the file's order.
  public var names: [String] { Array(entries.keys) }

  /// The source that the entry `name` describes.
  ///
  /// - Throws: `AnnealError` when there is no such entry, or it names no local file.
  public func source(named name: String) throws -> RowSource {
    let place = AnnealError.Place(file: path, field: name)
    guard let entry = entries[name] else {
      let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(.data, "there is no data set '\(name)'\(hint)", at: place)
    }
    guard let file = entry["file_name"]?.string else {
      let hubs = ["hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name"]
      let found = hubs.first { entry[$0] != nil } ?? "no file_name"
      throw AnnealError(
        .data, "the data set has \(found), and only local files are read", at: place,
        remedy: "Fetch it, and give its file as file_name.")
    }
    guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
      throw AnnealError(
        .data, "the data set's file '\(file)' lies outside the catalogue's folder", at: place,
        remedy: "Move it beside the catalogue, or name it by itself.")
    }
    return try Self.source(entry, path: (Folder.parent(of: path) ?? ".") + "/" + file, at: place)
  }

  /// The source at `path` that the keys of `entry` describe.
  public static func source(
    _ entry: JSON, path: String, at place: AnnealError.Place
  ) throws -> RowSource {
    let formatting = entry["formatting"]?.string ?? "alpaca"
    guard ["alpaca", "sharegpt", "openai"].contains(formatting) else {
      throw AnnealError(
        .data, "there is no formatting '\(formatting)'", at: place,
        remedy: "Expected is alpaca, sharegpt or openai.")
    }
    var source = RowSource(path: path)
    let columns = entry["columns"].map(\.members) ?? []
    for (key, value) in columns {
      guard let column = value.string else { continue }
      let field = try field(key, formatting, at: place)
      if field != column { source.mapping.fields[field] = column }
    }
    tags(entry["tags"] ?? .null, into: &source.mapping)
    source.format = format(entry, formatting, columns: Set(columns.map(\.key)))
    if source.format == RawText.name, let column = columns.first?.value.string {
      source.mapping.fields = column == "text" ? [:] : ["text": column]
    }
    return source
  }

  /// The format that an entry means; left to detection where its files differ.
  private static func format(_ entry: JSON, _ formatting: String, columns: Set<String>) -> String? {
    if entry["ranking"]?.bool == true { return Preference.name }
    if columns.contains("kto_tag") { return KTO.name }
    if formatting == "openai" { return OpenAIMessages.name }
    if formatting == "sharegpt" { return ShareGPT.name }
    // A text alone is an Alpaca entry with only a prompt there.
    if columns == ["prompt"] { return RawText.name }
    return columns.isEmpty ? nil : Alpaca.name
  }

  private static func field(
    _ key: String, _ formatting: String, at place: AnnealError.Place
  ) throws -> String {
    switch key {
    case "prompt": return "instruction"
    case "query": return "input"
    case "response": return "output"
    case "messages": return formatting == "openai" ? "messages" : "conversations"
    case "history", "system", "tools", "chosen", "rejected", "kto_tag": return key
    default:
      throw AnnealError(
        .data, "the column '\(key)' is of a kind that is not read", at: place,
        remedy: "Models of text read prompt, query, response, history, system, tools, messages, "
          + "chosen, rejected and kto_tag.")
    }
  }

  private static func tags(_ tags: JSON, into mapping: inout RowMapping) {
    for (plain, key) in [("role", "role_tag"), ("content", "content_tag")] {
      if let name = tags[key]?.string { mapping.messageKeys[plain] = name }
    }
    let roles = [
      ("user_tag", "user"), ("assistant_tag", "assistant"), ("system_tag", "system"),
      ("observation_tag", "tool"), ("function_tag", "function_call"),
    ]
    for (key, role) in roles {
      if let name = tags[key]?.string { mapping.roles[name] = role }
    }
  }
}
