public import AnnealFiles

/// Text to pre-train a small model on: conversations, notes, lists and questions about everyday
/// requests, in plain English and in ChatML.
///
/// It holds no JSON and nothing of `DemoTask.heldOut`. What it is dense in is copying: values that
/// were never seen before, many of them made up, are named once and asked for, restated, listed,
/// quoted and normalised. That is what lets a model of a few million weights answer about names it
/// has never met.
public enum DemoText {
  /// Documents from `seed` until their UTF-8 reaches `bytes`, made as they are asked for.
  public static func documents(seed: UInt64 = 1, bytes: Int) -> some Sequence<String> {
    pages(seed: seed ^ 0xD0C5, bytes: bytes).lazy.map(\.text)
  }

  /// Conversations of the same kind as OpenAI `messages`, to learn the answers of, until the UTF-8
  /// of what is said reaches `bytes`.
  public static func conversations(seed: UInt64 = 1, bytes: Int) -> some Sequence<JSON> {
    pages(seed: seed ^ 0xC4A7, bytes: bytes).lazy.filter { !$0.turns.isEmpty }.map(\.messages)
  }

  private static func pages(seed: UInt64, bytes: Int) -> some Sequence<DemoPage> {
    sequence(state: (SplitMix64(seed: SplitMix64.mix(seed)), 0)) { state -> DemoPage? in
      guard state.1 < bytes else { return nil }
      let page = Self.page(using: &state.0)
      state.1 += page.text.utf8.count
      return page
    }
  }

  private static func page(using source: inout SplitMix64) -> DemoPage {
    while true {
      let page = DemoDocument.draw(using: &source)
      if !DemoTask.heldOut.isLeaked(in: page.text) { return page }
    }
  }
}

/// A page of prose, or a conversation.
struct DemoPage {
  /// The page in plain text, a conversation in ChatML.
  private(set) var text = ""
  /// What is asked and answered.
  private(set) var turns: [(question: String, answer: String)] = []

  init(_ text: String = "") { self.text = text }

  mutating func turn(_ question: String, _ answer: String) {
    turns.append((question, answer))
    text += "<|im_start|>user\n\(question)<|im_end|>\n<|im_start|>assistant\n\(answer)<|im_end|>\n"
  }

  var messages: JSON {
    [
      "messages": .array(
        turns.flatMap { question, answer -> [JSON] in
          [
            ["role": "user", "content": .string(question)],
            ["role": "assistant", "content": .string(answer)],
          ]
        })
    ]
  }
}

/// The kinds of documents.
enum DemoDocument {
  static let values = DemoValues(heldOut: false, madeUp: 0.5)

  static func draw(using source: inout SplitMix64) -> DemoPage {
    switch source.below(100) {
    case 0..<60: restatement(using: &source)
    case 60..<66: questions(using: &source)
    case 66..<78: clocks(using: &source)
    case 78..<92: echo(using: &source)
    case 92..<95: list(using: &source)
    default: diary(using: &source)
    }
  }

  // A request or a fact, and its slots told again under their names, in the order of asking; then
  // again in other ways, since every telling is one more thing to copy.
  static func restatement(using source: inout SplitMix64) -> DemoPage {
    var chat = DemoPage()
    for _ in 0...source.below(2) {
      let fact = DemoFact.draw(using: &source)
      for turn in 0...source.below(4) {
        // A request alone is told in full, kind first: the whole sentence has to be read for it.
        let isAlone = turn == 0 && fact.kind != nil && source.chance(0.6)
        let asked =
          isAlone ? fact.slots[...] : source.shuffled(fact.slots).prefix(2 + source.below(4))
        var pairs = asked.map { ($0.name, $0.written) }
        if let kind = fact.kind, isAlone || source.chance(0.5) {
          pairs.insert(("kind", kind), at: 0)
        }
        let order = source.pick(orders) + ": " + pairs.map(\.0).joined(separator: ", ")
        let question =
          switch isAlone ? 3 : source.below(4) {
          case 0: "\(order)\n\(fact.text)"
          case 1: "\(fact.text)\n\(order)"
          case 2: "\(order). \(fact.text)"
          default: "\(fact.text)"
          }
        let style = DemoStyle.draw(using: &source)
        chat.turn(turn == 0 ? question : order, style.write(pairs))
      }
    }
    return chat
  }

  private static let orders = words(
    "Fill in, Note, Restate, Write down, Give, Extract, List, Tell me, Now")

  // Two or three facts and questions about them, one at a time.
  static func questions(using source: inout SplitMix64) -> DemoPage {
    let facts = (0...source.below(3)).map { _ in DemoFact.draw(using: &source) }
    var chat = DemoPage()
    var asked = facts.flatMap { fact in fact.slots.map { (fact, $0) } }
    asked = source.shuffled(asked)
    for (place, (fact, slot)) in asked.prefix(2 + source.below(4)).enumerated() {
      let only = facts.count == 1 ? "" : " in the \(fact.about)"
      let question = "What is the \(slot.name)\(only)?"
      let told = facts.map(\.text).joined(separator: "\n")
      let answer =
        switch source.below(3) {
        case 0: slot.written
        case 1: "\"\(slot.written)\""
        default: "The \(slot.name) is \(slot.written)."
        }
      chat.turn(place == 0 ? told + "\n" + question : question, answer)
    }
    return chat
  }

  // Times of day, said in many ways and written in one.
  static func clocks(using source: inout SplitMix64) -> DemoPage {
    var chat = DemoPage()
    for _ in 0...(1 + source.below(4)) {
      let clocks = (0...source.below(2)).map { _ in
        DemoClock.draw(heldOut: false, using: &source)
      }
      let said = clocks.map { $0.spoken(using: &source) }
      let written = clocks.map(\.text)
      switch source.below(4) {
      case 0:
        chat.turn(
          "Write as a time: " + said.joined(separator: "; "), written.joined(separator: "; "))
      case 1:
        let pairs = zip(said, written).map { "\($0) is \($1)" }
        chat.turn(
          "What time is it at \(said.joined(separator: " and "))?", pairs.joined(separator: ", "))
      case 2:
        chat.turn("When? At \(said[0]).", "time: \(written[0])")
      default:
        chat.turn("The clock shows \(said[0]).", "It is \"\(written[0])\".")
      }
    }
    return chat
  }

  // Words that mean nothing, said again: the plainest copying there is.
  static func echo(using source: inout SplitMix64) -> DemoPage {
    var chat = DemoPage()
    for _ in 0...source.below(4) {
      let parts = (0...(1 + source.below(5))).map { _ -> String in
        switch source.below(6) {
        case 0: "\(values.draw(.quantity, using: &source).spoken)"
        case 1: source.madeUpWord(capitalised: true)
        case 2: values.thing(using: &source)
        case 3: values.person(using: &source)
        default: source.madeUpWord()
        }
      }
      switch source.below(9) {
      case 0...2:
        let said = parts.joined(separator: source.pick([" ", " ", ", ", "\n"]))
        let times = source.below(3)
        chat.turn(
          "\(["Say", "Say twice", "Say three times"][times]): \(said)",
          Array(repeating: said, count: times + 1).joined(separator: "\n"))
      case 3:
        chat.turn(
          "One per line: " + parts.joined(separator: ", "), parts.joined(separator: "\n"))
      case 4:
        // Signs that the words of a request do not have must have been seen too, if a small
        // adapter is to tell them apart later.
        let (open, close) = DemoStyle.brackets[source.below(DemoStyle.brackets.count)]
        let each = source.chance(0.5)
        let inside = each ? parts.map { open + $0 + close } : parts
        let list = inside.joined(separator: ", ")
        chat.turn(
          "\(each ? "Each" : "All") in \(open)\(close): \(parts.joined(separator: ", "))",
          each ? list : open + list + close)
      case 5:
        let separator = source.pick(["_", "_", "-", "/", "+"])
        let said = parts.map { $0.replacing(" ", with: separator) }
        chat.turn(
          "Join with \(separator) : " + parts.joined(separator: " "),
          said.joined(separator: separator))
      case 6:
        chat.turn(
          "In quotes: " + parts.joined(separator: ", "),
          parts.map { "\"\($0)\"" }.joined(separator: ", "))
      case 7:
        let place = source.below(parts.count)
        let names = words("first, second, third, fourth, fifth, sixth, seventh")
        chat.turn(
          "The \(names[place]) of: " + parts.joined(separator: ", "), parts[place])
      default:
        let place = source.below(parts.count - 1)
        chat.turn(
          "In \(parts.joined(separator: ", ")), what follows \(parts[place])?", parts[place + 1])
      }
    }
    return chat
  }

  // A list of things to get, as a note and as a conversation.
  static func list(using source: inout SplitMix64) -> DemoPage {
    let entries = (0...(1 + source.below(5))).map { _ in
      (values.item(using: &source), values.draw(.quantity, using: &source).spoken)
    }
    let name = values.occasion(using: &source)
    let spoken = entries.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    let lines = entries.map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    if source.chance(0.3) {
      return DemoPage("List for \(name)\n\(lines)\nIn short: \(spoken).\n")
    }
    var chat = DemoPage()
    chat.turn("For \(name) we need \(spoken).", "list: \(name)\n\(lines)")
    let some = entries[source.below(entries.count)]
    chat.turn("How many \(some.0)?", some.1)
    let other = entries[source.below(entries.count)]
    if entries.filter({ $0.1 == other.1 }).count == 1 {
      chat.turn("Of what do we need \(other.1)?", other.0)
    }
    return chat
  }

  // A page about a day, in which people and things come back.
  static func diary(using source: inout SplitMix64) -> DemoPage {
    let people = [values.person(using: &source), values.person(using: &source)]
    let thing = values.thing(using: &source)
    let place = values.place(using: &source)
    let day = source.pick(DemoSlot.days)
    var lines = ["\(day) with \(people[0]) and \(people[1])."]
    for _ in 0...(2 + source.below(4)) {
      let who = people[source.below(2)]
      let line =
        switch source.below(7) {
        case 0: "\(who) went to \(place) with the \(thing)."
        case 1: "\(who) said that the \(thing) is \(values.state(using: &source))."
        case 2: "At \(place), \(who) asked for \(values.item(using: &source))."
        case 3: "Then \(people[0]) gave the \(thing) to \(people[1])."
        case 4: "\"Where is the \(thing)?\" asked \(who). \"It is at \(place).\""
        case 5: "\(who) wanted to \(values.task(using: &source)), but \(who) was late."
        default: "On \(day), \(who) came back from \(place)."
        }
      lines.append(line)
    }
    lines.append("So it was for \(people[1]), \(people[0]) and the \(thing).")
    return DemoPage(lines.joined(separator: " ") + "\n")
  }
}
