internal import AnnealFiles
internal import AnnealText

/// An instruction of a prompt that a program can verify, as IFEval has them (arXiv 2311.07911).
struct InstructionCheck: Sendable {
  /// What rows call it, such as `length_constraints:number_words`.
  let id: String
  /// Whether a reply follows it; nil when its arguments are none that it understands.
  let isFollowed: @Sendable (String, InstructionArguments) -> Bool?

  init(_ id: String, _ isFollowed: @escaping @Sendable (String, InstructionArguments) -> Bool?) {
    self.id = id
    self.isFollowed = isFollowed
  }
}

/// The instructions that can be verified.
///
/// `language:response_language` is none of them: telling languages apart takes a model of its own.
enum InstructionChecks {
  static let all: [InstructionCheck] = [
    .keywordsExist,
    .keywordFrequency,
    .forbiddenWords,
    .letterFrequency,
    .sentences,
    .paragraphs,
    .words,
    .firstWordOfParagraph,
    .placeholders,
    .postscript,
    .bullets,
    .constrainedResponse,
    .highlights,
    .sections,
    .jsonFormat,
    .title,
    .twoResponses,
    .repeatedPrompt,
    .endPhrase,
    .quotation,
    .capitalWords,
    .allCapitals,
    .allLowercase,
    .noComma,
  ]

  /// The check called `id`.
  static func check(_ id: String) -> InstructionCheck? { all.first { $0.id == id } }
}

/// What a row says of one of its instructions.
struct InstructionArguments: Sendable {
  let json: JSON

  func text(_ key: String) -> String? { json[key]?.string }
  func count(_ key: String) -> Int? { json[key]?.integer }
  func texts(_ key: String) -> [String]? { json[key]?.array?.compactMap(\.string) }

  /// Whether `number` stands in the relation under `relation` to the number under `key`.
  func holds(_ number: Int, _ key: String, relation: String = "relation") -> Bool? {
    guard let bound = count(key) else { return nil }
    switch text(relation) {
    case "less than": return number < bound
    case "at least": return number >= bound
    default: return nil
    }
  }
}

extension String {
  /// The text without white space at its ends, as Python's `strip()` gives it.
  var pythonStripped: String { PythonSpace.stripped(self) }

  /// How often `pattern` is found, or 0 when it is no regular expression.
  func count(of pattern: String) -> Int { found(pattern).count }

  /// What `pattern` finds.
  func found(_ pattern: String) -> [String] {
    (try? PythonPattern(pattern))?.matches(in: self).compactMap { $0.first ?? nil } ?? []
  }

  /// The parts between what `pattern` finds.
  func split(by pattern: String) -> [String] {
    // A mark that no reply has.
    let mark = "\u{F8FF}\u{E000}"
    guard let pattern = try? PythonPattern(pattern) else { return [self] }
    return pattern.replacing(in: self, with: mark).components(by: mark)
  }

  /// The parts between `separator`.
  func components(by separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
