internal import AnnealFiles

extension Tokenizer {
  /// The tokenizer with further tokens, which get the ids from `vocabularySize` on, in their order.
  ///
  /// A token that the tokenizer has already keeps its id; when it is a token of the model or an
  /// ordinary one, it becomes found as it is written and as special as asked for. All tokens that
  /// were added, those of a `tokenizer_config.json` too, stand in the new `source`. The embedding of
  /// a model has to grow by as many rows as `vocabularySize` does.
  ///
  /// - Parameter isSpecial: whether decoding may leave the tokens out, as it does the end of a turn.
  /// - Throws: `AnnealError` of code `usage` when a token is empty.
  public func adding(_ tokens: [String], isSpecial: Bool = true) throws -> Tokenizer {
    var all = self.added
    var next = vocabularySize
    // Those of this call, by their bytes.
    var added: [[UInt8]: Int] = [:]
    for token in tokens {
      guard !token.isEmpty else {
        throw AnnealError(.usage, "a token to add is empty", remedy: "Leave it out.")
      }
      let id = id(of: token) ?? added[Array(token.utf8)]
      if let id, var known = all[id], known.content.utf8.elementsEqual(token.utf8) {
        known.isSpecial = known.isSpecial || isSpecial
        all[id] = known
        continue
      }
      var new = AddedToken(special: token, id: id ?? next)
      new.isSpecial = isSpecial
      all[new.id] = new
      added[Array(token.utf8)] = new.id
      if id == nil { next += 1 }
    }
    let list = JSON.array(all.values.sorted { $0.id < $1.id }.map(\.json))
    var copy = try Tokenizer(
      source: TokenizerSource.replacingAddedTokens(of: source, by: list),
      configuration: configuration, file: "tokenizer.json")
    copy.isConverted = isConverted
    return copy
  }
}

extension TokenizerSource {
  /// The text of a `tokenizer.json` with another list of added tokens; all else byte for byte.
  static func replacingAddedTokens(of bytes: [UInt8], by list: JSON) throws -> [UInt8] {
    var place: Range<Int>?
    var start = 0
    let isRead = bytes.withUnsafeBufferPointer { text in
      var scanner = Scanner(text)
      start = scanner.position
      return scanner.members { key, scanner in
        let start = scanner.position
        guard scanner.skipValue() else { return false }
        if key == Array("added_tokens".utf8) { place = start..<scanner.position }
        return true
      }
    }
    guard isRead else {
      throw AnnealError(.model, "not a tokenizer.json", at: .init(file: "tokenizer.json"))
    }
    var changed = bytes
    if let place {
      changed.replaceSubrange(place, with: Array(list.text().utf8))
    } else {
      changed.insert(contentsOf: Array("\"added_tokens\":\(list.text()),".utf8), at: start + 1)
    }
    return changed
  }
}
