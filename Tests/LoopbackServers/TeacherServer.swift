internal import AnnealFiles
internal import Synchronization

/// A server of OpenAI's chat API whose model teaches: it writes and grades rows from the text that it
/// is sent, so that what it quotes stands there.
///
/// By `seed` and by what it is asked, some answers are in a fence, have commas too many, are one object
/// instead of a list, are cut off, decline, quote what is not there, or do not come: busy, broken off,
/// a fault of the server. The same question always has the same fate.
public final class TeacherServer: Sendable {
  /// What happens to a question.
  public enum Fate: String, Sendable, CaseIterable {
    case plain, fenced, commas, alone, thoughts
    case malformedOnce, malformed, refusedOnce, refused
    case ungrounded
    case busyOnce, cutOnce, brokenOnce
    /// Whether the first request of it gets no answer.
    var isOfTheWire: Bool { [.busyOnce, .cutOnce, .brokenOnce].contains(self) }
  }

  private struct State {
    var seen: Set<UInt64> = []
    var answered = 0
    var fates: [Fate: Int] = [:]
  }

  private let seed: UInt64
  private let faults: Bool
  private let answersBeforeStalling: Int
  private let state = Mutex(State())

  /// A teacher.
  ///
  /// - Parameters:
  ///   - faults: whether some answers are not what was asked for.
  ///   - stallingAfter: how many answers it gives before the next ones take a minute.
  public init(seed: UInt64 = 1, faults: Bool = true, stallingAfter: Int = .max) {
    (self.seed, self.faults, answersBeforeStalling) = (seed, faults, stallingAfter)
  }

  /// How many questions had each fate so far; a question asked again counts once more.
  public var fates: [Fate: Int] { state.withLock { $0.fates } }

  /// How many requests were answered at once.
  public var answered: Int { state.withLock { $0.answered } }

  /// Answers `request`.
  public func answer(_ request: Received) -> Answered {
    guard request.pathText == "/v1/chat/completions", request.method == "POST" else {
      return .failure(404, "no route \(request.pathText)")
    }
    let question = TeacherQuestionText(request.json)
    let fate = fate(of: question)
    let key = question.hash(seed)
    let isFirst = state.withLock { $0.seen.insert(key).inserted }
    if isFirst { state.withLock { $0.fates[fate, default: 0] += 1 } }
    if fate.isOfTheWire, isFirst { return Self.failure(fate) }
    var answered = Answered(json: completion(question, fate))
    let count = state.withLock { state in
      state.answered += 1
      return state.answered
    }
    if count > answersBeforeStalling { answered.milliseconds = 60_000 }
    return answered
  }

  private func fate(of question: TeacherQuestionText) -> Fate {
    guard faults else { return .plain }
    // What is asked again is of the same fate as what was asked first.
    let all = Fate.allCases
    let draw = Int(question.firstHash(seed) >> 33) % (all.count + 6)
    return draw < all.count ? all[draw] : .plain
  }

  private static func failure(_ fate: Fate) -> Answered {
    switch fate {
    case .busyOnce:
      return .failure(429, "Rate limit reached", code: "rate_limit", [("Retry-After", "0.05")])
    case .cutOnce:
      var answered = Answered(json: ["choices": []])
      (answered.announced, answered.cutAfter) = (500, 4)
      return answered
    default: return .failure(500, "The server had an error")
    }
  }

  private func completion(_ question: TeacherQuestionText, _ fate: Fate) -> JSON {
    let text = TeacherReply(question, fate).text
    return [
      "id": "chatcmpl-1", "object": "chat.completion", "model": "teacher",
      "choices": [
        [
          "index": 0, "finish_reason": "stop",
          "message": ["role": "assistant", "content": .string(text), "refusal": nil],
        ]
      ],
      "usage": [
        "prompt_tokens": .integer(question.characters / 4),
        "completion_tokens": .integer(text.count / 4),
      ],
    ]
  }
}

/// What a teacher is asked, taken apart.
struct TeacherQuestionText {
  let first: String
  private let whole: String
  /// Whether it is asked again, as its first answer could not be used.
  let isRepeat: Bool
  /// What decides between several answers to the same words.
  let seed: Int

  init(_ request: JSON) {
    let messages = request["messages"]?.array ?? []
    let users = messages.filter { $0["role"] == "user" }.compactMap { $0["content"]?.string }
    first = users.first ?? ""
    isRepeat = users.count > 1
    seed = request["seed"]?.integer ?? 0
    whole = messages.map { $0["content"]?.string ?? "" }.joined(separator: "\n") + "\(seed)"
  }

  var characters: Int { whole.count }

  /// A hash of all that was said.
  func hash(_ seed: UInt64) -> UInt64 { Self.hash(whole, seed) }
  /// A hash of the first question.
  func firstHash(_ seed: UInt64) -> UInt64 { Self.hash(first + "\(self.seed)", seed) }

  private static func hash(_ text: String, _ seed: UInt64) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
  }

  /// The texts between `<<<` and `>>>`, in their order.
  var materials: [String] {
    first.split(separator: "<<<\n").dropFirst().map { part in
      String(part[..<(part.firstRange(of: "\n>>>")?.lowerBound ?? part.endIndex)])
    }
  }

  /// The texts that it is to mend, by their names.
  var edited: [(name: String, text: String)] {
    guard let start = first.firstRange(of: "\nEdit ") else { return [] }
    let names = first[start.upperBound...].prefix { $0 != ":" }.split(separator: ", ")
    let texts = materials.suffix(names.count)
    return zip(names, texts).map { (String($0), $1) }
  }

  /// Whether an object of its answer has a member called `name`.
  func asks(for name: String) -> Bool {
    (first.split(separator: "\n").last ?? "").contains("\"\(name)\":")
  }

  /// The number behind "Write ".
  var count: Int {
    let rest = first.firstRange(of: "\nWrite ").map { first[$0.upperBound...] } ?? ""
    return Int(rest.prefix { $0.isNumber }) ?? 1
  }

  /// The names of the criteria, where it asks for grades.
  var criteria: [String] {
    guard let start = first.firstRange(of: "Grade it from 1 to 5") else { return [] }
    return first[start.upperBound...].split(separator: "\n").filter { $0.hasPrefix("- ") }
      .map { String($0.dropFirst(2).prefix { $0 != ":" }) }
  }
}
