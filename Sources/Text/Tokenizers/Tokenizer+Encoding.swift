extension Tokenizer {
  /// The ids of `text`.
  ///
  /// Special tokens that are written out in the text become their ids in either case.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around a text (`<s>`) is put there.
  public func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int] {
    guard postProcessor.holdsTextOnce else {
      return joined([plainIDs(of: text)], by: postProcessor.single, addSpecialTokens)
    }
    return plainIDs(
      of: text, after: addSpecialTokens ? postProcessor.before : [],
      before: addSpecialTokens ? postProcessor.after : [])
  }

  /// The ids of `text`, with others around them.
  private func plainIDs(
    of text: String, after opening: [Int] = [], before closing: [Int] = []
  ) -> [Int] {
    var ids = opening
    var text = text
    text.withUTF8 { bytes in
      workspaces.borrow { workspace in
        segments(bytes, tracksSpans: false) { segment in
          switch segment {
          case .token(let id, _, _): ids.append(id)
          case .text(let text):
            tokenize(text, &workspace) { _, tokens in
              for token in tokens where token.id != Token.none { ids.append(Int(token.id)) }
            }
          }
        }
      }
    }
    return ids + closing
  }

  /// The ids of texts in the places that a template gives them.
  private func joined(
    _ texts: [[Int]], by template: [PostProcessor.Piece], _ addSpecialTokens: Bool
  ) -> [Int] {
    template.flatMap { piece in
      switch piece {
      case .special(let special, _): addSpecialTokens ? special : []
      case .text(let number, _): texts[number]
      }
    }
  }

  /// The ids of two texts as the model wants a pair of them, such as `[CLS] a [SEP] b [SEP]`.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around the texts is put there.
  public func encode(
    _ text: String, and second: String, addSpecialTokens: Bool = true
  ) -> [Int] {
    joined([plainIDs(of: text), plainIDs(of: second)], by: postProcessor.pair, addSpecialTokens)
  }

  /// The ids of `text`, with the tokens they stand for and the scalars each covers.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around a text (`<s>`) is put there.
  public func encoding(of text: String, addSpecialTokens: Bool = true) -> Encoding {
    finished([plainEncoding(of: text)], addSpecialTokens)
  }

  /// The ids of two texts as the model wants a pair of them, with the type that the model's template
  /// gives each; offsets count in the text that a token is of.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around the texts is put there.
  public func encoding(
    of text: String, and second: String, addSpecialTokens: Bool = true
  ) -> Encoding {
    finished([plainEncoding(of: text), plainEncoding(of: second)], addSpecialTokens)
  }

  /// The encoding before the post-processor.
  func plainEncoding(of text: String) -> Encoding {
    var found: [(id: Int, token: String?, source: Range<Int>)] = []
    var text = text
    let scalarIndex = text.withUTF8 { bytes in
      workspaces.borrow { workspace in
        segments(bytes, tracksSpans: true) { segment in
          switch segment {
          case .token(let id, let written, let source): found.append((id, written, source))
          case .text(let text):
            tokenize(text, &workspace) { text, tokens in
              var place = 0
              for token in tokens {
                let end = min(place + Int(abs(token.length)), text.bytes.count)
                let source = text.source(of: place..<end) ?? 0..<0
                let written = token.id == model.unknownAsWritten ? text.bytes[place..<end] : nil
                if token.id != Token.none {
                  let name = written.map { String(decoding: $0, as: UTF8.self) }
                  found.append((Int(token.id), name, source))
                }
                if token.length > 0 { place = end }
              }
            }
          }
        }
      }
      return Self.scalarIndex(bytes)
    }
    let ids = found.map(\.id)
    let tokens = found.map { $0.token ?? token(of: $0.id) ?? "" }
    let offsets = found.map {
      scalarIndex[$0.source.lowerBound]..<scalarIndex[$0.source.upperBound]
    }
    return Encoding(ids: ids, tokens: tokens, offsets: offsets)
  }

  /// One text or two, put together.
  func finished(_ texts: [Encoding], _ addSpecialTokens: Bool) -> Encoding {
    let texts = texts.map { text in
      guard postProcessor.trimsOffsets else { return text }
      var text = text
      for index in text.offsets.indices {
        text.offsets[index] = postProcessor.trimmed(
          text.offsets[index], of: text.tokens[index], isFirst: index == 0)
      }
      return text
    }
    var whole = Encoding(ids: [], tokens: [], offsets: [])
    for piece in texts.count == 1 ? postProcessor.single : postProcessor.pair {
      switch piece {
      case .special(let ids, let type):
        if addSpecialTokens { whole.append(special(ids, type)) }
      case .text(let number, let type):
        var text = texts[number]
        text.typeIDs = Array(repeating: type, count: text.ids.count)
        text.sequenceIDs = Array(repeating: number, count: text.ids.count)
        whole.append(text)
      }
    }
    return whole
  }

  private func special(_ ids: [Int], _ type: Int) -> Encoding {
    Encoding(
      ids: ids, tokens: ids.map { token(of: $0) ?? "" }, offsets: ids.map { _ in 0..<0 },
      typeIDs: ids.map { _ in type }, sequenceIDs: ids.map { _ in nil })
  }

  /// For each byte, the number of the scalar that it belongs to; one more at the end.
  private static func scalarIndex(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
    var index: [Int] = []
    index.reserveCapacity(bytes.count + 1)
    var scalars = -1
    for byte in bytes {
      if byte & 0xC0 != 0x80 { scalars += 1 }
      index.append(scalars)
    }
    return index + [scalars + 1]
  }

  private enum Segment {
    /// An added token's id, and what stands for it in the text, with the space that it swallowed.
    case token(Int, written: String?, source: Range<Int>)
    case text(NormalizedText)
  }

  /// Cuts a text at its added tokens and normalizes the rest.
  private func segments(
    _ bytes: UnsafeBufferPointer<UInt8>, tracksSpans: Bool, _ body: (Segment) -> Void
  ) {
    let parts =
      finder.isEmpty
      ? [AddedTokenFinder.Part(range: 0..<bytes.count, id: nil)] : finder.parts(of: bytes)
    for part in parts {
      if let id = part.id {
        let written = tracksSpans ? String(decoding: bytes[part.range], as: UTF8.self) : nil
        body(.token(id, written: written, source: part.range))
        continue
      }
      var text = NormalizedText(bytes, part.range, tracksSpans: tracksSpans)
      normalizer?.normalize(&text)
      if normalizedFinder.isEmpty {
        body(.text(text))
        continue
      }
      for inner in text.bytes.withUnsafeBufferPointer(normalizedFinder.parts) {
        if let id = inner.id {
          let source = text.source(of: inner.range)
          let written = source.map { _ in String(decoding: text.bytes[inner.range], as: UTF8.self) }
          body(.token(id, written: written, source: source ?? 0..<0))
        } else {
          body(.text(inner.range.count == text.bytes.count ? text : text.part(inner.range)))
        }
      }
    }
  }

  /// Cuts a text into pieces and those into tokens, and gives `body` the text that the pieces cover
  /// and its tokens, piece by piece when the pieces do not lie side by side.
  private func tokenize(
    _ text: NormalizedText, _ workspace: inout Workspace,
    _ body: (NormalizedText, [Token]) -> Void
  ) {
    var cut = PieceText(text)
    preTokenizer?.split(&cut)
    var output: [Token] = []
    swap(&output, &workspace.output)
    output.removeAll(keepingCapacity: true)
    defer { swap(&output, &workspace.output) }
    // Places are counted from token lengths, so each piece must begin a count of its own.
    let tracksPieces = cut.text.spans != nil
    let seam = model.seam
    cut.text.bytes.withUnsafeBufferPointer { bytes in
      for piece in cut.pieces {
        if seam.isEmpty {
          model.tokenize(UnsafeBufferPointer(rebasing: bytes[piece]), &workspace, into: &output)
        } else {
          forEachWord(bytes, piece, seam) {
            model.tokenize(UnsafeBufferPointer(rebasing: bytes[$0]), &workspace, into: &output)
          }
        }
        if tracksPieces {
          body(cut.text.part(piece), output)
          output.removeAll(keepingCapacity: true)
        }
      }
    }
    if !tracksPieces { body(cut.text, output) }
  }

  /// Cuts a piece before each run of the seam's character.
  private func forEachWord(
    _ bytes: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>, _ seam: [UInt8],
    _ body: (Range<Int>) -> Void
  ) {
    let first = seam[0]
    var start = piece.lowerBound
    var index = start
    var isInRun = true
    while index < piece.upperBound {
      let isSeam =
        bytes[index] == first && index + seam.count <= piece.upperBound
        && seam.indices.allSatisfy { bytes[index + $0] == seam[$0] }
      if isSeam {
        if !isInRun {
          body(start..<index)
          start = index
        }
        isInRun = true
        index += seam.count
      } else {
        isInRun = false
        index += 1
      }
    }
    if start < piece.upperBound { body(start..<piece.upperBound) }
  }
}
