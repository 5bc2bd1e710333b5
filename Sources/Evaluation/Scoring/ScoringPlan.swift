/// A document of a pass that scores: tokens, and which of them say how likely others are.
struct ScoringDocument: Sendable {
  /// The tokens that the model reads.
  var tokens: [Int]
  /// Which request wants to know what of the token after which place.
  var targets: [(place: Int, token: Int, request: Int)] = []
  /// Continuations that go on from these tokens, and are read after them one by one: all requests of
  /// one context share its keys and values.
  var branches: [(request: Int, tokens: [Int])] = []

  /// The most tokens that are held at once, those of the longest branch among them.
  var weight: Int { tokens.count + (branches.map(\.tokens.count).max() ?? 0) }

  /// All tokens that are read.
  var work: Int { tokens.count + branches.reduce(0) { $0 + $1.tokens.count } }
}

/// What passes read to answer requests: requests with the same context share it where that pays.
///
/// What is longer than the model reads loses its beginning, as with lm-evaluation-harness.
enum ScoringPlan {
  /// Reading a context again costs less than keeping its keys and values when it is shorter than this.
  private static let shortest = 32

  /// Documents that answer `requests`, longest first, each with at most `limit` tokens.
  static func documents(_ requests: [ScoringRequest], limit: Int) -> [ScoringDocument] {
    var groups: [[Int]: [Int]] = [:]
    var order: [[Int]] = []
    for (index, request) in requests.enumerated() {
      if groups[request.context] == nil { order.append(request.context) }
      groups[request.context, default: []].append(index)
    }
    let documents = order.flatMap { context -> [ScoringDocument] in
      let members = groups[context] ?? []
      let longest = members.map { requests[$0].continuation.count }.max() ?? 0
      let saved = (members.count - 1) * context.count
      guard saved >= shortest || longest == 1, context.count + longest - 1 <= limit else {
        return members.map { whole(requests[$0], $0, limit: limit) }
      }
      return [shared(context, members, requests)]
    }
    return documents.sorted { $0.weight > $1.weight }
  }

  /// A document of one request alone.
  private static func whole(
    _ request: ScoringRequest, _ index: Int, limit: Int
  ) -> ScoringDocument {
    let all = (request.context + request.continuation).suffix(limit + 1)
    var document = ScoringDocument(tokens: Array(all.dropLast()))
    let first = all.count - min(request.continuation.count, all.count - 1)
    for place in first..<all.count {
      document.targets.append((place - 1, all[all.startIndex + place], index))
    }
    return document
  }

  /// A document of a context and the continuations that follow it.
  private static func shared(
    _ context: [Int], _ members: [Int], _ requests: [ScoringRequest]
  ) -> ScoringDocument {
    var document = ScoringDocument(tokens: context)
    for member in members {
      let continuation = requests[member].continuation
      document.targets.append((context.count - 1, continuation[0], member))
      if continuation.count > 1 { document.branches.append((member, continuation)) }
    }
    return document
  }

  /// `documents` in groups of at most `tokens` each, those with branches and those without apart.
  static func batches(_ documents: [ScoringDocument], tokens: Int) -> [[ScoringDocument]] {
    [documents.filter(\.branches.isEmpty), documents.filter { !$0.branches.isEmpty }].flatMap {
      var batches: [[ScoringDocument]] = []
      var weight = 0
      for document in $0 {
        if batches.isEmpty || weight + document.weight > tokens {
          batches.append([])
          weight = 0
        }
        batches[batches.count - 1].append(document)
        weight += document.weight
      }
      return batches
    }
  }
}
