internal import AnnealFiles

/// A sentence with values in it, and the values by name.
struct DemoFact {
  struct Slot {
    let name: String
    let written: String
  }

  let text: String
  let slots: [Slot]
  /// What kind of request it is, in words; nil for a plain fact.
  let kind: String?
  /// A word that tells this fact from others.
  let about: String

  static func draw(using source: inout SplitMix64) -> DemoFact {
    switch source.below(6) {
    case 0: note(using: &source)
    case 1: sentence(using: &source)
    default: request(using: &source)
    }
  }

  // A request as the training rows have it, told again in words and lines rather than as an action.
  private static func request(using source: inout SplitMix64) -> DemoFact {
    let action = DemoAction.all[source.below(DemoAction.all.count)]
    var maker = DemoRowMaker(heldOut: false, madeUp: 0.5, noise: source.chance(0.4) ? 0.2 : 0)
    let row = maker.row(of: action, using: &source)
    let slots = action.slots.map { slot in
      Slot(
        name: slot.rawValue,
        written: row.action[slot.rawValue]?.string
          ?? row.action[slot.rawValue]?.integer.map { "\($0)" } ?? "")
    }
    // Sometimes something else is said before or after, which is not asked for.
    let aside = source.chance(0.25) ? sentence(using: &source).text : ""
    let before = source.chance(0.5)
    let text =
      aside.isEmpty
      ? row.request : before ? "\(aside) \(row.request)" : "\(row.request) \(aside)"
    return DemoFact(
      text: text, slots: slots,
      kind: action.name.split(separator: "_").joined(separator: " "),
      about: action.name.split(separator: "_").last.map { "\($0)" } ?? "")
  }

  // A sentence of the same world that asks for nothing.
  private static func sentence(using source: inout SplitMix64) -> DemoFact {
    let plain = source.pick(patterns)
    let pattern = source.chance(0.5) ? DemoNoise.disturb(plain, 0.2, using: &source) : plain
    var text = pattern
    var slots: [Slot] = []
    for name in DemoSlot.allCases where pattern.contains("{\(name.rawValue)}") {
      let value = DemoDocument.values.draw(name, using: &source)
      text = text.replacing("{\(name.rawValue)}", with: value.spoken)
      slots.append(
        Slot(
          name: name.rawValue,
          written: value.written.string ?? value.written.integer.map { "\($0)" } ?? ""))
    }
    return DemoFact(
      text: pattern.hasPrefix("{") ? text : text.capitalisedFirst, slots: slots, kind: nil,
      about: source.madeUpWord()
    )
    .named(using: &source)
  }

  // A made-up thing with made-up features, so that names of slots are read and not learnt by heart.
  private static func note(using source: inout SplitMix64) -> DemoFact {
    let about = source.chance(0.5) ? source.madeUpWord() : source.pick(DemoLexicon.train.things)
    let count = 2 + source.below(4)
    let names = source.shuffled(features).prefix(count)
    var slots: [Slot] = []
    var parts: [String] = []
    for name in names {
      let feature =
        source.chance(0.25)
        ? source.madeUpWord()
        : source.chance(0.3)
          ? "\(source.pick(words("first, last, old, new, set, get")))_\(name)" : name
      let kinds: [DemoSlot] = [
        .label, .with, .time, .item, .room, .place, .task, .title, .quantity, .text,
      ]
      let value = DemoDocument.values.draw(kinds[source.below(kinds.count)], using: &source)
      parts.append(
        source.pick(["the {f} is {v}", "its {f} is {v}", "{f}: {v}", "{v} is the {f}", "{f} {v}"])
          .replacing("{f}", with: feature).replacing("{v}", with: value.spoken))
      slots.append(
        Slot(
          name: feature,
          written: value.written.string ?? value.written.integer.map { "\($0)" } ?? ""))
    }
    return DemoFact(
      text: "\(about): "
        + parts.joined(separator: source.pick(["; ", ", ", ". "])),
      slots: slots, kind: nil, about: about)
  }

  private func named(using source: inout SplitMix64) -> DemoFact {
    DemoFact(text: "(\(about)) \(text)", slots: slots, kind: kind, about: about)
  }

  private static let features = words(
    """
    name, owner, colour, size, maker, friend, room, start, end, place, guest, reason, title, note, hour,
    price, number, label, person, task, topic, target, street, song, author, amount, part, goal, code
    """)

  private static let patterns = [
    "{with} was at {place} on {day} until {time}.",
    "{with} bought {quantity} {item} for {list}.",
    "in the {room} there are {quantity} {item}.",
    "on {day} we heard {title}, which {artist} wrote.",
    "{with} has to {task} before {time} on {day}.",
    "the {room} was {degrees} degrees warm when {with} came.",
    "{to} heard from {with} that {text}.",
    "{people} people came to {place} on {day} for {label}.",
    "{label} took {minutes} minutes, said {with}.",
    "it is {time} now, and {text}.",
    "{with} works at {place} and likes {item}.",
    "a friend of {with}'s, {to}, brought {quantity} {item} and left by {time}.",
    "since {day} the {room} smells of {item}.",
    "{title} is what {artist} sings when {with} comes to {place}.",
    "nobody but {with} knew that {text}.",
    "up to {people} guests fit into the {room} of {place}.",
    "why did {with} {task} at {time}?",
    "it took {with} {minutes} minutes to {task}.",
    "the route to {place} is easy {mode}, says {with}.",
    "{label} is on {day}, {label} was late.",
    "between {place} and the {room}, {with} lost {quantity} {item}.",
    "every {day} there is {label}, and {artist} plays from {time}.",
    "please do not wake {with} before {time}; {text}.",
    "{with} dreamt of {item}, {to} of {title}.",
    "thanks to {with} the {room} has {quantity} {item} now.",
    "a thermometer showed {degrees} degrees, the lamps {level} percent.",
    "they went {mode} to {place}, where {artist} played {title}.",
    "after {label} on {day}, {with} will {task}.",
    "the {room} light was at {level} percent at {time}.",
    "{with}, {to} and {people} friends meet in the {room} at {time}.",
  ]
}

/// A way to write values under their names that is not JSON.
struct DemoStyle {
  let separator: String
  let assignment: String
  let quotes: (String, String)
  let keyQuote: String

  static let brackets = [("{", "}"), ("{", "}"), ("(", ")"), ("[", "]"), ("<", ">")]

  static func draw(using source: inout SplitMix64) -> DemoStyle {
    // Quoted names never meet a colon: that would be a member of a JSON object.
    let quotesKeys = source.chance(0.25)
    let assignments = [" = ", " is ", " - ", "=", ": ", ":"]
    return DemoStyle(
      separator: source.pick(["\n", "; ", ", ", " | ", ","]),
      assignment: source.pick(Array(assignments.prefix(quotesKeys ? 4 : 6))),
      quotes: source.chance(0.4)
        ? ("\"", "\"") : source.chance(0.25) ? brackets[source.below(brackets.count)] : ("", ""),
      keyQuote: quotesKeys ? "\"" : "")
  }

  func write(_ pairs: [(String, String)]) -> String {
    pairs.map { "\(keyQuote)\($0)\(keyQuote)\(assignment)\(quotes.0)\($1)\(quotes.1)" }.joined(
      separator: separator)
  }
}
