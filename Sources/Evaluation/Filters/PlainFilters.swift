internal import AnnealFiles

/// The first reply.
struct TakeFirst: ReplyFilter {
  static let name = "take_first"
  init() {}
  init(_ settings: MetricSettings) {}
  func apply(_ replies: [String], _ fields: JSON) -> [String] { Array(replies.prefix(1)) }
}

/// The first `k` replies.
struct TakeFirstK: ReplyFilter {
  static let name = "take_first_k"
  static let settingNames = ["k"]
  private let count: Int

  init(_ settings: MetricSettings) throws {
    guard let count = try settings.count("k"), count > 0 else {
      throw settings.error("k", "take_first_k needs the number k; expected 1 or more")
    }
    self.count = count
  }

  func apply(_ replies: [String], _ fields: JSON) -> [String] { Array(replies.prefix(count)) }
}

/// The reply that came most often, the first of equals.
struct MajorityVote: ReplyFilter {
  static let name = "majority_vote"
  init(_ settings: MetricSettings) {}

  func apply(_ replies: [String], _ fields: JSON) -> [String] {
    let counts = replies.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    return replies.first { counts[$0] == most }.map { [$0] } ?? []
  }
}

/// Replies without white space at their ends.
struct RemoveWhitespace: ReplyFilter {
  static let name = "remove_whitespace"
  init(_ settings: MetricSettings) {}

  func apply(_ replies: [String], _ fields: JSON) -> [String] {
    replies.map(PythonSpace.stripped)
  }
}

/// Replies in lower case.
struct Lowercase: ReplyFilter {
  static let name = "lowercase"
  init(_ settings: MetricSettings) {}
  func apply(_ replies: [String], _ fields: JSON) -> [String] { replies.map { $0.lowercased() } }
}

/// Replies in upper case.
struct Uppercase: ReplyFilter {
  static let name = "uppercase"
  init(_ settings: MetricSettings) {}
  func apply(_ replies: [String], _ fields: JSON) -> [String] { replies.map { $0.uppercased() } }
}

/// What a table says of each reply.
struct MapFilter: ReplyFilter {
  static let name = "map"
  static let settingNames = ["mapping_dict", "default_value"]
  private let table: [String: String]
  private let fallback: String

  init(_ settings: MetricSettings) throws {
    guard let members = settings.value("mapping_dict")?.members, !members.isEmpty else {
      throw settings.error(
        "mapping_dict", "map needs mapping_dict; expected lines of `reply: value`")
    }
    table = members.reduce(into: [:]) { $0[$1.key] = TaskTexts.plain($1.value) }
    fallback = settings.value("default_value").map(TaskTexts.plain) ?? ""
  }

  func apply(_ replies: [String], _ fields: JSON) -> [String] {
    replies.map { table[$0] ?? fallback }
  }
}
