internal import AnnealFiles

/// What only the test rows show: their phrasings and slot values.
public struct DemoHeldOut: Sendable {
  /// Stretches of words of the test's phrasings, between slots, of three words or more, in lower case.
  public let phrasings: [String]
  /// Slot values and the words that they are made of, in lower case; times in every way to say them.
  public let values: [String]

  private let byFirstWord: [Substring: [[Substring]]]
  private let whole: Set<String>

  static let shared = DemoHeldOut()

  private init() {
    phrasings = (DemoAction.all.flatMap(\.test) + DemoManners.testBefore + DemoManners.testAfter)
      .flatMap(Self.stretches)
    let lexicon = DemoLexicon.test
    let wordLists = [
      lexicon.names, lexicon.surnames, lexicon.things, lexicon.qualities, lexicon.occasions,
      lexicon.foods, lexicon.rooms, lexicon.places, lexicon.chores, lexicon.states, lexicon.songs,
      lexicon.bands,
    ]
    let clocks = (0..<24).flatMap { hour in
      (0..<60).map { DemoClock(hour: hour, minute: $0) }
    }
    values =
      wordLists.joined().map { $0.lowercased() } + lexicon.numbers.map { "\($0)" }
      + clocks.filter(\.isHeldOut).flatMap(\.forms)
    whole = Set(values)
    byFirstWord = Dictionary(grouping: (phrasings + values).map(Self.words)) { $0.first ?? "" }
  }

  /// Whether `text` is one of the values.
  func contains(_ text: String) -> Bool { whole.contains(text.lowercased()) }

  /// Whether `text` holds a held-out phrasing or value.
  public func isLeaked(in text: String) -> Bool { firstLeak(in: text) != nil }

  /// The first held-out phrasing or value in `text`, compared word by word without regard to case.
  ///
  /// A figure that is part of a longer one, as `14` in `14:30`, is not the value `14`.
  public func firstLeak(in text: String) -> String? {
    let words = Self.words(text.lowercased())
    for place in words.indices {
      for value in byFirstWord[words[place]] ?? []
      where words[place...].starts(with: value) {
        return value.joined(separator: " ")
      }
    }
    return nil
  }

  /// The words of `text`: runs of letters, digits, apostrophes and colons between digits.
  private static func words(_ text: String) -> [Substring] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == ":") }
      .map { word in
        var word = word
        while word.last == ":" || word.last == "'" { word.removeLast() }
        while word.first == ":" || word.first == "'" { word.removeFirst() }
        return word
      }
      .filter { !$0.isEmpty }
  }

  private static func stretches(_ phrasing: String) -> [String] {
    phrasing.lowercased().split(separator: "}", omittingEmptySubsequences: false)
      .map { words(String($0.prefix { $0 != "{" })) }
      .filter { $0.count >= 3 }
      .map { $0.joined(separator: " ") }
  }
}
