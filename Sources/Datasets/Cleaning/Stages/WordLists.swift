internal import AnnealFiles

/// Finds rows that hold words or phrases of files that the user gives; Anneal brings no list.
public struct WordLists: CleaningStage, RowJudge {
  /// `word-lists`.
  public static let name = "word-lists"
  /// What it does.
  public static let summary =
    "Flags or drops rows with words of your own lists, such as toxic ones."
  /// The files, and how many words are needed.
  public static let settings = [
    StageSetting("files", [], "Text files of a word or phrase a line; # begins a comment."),
    StageSetting("min_matches", 1, "Different entries that a row must hold."),
    StageSetting("action", "flag", "What is done with the rows found.", choices: ["flag", "drop"]),
  ]

  private let entries: [UInt64: String]
  private let longest: Int
  private let least: Int
  private let action: StageAction

  /// A stage with `settings`.
  ///
  /// - Throws: `AnnealError` when a file cannot be read or holds no words.
  public init(_ settings: StageSettings) throws {
    action = settings.action
    least = max(1, settings.integer("min_matches") ?? 1)
    let files = settings.texts("files")
    guard !files.isEmpty else {
      throw settings.failure("files", expected: "files of words, a word or phrase a line")
    }
    var entries: [UInt64: String] = [:]
    var longest = 0
    for file in files {
      let text = String(decoding: try TextContents.bytes(of: file), as: UTF8.self)
      var count = 0
      for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        let words = TextWords(String(line)).hashes
        guard !words.isEmpty else { continue }
        entries[Self.key(words[...])] = String(line)
        longest = max(longest, words.count)
        count += 1
      }
      guard count > 0 else {
        throw AnnealError(.data, "the list holds no words", at: .init(file: file))
      }
    }
    (self.entries, self.longest) = (entries, longest)
  }

  /// A flag or drop for rows with words of the lists.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    let words = TextWords(row.text).hashes
    var found: Set<String> = []
    for start in words.indices {
      for length in 1...longest where start + length <= words.count {
        if let entry = entries[Self.key(words[start..<start + length])] { found.insert(entry) }
      }
    }
    guard found.count >= least else { return .keep }
    return action.verdict(
      Finding("holds words of the lists", found.sorted().prefix(10).joined(separator: ", ")))
  }

  private static func key(_ words: ArraySlice<UInt64>) -> UInt64 {
    words.reduce(UInt64(words.count)) { WordHash.mixed($0 ^ $1) }
  }
}
