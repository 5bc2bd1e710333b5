internal import AnnealFiles
internal import AnnealText

/// What a regular expression finds in a reply.
///
/// Of several matches the one of `group_select`, counted from the end where it is negative; of several
/// groups the first that took part.
struct RegexFilter: ReplyFilter {
  static let name = "regex"
  static let settingNames = ["regex_pattern", "group_select", "fallback"]
  private let pattern: PythonPattern
  private let place: Int
  private let fallback: String

  init(_ settings: MetricSettings) throws {
    pattern = try settings.pattern("regex_pattern") ?? PythonPattern(#"#### (\-?[0-9\.\,]+)"#)
    place = settings.value("group_select")?.integer ?? 0
    fallback = try settings.text("fallback") ?? "[invalid]"
  }

  func apply(_ replies: [String], _ fields: JSON) -> [String] {
    replies.map { pattern.found(in: $0, at: place) ?? fallback }
  }
}

/// The letter of the answer that a reply names: by the pattern, by an answer's own words, or by a
/// letter behind a colon.
struct MultiChoiceRegex: ReplyFilter {
  static let name = "multi_choice_regex"
  static let settingNames = [
    "regex_pattern", "group_select", "fallback", "ignore_case", "ignore_punctuation",
    "regexes_to_ignore",
  ]
  private let pattern: PythonPattern
  private let place: Int
  private let fallback: String
  private let ignoresCase, ignoresPunctuation: Bool
  private let ignored: [PythonPattern]

  init(_ settings: MetricSettings) throws {
    pattern = try settings.pattern("regex_pattern") ?? PythonPattern(#"#### (\-?[0-9\.\,]+)"#)
    place = settings.value("group_select")?.integer ?? 0
    fallback = try settings.text("fallback") ?? "[invalid]"
    ignoresCase = try settings.flag("ignore_case")
    ignoresPunctuation = try settings.flag("ignore_punctuation")
    ignored = try settings.texts("regexes_to_ignore").map { try PythonPattern($0) }
  }

  func apply(_ replies: [String], _ fields: JSON) -> [String] {
    let choices = (fields["choices"]?.array ?? fields["choices"]?["text"]?.array ?? [])
      .map(TaskTexts.plain)
    return replies.map { letter(in: $0, of: choices) ?? fallback }
  }

  private func letter(in reply: String, of choices: [String]) -> String? {
    if let found = pattern.found(in: reply, at: place) { return found }
    let letters = choices.indices.prefix(26).compactMap { offset in
      UInt8(exactly: 65 + offset).map { String(UnicodeScalar($0)) }
    }
    let plainReply = plain(reply)
    let named = zip(choices, letters).filter { choice, _ in
      let words = plain(choice)
      return !words.isEmpty && plainReply.contains(words)
    }
    if let longest = named.max(by: { $0.0.count < $1.0.count }) { return longest.1 }
    guard let last = letters.last else { return nil }
    let colon = try? PythonPattern(":[\\s]*([A-\(last)])")
    return colon?.found(in: reply, at: 0)
  }

  private func plain(_ text: String) -> String {
    var text = ignored.reduce(text) { $1.replacing(in: $0, with: "") }
    if ignoresCase { text = text.lowercased() }
    if ignoresPunctuation { text.removeAll { $0.isPunctuation || $0.isSymbol } }
    return PythonSpace.stripped(text)
  }
}

extension MetricSettings {
  /// The regular expression under `key`.
  fileprivate func pattern(_ key: String) throws -> PythonPattern? {
    guard let text = try self.text(key) else { return nil }
    do { return try PythonPattern(text) } catch let fault as AnnealError {
      throw error(key, fault.message, remedy: fault.remedy)
    }
  }
}

extension PythonPattern {
  /// The match at `place`, without white space at its ends; nil when there is none.
  fileprivate func found(in text: String, at place: Int) -> String? {
    let matches = matches(in: text)
    let index = place < 0 ? matches.count + place : place
    guard matches.indices.contains(index) else { return nil }
    let match = matches[index]
    if groups < 2 { return PythonSpace.stripped(match.last.flatMap { $0 } ?? "") }
    let parts = match.dropFirst().compactMap { $0 }
    return parts.first { !$0.isEmpty }.map(PythonSpace.stripped)
  }
}
