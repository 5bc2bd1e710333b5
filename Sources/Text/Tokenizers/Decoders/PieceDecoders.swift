/// Puts a text in place of each match, in every piece.
struct ReplaceDecoder: TokenDecoder {
  /// Looks for a literal in a piece that comes in parts.
  private struct LiteralStream: DecoderStream {
    let decoder: ReplaceDecoder
    let literal: [UInt8]
    /// The end of a part that may be the beginning of a match.
    var held = ""

    mutating func push(_ part: PiecePart, into output: inout [PiecePart]) {
      var text = held + part.text
      held = ""
      if !part.endsPiece { held = decoder.cutBeginning(of: literal, from: &text) }
      output.append(PiecePart(decoder.apply(text), endsPiece: part.endsPiece))
    }

    func finish(into output: inout [PiecePart]) {
      if !held.isEmpty { output.append(PiecePart(decoder.apply(held))) }
    }
  }

  let pattern: SplitPattern
  let content: [UInt8]

  init(pattern: SplitPattern, content: [UInt8]) {
    self.pattern = pattern
    self.content = content
  }

  init(literal: String, content: String) {
    pattern = SplitPattern(LiteralScanner(literal: Array(literal.utf8)))
    self.content = Array(content.utf8)
  }

  func stream(longestRun: Int) -> any DecoderStream {
    guard let scanner = pattern.scanner as? LiteralScanner else {
      return PieceStream(EachPiece(change: apply))
    }
    return LiteralStream(decoder: self, literal: scanner.literal)
  }

  /// What a piece becomes.
  func apply(_ piece: String) -> String {
    var piece = piece
    return piece.withUTF8 { bytes in
      let parts = pattern.parts(of: bytes, in: 0..<bytes.count)
      var text: [UInt8] = []
      for part in parts { text += part.isMatch ? content[...] : Array(bytes[part.range])[...] }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// The text before the first match; all of it when there is none.
  func textBeforeMatch(in piece: String) -> String {
    var piece = piece
    return piece.withUTF8 { bytes in
      let match = pattern.parts(of: bytes, in: 0..<bytes.count).first(where: \.isMatch)
      return String(decoding: bytes[..<(match?.range.lowerBound ?? bytes.count)], as: UTF8.self)
    }
  }

  /// Takes the end of `text`, behind the last match, that `literal` begins with, and gives it.
  private func cutBeginning(of literal: [UInt8], from text: inout String) -> String {
    let bytes = Array(text.utf8)
    let last = bytes.withUnsafeBufferPointer { pattern.parts(of: $0, in: 0..<bytes.count).last }
    let free = last.map { $0.isMatch ? 0 : $0.range.count } ?? 0
    let lengths = 0..<min(literal.count, free + 1)
    guard
      let held = lengths.last(where: { bytes.suffix($0).elementsEqual(literal.prefix($0)) }),
      held > 0
    else { return "" }
    text = String(decoding: bytes.dropLast(held), as: UTF8.self)
    return String(decoding: bytes.suffix(held), as: UTF8.self)
  }
}

/// Drops up to so many of a character at the ends of every piece.
struct StripDecoder: TokenDecoder {
  private struct Stream: DecoderStream {
    let decoder: StripDecoder
    /// How many more may be dropped at the piece's beginning.
    var leading: Int
    /// How many stand at the end of what has come, and may be dropped there.
    var trailing = 0

    init(_ decoder: StripDecoder) {
      self.decoder = decoder
      leading = decoder.start
    }

    mutating func push(_ part: PiecePart, into output: inout [PiecePart]) {
      var text = String.UnicodeScalarView()
      for scalar in part.text.unicodeScalars {
        if scalar == decoder.content, leading > 0 {
          leading -= 1
          continue
        }
        leading = 0
        if scalar == decoder.content, trailing < decoder.stop {
          trailing += 1
          continue
        }
        if scalar != decoder.content {
          text.append(contentsOf: repeatElement(decoder.content, count: trailing))
          trailing = 0
        }
        text.append(scalar)
      }
      output.append(PiecePart(String(text), endsPiece: part.endsPiece))
      if part.endsPiece { self = Stream(decoder) }
    }

    func finish(into output: inout [PiecePart]) {}
  }

  let content: Unicode.Scalar
  let start: Int
  let stop: Int

  func stream(longestRun: Int) -> any DecoderStream { Stream(self) }
}
