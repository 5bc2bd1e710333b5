internal import AnnealFiles

/// A step between what a model said and what is measured; a row may have several replies.
protocol ReplyFilter: Sendable {
  /// What `filter_list` calls it.
  static var name: String { get }
  /// The keys of its settings.
  static var settingNames: [String] { get }
  init(_ settings: MetricSettings) throws
  /// The replies to the row with these fields, filtered.
  func apply(_ replies: [String], _ fields: JSON) -> [String]
}

extension ReplyFilter {
  static var settingNames: [String] { [] }
}

/// The filters that tasks can name.
enum ReplyFilters {
  static let all: [any ReplyFilter.Type] = [
    TakeFirst.self,
    TakeFirstK.self,
    MajorityVote.self,
    RegexFilter.self,
    MultiChoiceRegex.self,
    RemoveWhitespace.self,
    Lowercase.self,
    Uppercase.self,
    MapFilter.self,
  ]

  /// The filter called `name`, its settings' keys checked.
  static func filter(_ name: String, _ settings: MetricSettings) throws -> any ReplyFilter {
    guard let found = all.first(where: { $0.name == name }) else {
      let names = all.map { $0.name }
      let guess = nearest(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
      throw settings.error(
        "function", "there is no filter called '\(name)'",
        remedy: "There are: \(names.joined(separator: ", ")).\(guess)")
    }
    try settings.check(known: found.settingNames, what: "filter", name: name)
    return try found.init(settings)
  }
}
