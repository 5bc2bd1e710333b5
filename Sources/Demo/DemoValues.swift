internal import AnnealFiles

/// What fills one slot: how the request says it and how the action writes it.
struct DemoValue {
  let spoken: String
  let written: JSON

  init(_ text: String) {
    spoken = text
    written = .string(text)
  }

  init(spoken: String, written: JSON) {
    self.spoken = spoken
    self.written = written
  }
}

/// The slots of the task.
///
/// All take open values but `day` and `mode`, whose labels are part of the schema and therefore the
/// same in every split.
enum DemoSlot: String, CaseIterable {
  case time, label, with, day, minutes, to, text, item, quantity, list, room, degrees, level
  case title, artist, place, mode, task, people

  static let days = words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
  static let modes = [
    ("walk", "on foot"), ("walk", "walking"), ("drive", "by car"), ("drive", "driving"),
    ("bike", "by bike"), ("bike", "cycling"), ("bus", "by bus"), ("bus", "on the bus"),
  ]
}

/// Draws slot values for one side of the task: for learning, or for the test.
struct DemoValues {
  let heldOut: Bool
  /// How often a made-up word stands in place of one of the lists.
  let madeUp: Double
  private let lexicon: DemoLexicon

  init(heldOut: Bool, madeUp: Double) {
    self.heldOut = heldOut
    self.madeUp = heldOut ? 0 : madeUp
    lexicon = heldOut ? .test : .train
  }

  /// A value for `slot`.
  func draw(_ slot: DemoSlot, using source: inout SplitMix64) -> DemoValue {
    switch slot {
    case .time:
      let clock = DemoClock.draw(heldOut: heldOut, using: &source)
      return DemoValue(spoken: clock.spoken(using: &source), written: .string(clock.text))
    case .mode:
      let mode = DemoSlot.modes[source.below(DemoSlot.modes.count)]
      return DemoValue(spoken: mode.1, written: .string(mode.0))
    case .minutes, .quantity, .degrees, .level, .people:
      let most = slot == .degrees || slot == .people ? 30 : 100
      let numbers = lexicon.numbers.filter { $0 <= most }
      let number = numbers[source.below(numbers.count)]
      return DemoValue(spoken: "\(number)", written: .integer(number))
    default: return DemoValue(phrase(slot, using: &source))
    }
  }

  private func phrase(_ slot: DemoSlot, using source: inout SplitMix64) -> String {
    switch slot {
    case .label: occasion(using: &source)
    case .list: listName(using: &source)
    case .with, .to: person(using: &source)
    case .day: source.pick(DemoSlot.days)
    case .text: message(using: &source)
    case .item: item(using: &source)
    case .room: room(using: &source)
    case .title: title(using: &source)
    case .artist: artist(using: &source)
    case .place: place(using: &source)
    default: task(using: &source)
    }
  }

  /// One of the list or a made-up word.
  private func word(
    _ list: [String], capitalised: Bool = false, using source: inout SplitMix64
  ) -> String {
    if source.chance(madeUp) {
      let word = source.madeUpWord(capitalised: capitalised)
      if !DemoHeldOut.shared.contains(word) { return word }
    }
    return source.pick(list)
  }

  func person(using source: inout SplitMix64) -> String {
    let name = word(lexicon.names, capitalised: true, using: &source)
    if name.contains(" ") { return name }
    return switch source.below(6) {
    case 0: "\(title(ofPerson: &source)) \(surname(using: &source))"
    case 1: "\(name) \(surname(using: &source))"
    default: name
    }
  }

  // Half of the titles are made up: what comes before a name is part of it, whatever it is.
  private func title(ofPerson source: inout SplitMix64) -> String {
    if heldOut { return source.pick(lexicon.titles) }
    return source.chance(madeUp)
      ? source.madeUpWord(capitalised: true) : source.pick(lexicon.titles)
  }

  private func surname(using source: inout SplitMix64) -> String {
    word(lexicon.surnames, capitalised: true, using: &source)
  }

  func thing(using source: inout SplitMix64) -> String {
    let thing = word(lexicon.things, using: &source)
    return source.chance(0.3) ? "\(word(lexicon.qualities, using: &source)) \(thing)" : thing
  }

  func occasion(using source: inout SplitMix64) -> String {
    if heldOut { return source.pick(lexicon.occasions) }
    return switch source.below(7) {
    case 5: words(upTo: 3, using: &source)
    case 6: "\(source.pick(lexicon.chores)) \(words(upTo: 2, using: &source))"
    case 0: "\(word(lexicon.qualities, using: &source)) \(word(lexicon.things, using: &source))"
    case 1 where source.chance(madeUp * 2):
      source.madeUpWord() + " "
        + source.pick(AnnealDemo.words("class, practice, club, time, lesson"))
    case 2: "the \(word(lexicon.things, using: &source))"
    default: word(lexicon.occasions, using: &source)
    }
  }

  // "the vet list", never "the the vet list".
  private func listName(using source: inout SplitMix64) -> String {
    let occasion = occasion(using: &source)
    return occasion.hasPrefix("the ") ? String(occasion.dropFirst(4)) : occasion
  }

  func item(using source: inout SplitMix64) -> String {
    if heldOut { return source.pick(lexicon.foods) }
    if source.chance(0.3) { return words(upTo: 3, using: &source) }
    let food = word(lexicon.foods, using: &source)
    return source.chance(0.35) ? "\(word(lexicon.qualities, using: &source)) \(food)" : food
  }

  func room(using source: inout SplitMix64) -> String {
    if heldOut { return source.pick(lexicon.rooms) }
    return switch source.below(5) {
    case 4: words(upTo: 2, using: &source)
    case 3 where source.chance(0.3):
      "\(word(lexicon.chores, using: &source))-\(word(lexicon.qualities, using: &source)) "
        + word(lexicon.rooms, using: &source)
    case 0 where source.chance(madeUp * 2):
      source.madeUpWord() + " " + source.pick(AnnealDemo.words("room, corner, studio, hall"))
    case 1: "\(source.pick(lexicon.qualities)) \(word(lexicon.rooms, using: &source))"
    default: word(lexicon.rooms, using: &source)
    }
  }

  func place(using source: inout SplitMix64) -> String {
    switch source.below(3) {
    case 0: source.pick(lexicon.places)
    case 1 where !heldOut:
      source.chance(0.5)
        ? "the \(words(upTo: 2, using: &source))"
        : "the \(thing(using: &source)) \(source.pick(AnnealDemo.words("shop, museum, club")))"
    case 2 where !heldOut && source.chance(0.4):
      "\(surname(using: &source)) \(word(lexicon.things, using: &source).capitalisedFirst)"
    default: "\(surname(using: &source)) \(source.pick(lexicon.placeKinds))"
    }
  }

  func task(using source: inout SplitMix64) -> String {
    let made = !heldOut && source.chance(madeUp)
    let chore = made ? source.madeUpWord() : source.pick(lexicon.chores)
    return "\(chore) the \(thing(using: &source))"
  }

  func message(using source: inout SplitMix64) -> String {
    if heldOut || source.chance(0.6) {
      return "the \(thing(using: &source)) is \(state(using: &source))"
    }
    return switch source.below(4) {
    case 0: "\(person(using: &source)) \(source.pick(Self.verbs)) the \(thing(using: &source))"
    case 1: "I \(source.pick(Self.verbs)) \(words(upTo: 2, using: &source))"
    case 2: "\(words(upTo: 3, using: &source)) is \(state(using: &source))"
    default:
      "we \(source.pick(Self.verbs)) the \(thing(using: &source)) at \(place(using: &source))"
    }
  }

  func state(using source: inout SplitMix64) -> String {
    if heldOut || source.chance(0.35) { return source.pick(lexicon.states) }
    return switch source.below(4) {
    case 0: "\(source.pick(Self.prepositions)) the \(thing(using: &source))"
    case 1: "\(source.pick(Self.prepositions)) \(words(upTo: 2, using: &source))"
    case 2:
      "\(source.pick(Self.happenings)) \(source.pick(AnnealDemo.words("again, now, today, still")))"
    default: words(upTo: 3, using: &source)
    }
  }

  // One to `most` words of any kind, so that no value can be told from the words that it is made of.
  private func words(upTo most: Int, using source: inout SplitMix64) -> String {
    (0...source.below(most)).map { _ in
      let lists = [lexicon.things, lexicon.qualities, lexicon.foods, lexicon.chores]
      return word(lists[source.below(lists.count)], using: &source)
    }
    .joined(separator: " ")
  }

  private static let verbs = AnnealDemo.words(
    """
    saw, likes, needs, took, wants, has, lost, found, broke, made, sold, keeps, brings, hates, knows,
    ate, paid for, asked for, forgot, painted
    """)
  private static let happenings = AnnealDemo.words(
    "moving, ringing, falling, working, growing, burning, drying, waiting, singing, melting")
  private static let prepositions = AnnealDemo.words(
    "on, in, at, by, under, over, near, without, with, from, behind, out of, for, above, past")

  func title(using source: inout SplitMix64) -> String {
    if heldOut || source.chance(0.4) { return source.pick(lexicon.songs) }
    if source.chance(0.3) {
      let link = source.pick(AnnealDemo.words("and, of, from, for, in, to, with the"))
      return [words(upTo: 1, using: &source), words(upTo: 1, using: &source)]
        .map(\.capitalisedFirst).joined(separator: " \(link) ")
    }
    let first = word(lexicon.qualities, using: &source).capitalisedFirst
    return "\(first) \(word(lexicon.things, using: &source).capitalisedFirst)"
  }

  func artist(using source: inout SplitMix64) -> String {
    if heldOut || source.chance(0.2) { return source.pick(lexicon.bands) }
    return switch source.below(4) {
    case 0: "The \(word(lexicon.things, using: &source).capitalisedFirst)s"
    case 2:
      source.pick(["The ", "The ", ""])
        + "\(word(lexicon.qualities, using: &source).capitalisedFirst) "
        + word(lexicon.things, using: &source).capitalisedFirst + source.pick(["s", ""])
    case 1 where source.chance(madeUp * 2):
      "\(source.madeUpWord(capitalised: true)) \(source.madeUpWord(capitalised: true))"
    default: person(using: &source).capitalisedFirst
    }
  }
}
