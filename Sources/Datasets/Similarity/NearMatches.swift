/// Finds texts that are nearly the same as one that stays: each with that one, and how alike both are.
///
/// Where `NearDuplicates` links texts through others, here a text goes for none that it does not
/// resemble itself. Those that meet in a band of their signatures are compared exactly, and of rows
/// that are answers, the answers as well. Memory is some 300 bytes a text; texts are asked for again to
/// be compared, and not held. The result does not depend on the number of threads.
struct NearMatches: Sendable {
  /// What a row says, as far as it is compared.
  struct Said: Sendable {
    /// All of it.
    var text: String
    /// The part that is an answer; nil when none is.
    var answer: String?
    /// Rows of unlike groups are never the same.
    var group: UInt64 = 0
  }

  /// The text that one is nearly the same as.
  struct Match: Sendable, Hashable {
    /// Its number.
    var row: Int
    /// Jaccard's index of the shingles of both.
    var resemblance: Double
  }

  /// What counts as nearly the same.
  let settings: NearDuplicates.Settings

  /// Texts that one is compared with, at most.
  private static let mostCompared = 64
  /// Texts that are looked up at once, before those of them that stay are added.
  private static let block = 512
  /// Shingles of a text that are held until those of its block are done, at most.
  private static let mostHeld = 1 << 14

  /// For each of `count` rows, the one most like it that stays; nil for those that stay themselves.
  ///
  /// - Parameters:
  ///   - order: a row goes for one that stands before it here; by number when nil.
  ///   - said: what the row of a number says; called by several threads.
  func matches(
    count: Int, order: [Int]? = nil, said: @escaping @Sendable (Int) throws -> Said
  ) throws -> [Match?] {
    let order = order ?? Array(0..<count)
    let tables = SignatureBands(threshold: settings.threshold, count: count, seed: settings.seed)
    var matches = [Match?](repeating: nil, count: count)
    // The rows that stay by what they say: repetitions are not compared.
    var known: [SIMD2<UInt64>: Int] = [:]
    for start in stride(from: 0, to: order.count, by: Self.block) {
      let range = start..<min(start + Self.block, order.count)
      let block = Array(order[range])
      let looks = try WorkProgress.part(range, of: order.count) {
        try lookedUp(block, in: tables, said)
      }
      var new: [Int: Look] = [:]
      for (row, look) in zip(block, looks) where look.isCompared {
        var match = known[look.print].map { Match(row: $0, resemblance: 1) } ?? look.match
        if match?.resemblance != 1 {
          let nearer = try nearest(to: row, look, among: new, in: tables, said)
          if (nearer?.resemblance ?? 0) > (match?.resemblance ?? 0) { match = nearer }
        }
        if let match {
          matches[row] = match
        } else {
          known[look.print] = row
          new[row] = look
          tables.add(row, look.keys)
        }
      }
    }
    return matches
  }

  /// What was found of a row among those of earlier blocks.
  private struct Look: Sendable {
    var isCompared = false
    var keys: [UInt32] = []
    /// A hash of all that is compared.
    var print = SIMD2<UInt64>()
    /// What is compared; nil when that is too much to hold.
    var content: Content?
    var match: Match?
  }

  /// What is compared of a row.
  private struct Content: Sendable {
    var shingles: Shingles
    var answer: Shingles?
    var group: UInt64
  }

  private func lookedUp(
    _ block: [Int], in tables: SignatureBands, _ said: @Sendable (Int) throws -> Said
  ) throws -> [Look] {
    let filler = Look()
    return try ParallelRows.map(block.count, size: 16, threads: settings.threads, filler: filler) {
      guard let content = content(of: try said(block[$0])) else { return filler }
      let keys = tables.keys(of: content.shingles, group: content.group)
      let answer = content.answer?.fingerprint ?? 0
      var look = Look(
        isCompared: true, keys: keys,
        print: SIMD2(content.shingles.fingerprint, WordHash.mixed(content.group) ^ answer))
      for other in tables.candidates(of: keys, most: Self.mostCompared) {
        guard let its = self.content(of: try said(other)) else { continue }
        let found = resemblance(content, its)
        if found > look.match?.resemblance ?? 0 {
          look.match = Match(row: other, resemblance: found)
        }
      }
      if content.shingles.hashes.count <= Self.mostHeld { look.content = content }
      return look
    }
  }

  /// The row most like `row` among those of its own block that stay.
  private func nearest(
    to row: Int, _ look: Look, among new: [Int: Look], in tables: SignatureBands,
    _ said: (Int) throws -> Said
  ) throws -> Match? {
    let others = tables.candidates(of: look.keys, most: Self.mostCompared) { new[$0] != nil }
    guard !others.isEmpty, let own = try look.content ?? content(of: said(row)) else { return nil }
    var match: Match?
    for other in others {
      guard let its = try new[other]?.content ?? content(of: said(other)) else { continue }
      let found = resemblance(own, its)
      if found > match?.resemblance ?? 0 { match = Match(row: other, resemblance: found) }
    }
    return match
  }

  /// What is compared of a row that says `said`; nil for texts of too few words.
  private func content(of said: Said) -> Content? {
    let shingles = Shingles(said.text, width: settings.width)
    guard shingles.words >= max(1, settings.leastWords) else { return nil }
    var content = Content(shingles: shingles, group: said.group)
    if let answer = said.answer {
      let words = TextWords(answer, signs: true)
      let own = Shingles(words, width: settings.width)
      // Short answers are to be the same word for word, longer ones in their numbers and signs.
      let isShort = own.words < settings.leastWords
      let exact = isShort ? words.hashes.reduce(1) { WordHash.mixed($0 ^ $1) } : words.figures
      content.group = WordHash.mixed(said.group ^ WordHash.mixed(exact ^ (isShort ? 1 : 2)))
      content.answer = isShort ? nil : own
    }
    return content
  }

  /// Jaccard's index of both, where they are nearly the same; else 0.
  private func resemblance(_ a: Content, _ b: Content) -> Double {
    guard a.group == b.group else { return 0 }
    let whole = a.shingles.resemblance(to: b.shingles)
    guard whole >= settings.threshold else { return 0 }
    guard let one = a.answer, let other = b.answer else { return whole }
    return one.resemblance(to: other) >= settings.threshold ? whole : 0
  }
}
