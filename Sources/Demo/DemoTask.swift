internal import AnnealFiles
internal import OrderedCollections

/// The demo task: plain-English requests to strict JSON actions, made by rule and seed.
///
/// Eleven actions with open slots. The labels of `day` and `mode` are part of the schema and shared;
/// every other slot value of the test rows, and every phrasing, is theirs alone. Values are copied
/// as they are written, save for times, which become `HH:MM`, and numbers, which become integers.
public enum DemoTask {
  /// The names of the actions.
  public static var actions: [String] { DemoAction.all.map(\.name) }

  /// What the test rows show and no other text may.
  public static var heldOut: DemoHeldOut { .shared }

  /// `count` different rows of `split`, the same for the same seed on every platform.
  ///
  /// Training and validation rows never share a request, whatever the counts: a hash of the request
  /// decides which of the two it belongs to.
  public static func rows(_ split: DemoSplit, count: Int, seed: UInt64 = 1) -> [DemoRow] {
    var source = SplitMix64(seed: SplitMix64.mix(seed) ^ (split == .test ? 0x7E57 : 0x7281))
    var maker = DemoRowMaker(heldOut: split == .test)
    var rows: [DemoRow] = []
    var seen: Set<String> = []
    while rows.count < count {
      // The actions take turns, so that each has its share.
      let row = maker.row(of: DemoAction.all[rows.count % DemoAction.all.count], using: &source)
      let belongs =
        split == .test
        || (row.request.utf8.reduce(5381) { ($0 &* 33) ^ UInt64($1) } % 8 == 0)
          == (split == .validation)
      if belongs, split == .test || !heldOut.isLeaked(in: row.request),
        seen.insert(row.request).inserted
      {
        rows.append(row)
      }
    }
    return source.shuffled(rows)
  }
}

/// Makes rows of one side of the task.
struct DemoRowMaker {
  let heldOut: Bool
  let values: DemoValues
  private let phrasings: [String: [String]]

  /// How often a word of a phrasing gives way to another, or gets one for company.
  let noise: Double

  init(heldOut: Bool, madeUp: Double = 0.25, noise: Double = 0) {
    self.heldOut = heldOut
    self.noise = noise
    values = DemoValues(heldOut: heldOut, madeUp: madeUp)
    phrasings = Dictionary(
      DemoAction.all.map { ($0.name, heldOut ? $0.test : $0.train) }, uniquingKeysWith: { $1 })
  }

  /// A row of `action`.
  mutating func row(of action: DemoAction, using source: inout SplitMix64) -> DemoRow {
    let phrasing = phrasing(of: action, using: &source)
    var request = noise > 0 ? DemoNoise.disturb(phrasing, noise, using: &source) : phrasing
    var reply: OrderedDictionary<String, JSON> = ["action": .string(action.name)]
    for slot in action.slots {
      let value = values.draw(slot, using: &source)
      request = request.replacing("{\(slot.rawValue)}", with: value.spoken)
      reply[slot.rawValue] = value.written
    }
    request = decorate(request, startsWithValue: phrasing.hasPrefix("{"), using: &source)
    return DemoRow(request: request, action: .object(reply), phrasing: phrasing)
  }

  // The test's phrasings are all written out; more than half of the others are put together.
  private func phrasing(of action: DemoAction, using source: inout SplitMix64) -> String {
    if !heldOut, let grammar = DemoGrammar.of(action.name), source.chance(0.7) {
      return grammar.phrasing(action.slots, using: &source)
    }
    return Self.expand(source.pick(phrasings[action.name] ?? []), using: &source)
  }

  /// Politeness before and after, and sometimes a capital, but never on a value: the action writes
  /// values with the letters that the request has.
  private func decorate(
    _ request: String, startsWithValue: Bool, using source: inout SplitMix64
  ) -> String {
    var text = request
    var mayCapitalise = !startsWithValue
    if source.chance(0.4) {
      text = source.pick(heldOut ? DemoManners.testBefore : DemoManners.before) + text
      mayCapitalise = true
    }
    if mayCapitalise, source.chance(0.5) { text = text.capitalisedFirst }
    if source.chance(0.3) {
      text += source.pick(heldOut ? DemoManners.testAfter : DemoManners.after)
    } else if source.chance(0.5) {
      text += "."
    }
    return text
  }

  /// `phrasing` with one branch of every `[a|b]` taken.
  static func expand(_ phrasing: String, using source: inout SplitMix64) -> String {
    var result = ""
    var rest = Substring(phrasing)
    while let open = rest.firstIndex(of: "["), let close = rest.firstIndex(of: "]") {
      let choices = rest[rest.index(after: open)..<close]
        .split(separator: "|", omittingEmptySubsequences: false)
      result += rest[..<open] + choices[source.below(choices.count)]
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

/// What stands before and after a request.
enum DemoManners {
  static let before = [
    "please ", "please, ", "hey, ", "hi, ", "hello, ", "okay, ", "now ", "so, ", "one thing: ",
    "right, ", "well, ", "again: ", "next, ", "could you help me: ", "quick: ", "a favour: ",
    "one more thing, ", "and another one: ", "oh, ", "oh yes, ", "by the way, ", "when you can, ",
    "if you have time, ", "listen, ", "before I forget, ", "be so kind: ", "here is a task: ",
    "do this for me: ", "as soon as you can, ", "just this: ", "also, ", "and ", "then ",
    "good morning, ", "good evening; ", "sorry to ask, ", "I have a wish: ", "let me think, ",
    "you know what, ", "help me out here: ", "whenever it suits you, ", "for today: ", "hm, ",
  ]
  static let after = [
    ", please", ", please.", ", thanks", ", thanks.", ", thank you", ", thank you.", "!", ", okay?",
    ", now.", ", will you?", ", that is all.", ", if you can.", ", if that is fine with you.",
    ", if you please", ", very kind of you.", ", thanks a lot!", ", you are great!", ", bye!",
    ", as always.", ", right?", ", I would be glad.", ", that would be good.", ", many thanks.",
    ", when you can.", ", as we said.", ", if it is not too much.", ", I owe you one.",
  ]
  static let testBefore = [
    "whenever you get a chance, ", "do me a kindness here: ", "oh and another thing, ",
  ]
  static let testAfter = [", much appreciated.", ", if that's okay with you.", ", cheers!"]
}

/// Other words in a sentence, so that a model does not learn sentences by heart but looks for what
/// tells: the words that are left, and the values.
enum DemoNoise {
  static func disturb(
    _ phrasing: String, _ noise: Double, using source: inout SplitMix64
  ) -> String {
    let words = phrasing.split(separator: " ").map { String($0) }
    var result: [String] = []
    for (place, word) in words.enumerated() {
      // Words beside a slot stay: without them nobody knows where its value begins and ends.
      let beside =
        word.contains("{") || words[max(0, place - 1)].contains("}")
        || words[min(words.count - 1, place + 1)].contains("{")
      if beside || !source.chance(noise) {
        result.append(word)
      } else if source.chance(0.5) {
        result.append(stranger(using: &source))
      } else {
        result += [word, stranger(using: &source)]
      }
    }
    return result.joined(separator: " ")
  }

  private static func stranger(using source: inout SplitMix64) -> String {
    let lexicon = DemoLexicon.train
    return switch source.below(4) {
    case 0: source.pick(lexicon.things)
    case 1: source.pick(lexicon.qualities)
    case 2: source.pick(lexicon.chores)
    default: source.madeUpWord()
    }
  }
}
