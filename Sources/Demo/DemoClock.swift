internal import AnnealFiles

/// A time of day and the ways people say it.
struct DemoClock: Hashable {
  /// 0 to 23.
  let hour: Int
  /// 0 to 59.
  let minute: Int

  /// The hour on a clock face, 1 to 12.
  var faceHour: Int { (hour + 11) % 12 + 1 }

  /// The time as the action writes it, `HH:MM`.
  var text: String { "\(Self.two(hour)):\(Self.two(minute))" }

  /// Whether only test rows may name this time.
  ///
  /// The rule looks at the clock face, so that a time and the same time twelve hours later fall on
  /// one side, and spares the quarters, which old books name.
  var isHeldOut: Bool { minute % 15 != 0 && (faceHour * 31 + minute * 7) % 5 == 0 }

  /// A time of the wanted side.
  static func draw(heldOut: Bool, using source: inout SplitMix64) -> DemoClock {
    while true {
      let hour = source.chance(0.9) ? 6 + source.below(17) : source.below(24)
      let minute = source.chance(0.6) ? source.below(12) * 5 : source.below(60)
      let clock = DemoClock(hour: hour, minute: minute)
      if clock.isHeldOut == heldOut { return clock }
    }
  }

  /// One way to say the time.
  func spoken(using source: inout SplitMix64) -> String {
    let forms = forms
    // The first four are figures; the rest, where the minute has a name, are words.
    if forms.count > 4, source.chance(0.25) { return forms[4 + source.below(forms.count - 4)] }
    return forms[source.below(4)]
  }

  /// Every way to say the time: with figures first, then, for the minutes that have one, by name.
  var forms: [String] {
    let half = hour < 12 ? "am" : "pm"
    let face = minute == 0 ? "\(faceHour)" : "\(faceHour):\(Self.two(minute))"
    var all = [text, "\(face) \(half)", "\(face)\(half)", "\(face) \(period)"]
    let next = Self.words[faceHour % 12]
    let this = Self.words[faceHour - 1]
    if minute == 0 { all.append("\(this) o'clock \(period)") }
    if let name = Self.minuteNames[minute] { all.append("\(name) past \(this) \(period)") }
    if let name = Self.minuteNames[60 - minute], minute > 30 {
      all.append("\(name) to \(next) \(period)")
    }
    return all
  }

  private var period: String {
    switch hour {
    case 0..<12: "in the morning"
    case 12..<18: "in the afternoon"
    case 18..<22: "in the evening"
    default: "at night"
    }
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static let words = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
  ]
  private static let minuteNames = [
    5: "five", 10: "ten", 15: "quarter", 20: "twenty", 25: "twenty-five", 30: "half",
  ]
}
