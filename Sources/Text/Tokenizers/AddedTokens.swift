internal import AnnealFiles

/// A token that is cut out of a text before the model sees it.
struct AddedToken: Sendable {
  var id: Int
  var content: String
  /// Whether it only counts between characters that are not part of a word.
  var isSingleWord = false
  /// Whether it swallows white space before it.
  var stripsLeft = false
  /// Whether it swallows white space behind it.
  var stripsRight = false
  /// Whether it is looked for in the normalized text instead of the text as written.
  var isNormalized = false
  var isSpecial = false

  init(_ json: JSON, id: Int? = nil, file: String, field: String = "added_tokens") throws {
    let found = id.map { JSON.integer($0) } ?? json["id"]
    guard let id = found?.integer, id >= 0, id < Int(Int32.max) else {
      let what = found.map { $0.number == nil ? $0.kind : $0.text() } ?? "missing"
      throw TokenizerSource.fault(
        "the 'id' of an added token is \(what); expected a whole number from 0 to \(Int32.max - 1)",
        field, file)
    }
    guard let content = json["content"]?.string else {
      throw TokenizerSource.fault(
        "the 'content' of an added token is \(json["content"]?.kind ?? "missing"); expected a "
          + "string", field, file)
    }
    self.id = id
    self.content = content
    isSingleWord = json["single_word"]?.bool ?? false
    stripsLeft = json["lstrip"]?.bool ?? false
    stripsRight = json["rstrip"]?.bool ?? false
    isSpecial = json["special"]?.bool ?? false
    isNormalized = json["normalized"]?.bool ?? !isSpecial
  }
}

/// Finds added tokens in a text, the leftmost first and of those the longest.
struct AddedTokenFinder: Sendable {
  /// A part of a text: an added token's place, or what lies between two.
  struct Part {
    var range: Range<Int>
    var id: Int?
  }

  private var tokens: [AddedToken] = []
  /// The places of the tokens by what spells them.
  private var trie = TokenTrie()
  /// Whether a token begins with the byte.
  private var begins = [Bool](repeating: false, count: 256)

  /// A finder of `tokens`, each spelled as `spelling` says.
  init(_ tokens: [AddedToken], spelling: (AddedToken) -> [UInt8]) {
    for token in tokens {
      let bytes = spelling(token)
      guard let first = bytes.first else { continue }
      begins[Int(first)] = true
      trie.insert(bytes, Int32(truncatingIfNeeded: self.tokens.count))
      self.tokens.append(token)
    }
  }

  var isEmpty: Bool { tokens.isEmpty }

  /// The parts of `text`, in order, that cover it without empty ones.
  func parts(of text: UnsafeBufferPointer<UInt8>) -> [Part] {
    var parts: [Part] = []
    var done = 0
    var index = 0
    while index < text.count {
      guard begins[Int(text[index])], let found = trie.longestToken(in: text, from: index) else {
        index += 1
        continue
      }
      let token = tokens[Int(found.id)]
      let match = index..<index + found.length
      index = match.upperBound
      guard let range = place(token, match, in: text, after: done) else { continue }
      if done < range.lowerBound { parts.append(Part(range: done..<range.lowerBound, id: nil)) }
      parts.append(Part(range: range, id: token.id))
      done = range.upperBound
      index = max(index, done)
    }
    if done < text.count { parts.append(Part(range: done..<text.count, id: nil)) }
    return parts
  }

  /// What a match covers once its flags have been heard; nil when it is part of a word.
  private func place(
    _ token: AddedToken, _ match: Range<Int>, in text: UnsafeBufferPointer<UInt8>, after done: Int
  ) -> Range<Int>? {
    let classes = CharacterClasses.shared
    var (start, end) = (match.lowerBound, match.upperBound)
    if token.isSingleWord {
      let before = scalarStart(text, before: start, from: 0)
      if start > 0, classes[scalar(text, at: before).value].contains(.word) { return nil }
      if end < text.count, classes[scalar(text, at: end).value].contains(.word) { return nil }
    }
    if token.stripsLeft {
      while start > done {
        let before = scalarStart(text, before: start, from: done)
        guard classes[scalar(text, at: before).value].contains(.space) else { break }
        start = before
      }
    }
    if token.stripsRight {
      while end < text.count {
        let next = scalar(text, at: end)
        guard classes[next.value].contains(.space) else { break }
        end += next.length
      }
    }
    return start..<end
  }
}
