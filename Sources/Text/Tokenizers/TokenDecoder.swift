internal import AnnealFiles

/// Turns tokens back into text, step by step.
///
/// Each step takes the pieces that the one before made; the last one's are joined. There is one way
/// through the steps, piece by piece, so that a stream of tokens becomes what all of them become.
protocol TokenDecoder: Sendable {
  /// The step at the beginning of a text.
  ///
  /// - Parameter longestRun: how many byte tokens are held back until all of them are known.
  func stream(longestRun: Int) -> any DecoderStream
}

extension TokenDecoder {
  /// The text of all `pieces`.
  func decode(_ pieces: [String]) -> String {
    var stream = stream(longestRun: .max)
    var parts: [PiecePart] = []
    for piece in pieces { stream.push(PiecePart(piece), into: &parts) }
    stream.finish(into: &parts)
    return parts.text
  }
}

/// The kinds of decoder that are known, one line each.
enum TokenDecoders {
  static let all: [String: @Sendable (TokenizerPart) throws -> any TokenDecoder] = [
    "Sequence": {
      let parts = try $0.parts("decoders").map(read)
      return try SentencePieceDecoder($0) ?? DecoderSequence(parts: parts)
    },
    "ByteLevel": { _ in ByteLevelDecoder() },
    "ByteFallback": { _ in ByteFallbackDecoder() },
    "Fuse": { _ in FuseDecoder() },
    "Replace": {
      ReplaceDecoder(pattern: try SplitPattern($0), content: Array(try $0.string("content").utf8))
    },
    "Strip": { part in
      guard let content = try part.string("content").unicodeScalars.first else {
        throw part.error("'content' should be one character")
      }
      return StripDecoder(
        content: content, start: try part.count("start"), stop: try part.count("stop"))
    },
    "Metaspace": {
      let scheme = $0.json["prepend_scheme"]?.string
      let isPrepended = scheme.map { $0 != "never" } ?? $0.flag("add_prefix_space", default: true)
      return MetaspaceDecoder(
        mark: $0.json["replacement"]?.string?.unicodeScalars.first ?? "▁",
        isPrepended: isPrepended)
    },
    "CTC": { CTCDecoder($0) },
    "WordPiece": {
      WordPieceDecoder(
        prefix: Array(($0.json["prefix"]?.string ?? "##").utf8),
        cleansUp: $0.flag("cleanup", default: true))
    },
    "BPEDecoder": { SuffixDecoder(suffix: Array(($0.json["suffix"]?.string ?? "</w>").utf8)) },
  ]

  static func read(_ part: TokenizerPart) throws -> any TokenDecoder {
    try part.read("decoder", from: all)
  }
}

/// Puts a space between tokens, where a file names no decoder.
struct SpacedDecoder: TokenDecoder {
  func stream(longestRun: Int) -> any DecoderStream { SpacedStream() }
}

/// One decoder after the other.
struct DecoderSequence: TokenDecoder {
  let parts: [any TokenDecoder]

  func stream(longestRun: Int) -> any DecoderStream {
    ChainedStream(parts.map { $0.stream(longestRun: longestRun) })
  }
}

/// Joins all pieces.
struct FuseDecoder: TokenDecoder {
  private struct Stream: DecoderStream {
    func push(_ part: PiecePart, into output: inout [PiecePart]) {
      if !part.text.isEmpty { output.append(PiecePart(part.text, endsPiece: false)) }
    }

    func finish(into output: inout [PiecePart]) { output.append(PiecePart("")) }
  }

  func stream(longestRun: Int) -> any DecoderStream { Stream() }
}

/// Reads `▁` as a space, and drops it in the first piece when one was put in front of the text.
struct MetaspaceDecoder: TokenDecoder {
  private struct Stream: DecoderStream {
    let mark: Unicode.Scalar
    var dropsMarks: Bool

    mutating func push(_ part: PiecePart, into output: inout [PiecePart]) {
      var text = String.UnicodeScalarView()
      for scalar in part.text.unicodeScalars {
        if scalar != mark {
          text.append(scalar)
        } else if !dropsMarks {
          text.append(" ")
        }
      }
      output.append(PiecePart(String(text), endsPiece: part.endsPiece))
      if part.endsPiece { dropsMarks = false }
    }

    func finish(into output: inout [PiecePart]) {}
  }

  let mark: Unicode.Scalar
  let isPrepended: Bool

  func stream(longestRun: Int) -> any DecoderStream {
    Stream(mark: mark, dropsMarks: isPrepended)
  }
}

/// Reads the mark at a word's end as a space, except after the last word.
struct SuffixDecoder: TokenDecoder {
  private struct Body: PieceStream.Body {
    let space: ReplaceDecoder
    let nothing: ReplaceDecoder
    /// A piece from its first mark on: only the next piece tells what the mark becomes.
    var held: String?

    mutating func push(_ piece: String, into output: inout [PiecePart]) {
      if let held { output.append(PiecePart(space.apply(held))) }
      let certain = space.textBeforeMatch(in: piece)
      output.append(PiecePart(certain, endsPiece: false))
      held = String(decoding: piece.utf8.dropFirst(certain.utf8.count), as: UTF8.self)
    }

    func finish(into output: inout [PiecePart]) {
      if let held { output.append(PiecePart(nothing.apply(held))) }
    }
  }

  let suffix: [UInt8]

  func stream(longestRun: Int) -> any DecoderStream {
    let pattern = SplitPattern(LiteralScanner(literal: suffix))
    return PieceStream(
      Body(
        space: ReplaceDecoder(pattern: pattern, content: [0x20]),
        nothing: ReplaceDecoder(pattern: pattern, content: [])))
  }
}
