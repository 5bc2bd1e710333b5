/// A piece of a text on its way through the steps of a decoder, or a part of one.
struct PiecePart: Sendable {
  var text: String
  /// Whether the piece ends with it.
  var endsPiece: Bool

  init(_ text: String, endsPiece: Bool = true) {
    self.text = text
    self.endsPiece = endsPiece
  }
}

extension [PiecePart] {
  /// The parts, joined.
  var text: String { count == 1 ? self[0].text : reduce(into: "") { $0 += $1.text } }
}

/// A step of a decoder that is given pieces one after the other, and gives on what is certain.
protocol DecoderStream: Sendable {
  mutating func push(_ part: PiecePart, into output: inout [PiecePart])
  /// Gives on what was held back; nothing is pushed any more.
  mutating func finish(into output: inout [PiecePart])
}

/// One step after the other.
struct ChainedStream: DecoderStream {
  private var steps: [any DecoderStream]

  init(_ steps: [any DecoderStream]) { self.steps = steps }

  mutating func push(_ part: PiecePart, into output: inout [PiecePart]) {
    var parts = [part]
    pass(&parts, from: 0)
    output += parts
  }

  mutating func finish(into output: inout [PiecePart]) {
    for index in steps.indices {
      var parts: [PiecePart] = []
      steps[index].finish(into: &parts)
      pass(&parts, from: index + 1)
      output += parts
    }
  }

  private mutating func pass(_ parts: inout [PiecePart], from first: Int) {
    for index in steps.indices.dropFirst(first) {
      if parts.isEmpty { return }
      var next: [PiecePart] = []
      for part in parts { steps[index].push(part, into: &next) }
      parts = next
    }
  }
}

/// A step that looks at whole pieces: the parts of one are collected first.
struct PieceStream: DecoderStream {
  /// What becomes of the pieces, which come in order.
  protocol Body: Sendable {
    mutating func push(_ piece: String, into output: inout [PiecePart])
    mutating func finish(into output: inout [PiecePart])
  }

  private var body: any Body
  /// The beginning of a piece whose end has not come.
  private var open: String?

  init(_ body: any Body) { self.body = body }

  mutating func push(_ part: PiecePart, into output: inout [PiecePart]) {
    if open == nil { open = part.text } else { open?.append(part.text) }
    guard part.endsPiece, let piece = open else { return }
    open = nil
    body.push(piece, into: &output)
  }

  mutating func finish(into output: inout [PiecePart]) {
    if let open { body.push(open, into: &output) }
    open = nil
    body.finish(into: &output)
  }
}

extension PieceStream.Body {
  mutating func finish(into output: inout [PiecePart]) {}
}

/// A step that changes each piece by itself.
struct EachPiece: PieceStream.Body {
  let change: @Sendable (String) -> String

  func push(_ piece: String, into output: inout [PiecePart]) {
    output.append(PiecePart(change(piece)))
  }
}

/// Puts a space between pieces, as text is written where a file names no decoder.
struct SpacedStream: DecoderStream {
  private var isBehindPiece = false

  mutating func push(_ part: PiecePart, into output: inout [PiecePart]) {
    output.append(isBehindPiece ? PiecePart(" " + part.text, endsPiece: part.endsPiece) : part)
    isBehindPiece = part.endsPiece
  }

  func finish(into output: inout [PiecePart]) {}
}
