extension Tokenizer {
  /// The parts of a text that is longer than `truncation` allows, what is kept first; one part for
  /// other texts.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around a text (`<s>`) is put around
  ///   each part.
  public func encodings(
    of text: String, truncation: Truncation, addSpecialTokens: Bool = true
  ) -> [Encoding] {
    let encoding = plainEncoding(of: text)
    let added = addSpecialTokens ? postProcessor.addedToSingles : 0
    return truncation.parts(of: encoding.ids.count, added: added).map {
      finished([encoding.part($0)], addSpecialTokens)
    }
  }

  /// The ids of two texts as the model wants a pair of them, of which `truncation` says how much is kept.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around the texts is put there.
  /// - Throws: `AnnealError` when only one of the texts may be cut and that is not enough.
  public func encoding(
    of text: String, and second: String, truncation: Truncation, addSpecialTokens: Bool = true
  ) throws -> Encoding {
    let texts = [plainEncoding(of: text), plainEncoding(of: second)]
    let parts = try ranges(of: texts, truncation, addSpecialTokens)
    return finished(zip(texts, parts).map { $0.part($1.first ?? 0..<0) }, addSpecialTokens)
  }

  /// All parts of two texts that together are longer than `truncation` allows, what is kept first: each
  /// further part of the first text with what is kept of the second and with each further part of it,
  /// then what is kept of the first with those.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around the texts is put there.
  /// - Throws: `AnnealError` when only one of the texts may be cut and that is not enough.
  public func encodings(
    of text: String, and second: String, truncation: Truncation, addSpecialTokens: Bool = true
  ) throws -> [Encoding] {
    let texts = [plainEncoding(of: text), plainEncoding(of: second)]
    let parts = try zip(texts, ranges(of: texts, truncation, addSpecialTokens)).map {
      text, ranges in
      ranges.map { text.part($0) }
    }
    let order = Array(parts[0].indices.dropFirst()) + [0]
    let further = order.flatMap { first in
      parts[1].indices.dropFirst(first == 0 ? 1 : 0).map { (first, $0) }
    }
    return ([(0, 0)] + further).map {
      finished([parts[0][$0.0], parts[1][$0.1]], addSpecialTokens)
    }
  }

  /// The encodings of texts, each cut to the length and all filled to one length as the tokenizer's file
  /// says in `truncation` and `padding`; where it says nothing, as they are.
  ///
  /// One text is encoded after the other. For more speed, encode parts of the batch in several tasks and
  /// fill with `batchPadding` what they give.
  ///
  /// - Parameter addSpecialTokens: whether what the model wants around a text (`<s>`) is put there.
  public func encodings(of texts: [String], addSpecialTokens: Bool = true) -> [Encoding] {
    let encodings = texts.map { text -> Encoding in
      guard let truncation else { return encoding(of: text, addSpecialTokens: addSpecialTokens) }
      let encoding = plainEncoding(of: text)
      let added = addSpecialTokens ? postProcessor.addedToSingles : 0
      let kept = truncation.parts(of: encoding.ids.count, added: added)[0]
      return finished([encoding.part(kept)], addSpecialTokens)
    }
    return batchPadding?.padded(encodings) ?? encodings
  }

  /// The parts of each text of a pair, what is kept first.
  private func ranges(
    of texts: [Encoding], _ truncation: Truncation, _ addSpecialTokens: Bool
  ) throws -> [[Range<Int>]] {
    let counts = texts.map(\.ids.count)
    let kept = try truncation.lengths(
      of: counts[0], and: counts[1], added: addSpecialTokens ? postProcessor.addedToPairs : 0)
    return [
      truncation.parts(of: counts[0], length: kept.first),
      truncation.parts(of: counts[1], length: kept.second),
    ]
  }
}
