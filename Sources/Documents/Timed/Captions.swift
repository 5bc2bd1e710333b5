/// Makes running text of cues.
enum Captions {
  /// The longest silence within a paragraph, seconds.
  private static let pause = 4.0

  /// The passages of `cues`: one a speaker and stretch without a pause.
  static func passages(of cues: [Cue]) -> [Passage] {
    var passages: [Passage] = []
    var speaker: String?
    var end = -Double.infinity
    let said = rolledOut(cues).map { (cue: $0, lines: dialogue($0.lines)) }
    let names = SpeakerLabel.names(in: said.flatMap { $0.lines.map(\.text) })
    for (cue, lines) in said {
      for line in lines {
        let named = SpeakerLabel.split(line.text).flatMap { names.contains($0.name) ? $0 : nil }
        let spoken = named?.rest ?? line.text
        if let found = named?.name ?? cue.speaker ?? (line.isNewSpeaker ? "" : nil) {
          speaker = found.isEmpty ? nil : found
          passages.append(Passage("", speaker: speaker))
        } else if passages.isEmpty || cue.time.lowerBound - end > pause {
          passages.append(Passage("", speaker: speaker))
        }
        guard !spoken.isEmpty else { continue }
        passages[passages.count - 1].append(spoken, joint: " ", time: cue.time)
        end = cue.time.upperBound
      }
    }
    return passages.filter { !$0.text.isEmpty }
  }

  /// Lines that begin with a dash, or with `>>`, are each said by another person.
  private static func dialogue(_ lines: [String]) -> [(text: String, isNewSpeaker: Bool)] {
    lines.map { line in
      for mark in ["- ", "– ", "— ", ">> ", ">>"] where line.hasPrefix(mark) {
        return (line.dropFirst(mark.count).trimmed, true)
      }
      return (line, false)
    }
  }

  /// The cues without what they show again.
  ///
  /// Rolling captions, such as YouTube's, show the last line again above each new one, and between
  /// them for a moment alone; every line is said once.
  static func rolledOut(_ cues: [Cue]) -> [Cue] {
    // Captions that roll show two lines; in others, a line that stands twice is said twice.
    let rolls = cues.contains {
      $0.lines.count > 1 && $0.time.upperBound - $0.time.lowerBound >= 0.1
    }
    var shown: [String] = []
    var end = -Double.infinity
    var result: [Cue] = []
    for cue in cues {
      // What is repeated after a gap is said again.
      let isRolling = cue.time.lowerBound - end < 0.5
      var fresh = cue.lines
      if isRolling {
        let repeated = (0...min(shown.count, fresh.count)).last {
          shown.suffix($0).elementsEqual(fresh.prefix($0))
        }
        let isFlash = cue.time.upperBound - cue.time.lowerBound < 0.1
        if let repeated, rolls || isFlash { fresh.removeFirst(repeated) }
        if rolls, fresh.count == cue.lines.count, let last = shown.last, let first = fresh.first,
          last.count > 3, first.hasPrefix(last + " ")
        {
          // The line above grows word by word.
          fresh[0] = first.dropFirst(last.count).trimmed
        }
      }
      if !cue.lines.isEmpty { shown = cue.lines }
      end = max(end, cue.time.upperBound)
      if !fresh.isEmpty {
        result.append(Cue(time: cue.time, lines: fresh, speaker: cue.speaker))
      }
    }
    return result
  }
}
