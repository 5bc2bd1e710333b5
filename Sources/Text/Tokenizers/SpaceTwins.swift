/// A vocabulary in which every piece that may begin a word comes in two: with a space before it and
/// without.
///
/// Byte-level BPE as it is usually learned cuts `music` and ` music` into unlike pieces, so that a word
/// told again behind a quotation mark must be spelt anew. Here each merge of two pieces is preceded by
/// the same merge behind a space: both forms of a word are cut at the same letters, and copying one
/// from the other changes the first piece alone.
struct SpaceTwins {
  private(set) var tokens: [[UInt8]]
  private(set) var merges: [MergeLearner.Pair] = []
  private var ids: [[UInt8]: Int32] = [:]

  /// The twins of what `learner` has learned, as many as `size` tokens have room for.
  ///
  /// - Parameter base: how many of the learner's tokens are not merged from others.
  init(of learner: MergeLearner, base: Int, size: Int) {
    tokens = Array(learner.tokens.prefix(base))
    for (id, token) in tokens.enumerated().suffix(256) { ids[token] = Int32(id) }
    for letter in tokens.suffix(256).filter({ $0.first.map(Self.isLetter) ?? false }) {
      guard tokens.count < size else { return }
      merge([Self.space], letter)
    }
    for pair in learner.merges {
      let left = learner.tokens[Int(pair.left)]
      let right = learner.tokens[Int(pair.right)]
      let begins = Self.isLetter(left[0])
      let new = [left + right] + (begins ? [[Self.space] + left + right] : [])
      guard tokens.count + new.count(where: { ids[$0] == nil }) <= size else { return }
      // The twin goes first: a word of one letter repeated is then cut alike in both forms.
      if begins { merge([Self.space] + left, right) }
      merge(left, right)
    }
  }

  /// The word without its space, where it has a twin.
  static func stem(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard word.first == space, let next = word.dropFirst().first, isLetter(next) else {
      return word
    }
    return word.dropFirst()
  }

  private mutating func merge(_ left: [UInt8], _ right: [UInt8]) {
    guard let first = ids[left], let second = ids[right] else { return }
    merges.append(MergeLearner.Pair(left: first, right: second))
    guard ids[left + right] == nil else { return }
    ids[left + right] = Int32(tokens.count)
    tokens.append(left + right)
  }

  private static let space = UInt8(ascii: " ")

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
