/// Tells in which language a text is: by its script, and among languages of one script by their
/// commonest words and by letters that only some of them have.
///
/// It is meant for texts of a sentence or more. Of shorter ones, of lists of names and of code it says
/// that it does not know; close relatives (Danish and Norwegian, Malay and Indonesian) may be mixed up.
public enum LanguageIdentifier {
  /// The languages it knows, as ISO 639-1 codes.
  public static let languages = (scripts.values.flatMap { $0 } + LanguageProfiles.all.map(\.code))
    .sorted().reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }

  /// The language of `text`; nil when it cannot be told.
  public static func language(of text: String) -> String? {
    let letters = Letters(text.unicodeScalars.prefix(4000))
    guard letters.count >= 4, let script = letters.mostFrequent else { return nil }
    switch script {
    case .latin, .cyrillic, .arabic: return byWords(text, script)
    // Japanese is written with ideographs too; a fifth of kana is enough to tell.
    case .ideographs: return letters.share(.kana) > 0.05 ? "ja" : "zh"
    default: return scripts[script]?.first
    }
  }

  /// Scripts that are told apart.
  enum Script: Int, CaseIterable {
    case latin, cyrillic, greek, hebrew, arabic, devanagari, bengali, tamil, telugu, thai, georgian
    case armenian, hangul, kana, ideographs
  }

  private static let scripts: [Script: [String]] = [
    .greek: ["el"], .hebrew: ["he"], .devanagari: ["hi"], .bengali: ["bn"], .tamil: ["ta"],
    .telugu: ["te"], .thai: ["th"], .georgian: ["ka"], .armenian: ["hy"], .hangul: ["ko"],
    .kana: ["ja"], .ideographs: ["zh"],
  ]

  /// How many letters a text has of each script.
  private struct Letters {
    private var counts = [Int](repeating: 0, count: Script.allCases.count)
    private(set) var count = 0

    init(_ scalars: some Sequence<Unicode.Scalar>) {
      for scalar in scalars {
        guard let script = Self.script(scalar.value) else { continue }
        counts[script.rawValue] += 1
        count += 1
      }
    }

    var mostFrequent: Script? {
      // Japanese text has more kana than ideographs, or the reverse; both count as one.
      var counts = counts
      counts[Script.ideographs.rawValue] += counts[Script.kana.rawValue]
      return Script.allCases.max { counts[$0.rawValue] < counts[$1.rawValue] }
    }

    func share(_ script: Script) -> Double {
      count == 0 ? 0 : Double(counts[script.rawValue]) / Double(count)
    }

    private static func script(_ value: UInt32) -> Script? {
      switch value {
      case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF: .latin
      case 0x370...0x3FF, 0x1F00...0x1FFF: .greek
      case 0x400...0x52F: .cyrillic
      case 0x531...0x587: .armenian
      case 0x5D0...0x5EA: .hebrew
      case 0x620...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: .arabic
      case 0x900...0x97F: .devanagari
      case 0x980...0x9FF: .bengali
      case 0xB80...0xBFF: .tamil
      case 0xC00...0xC7F: .telugu
      case 0xE00...0xE7F: .thai
      case 0x10A0...0x10FF: .georgian
      case 0xAC00...0xD7A3, 0x1100...0x11FF: .hangul
      case 0x3041...0x30FF: .kana
      case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x323AF: .ideographs
      default: nil
      }
    }
  }

  /// What a text shows of a language.
  private struct Evidence {
    /// Its words, each divided by the languages that have it, and half as much for its letters.
    var score = 0.0
    /// The part of the score that letters make.
    var letters = 0.0
    /// Its words of two letters and more, each once.
    var words: Set<Substring> = []

    /// Whether there is more than one word, or one and letters of few languages.
    var isEnough: Bool { score >= 1 && (words.count >= 2 || letters >= 1) }
  }

  /// The language with the most of its common words and letters, if that is by a margin: of one word
  /// or two that languages share nothing follows.
  private static func byWords(_ text: String, _ script: Script) -> String? {
    var evidence = [Evidence](repeating: Evidence(), count: LanguageProfiles.all.count)
    var words = 0
    var known = 0
    let lower = text.lowercased()
    for word in lower.prefix(4000).split(whereSeparator: { !$0.isLetter }) {
      words += 1
      let homes = LanguageProfiles.homes[String(word)] ?? []
      if !homes.isEmpty { known += 1 }
      // A word of many languages says little.
      for home in homes {
        evidence[home].score += 1 / Double(homes.count)
        if word.utf8.count > 1 { evidence[home].words.insert(word) }
      }
      for scalar in word.unicodeScalars where scalar.value >= 0x80 {
        let homes = LanguageProfiles.letters[scalar] ?? []
        for home in homes {
          evidence[home].score += 0.5 / Double(homes.count)
          evidence[home].letters += 0.5 / Double(homes.count)
        }
      }
    }
    let ranked = evidence.indices.filter { LanguageProfiles.all[$0].script == script }
      .sorted { (evidence[$0].score, $1) > (evidence[$1].score, $0) }
    guard words >= 4, let best = ranked.first, evidence[best].isEnough,
      Double(known) >= 0.12 * Double(words) || evidence[best].score >= 3
    else { return nil }
    let isAhead = ranked.dropFirst().allSatisfy { other in
      let (score, next) = (evidence[best].score, evidence[other].score)
      return areTwins(best, other) ? score > 1.1 * next : score >= 1.3 * next && score - next >= 0.5
    }
    return isAhead ? LanguageProfiles.all[best].code : nil
  }

  /// Danish and Norwegian share most of their common words.
  private static func areTwins(_ one: Int, _ other: Int) -> Bool {
    Set([one, other].map { LanguageProfiles.all[$0].code }) == ["da", "no"]
  }
}
