internal import AnnealFiles

/// Turns tokens back into text, step by step.
///
/// Each step takes the pieces that the one before made; the last one's are joined.
protocol TokenDecoder: Sendable {
  func decode(_ pieces: [String]) -> [String]
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

/// One decoder after the other.
struct DecoderSequence: TokenDecoder {
  let parts: [any TokenDecoder]

  func decode(_ pieces: [String]) -> [String] {
    parts.reduce(pieces) { $1.decode($0) }
  }
}

/// Reads the characters of `ByteLevelAlphabet` as bytes; a token with another character is text.
struct ByteLevelDecoder: TokenDecoder {
  func decode(_ pieces: [String]) -> [String] {
    var bytes: [UInt8] = []
    for piece in pieces {
      bytes += ByteLevelAlphabet.decoded(piece.unicodeScalars) ?? Array(piece.utf8)
    }
    return [String(decoding: bytes, as: UTF8.self)]
  }
}

/// Joins runs of byte tokens such as `<0xE2>` to characters; a run that is not UTF-8 becomes one
/// U+FFFD a byte.
struct ByteFallbackDecoder: TokenDecoder {
  func decode(_ pieces: [String]) -> [String] {
    var result: [String] = []
    var run: [UInt8] = []
    for piece in pieces {
      if let byte = Self.byte(piece) {
        run.append(byte)
      } else {
        Self.flush(&run, into: &result)
        result.append(piece)
      }
    }
    Self.flush(&run, into: &result)
    return result
  }

  private static func flush(_ run: inout [UInt8], into result: inout [String]) {
    if run.isEmpty { return }
    if let text = String(validating: run, as: UTF8.self) {
      result.append(text)
    } else {
      result += Array(repeating: "\u{FFFD}", count: run.count)
    }
    run.removeAll()
  }

  static func byte(_ piece: String) -> UInt8? {
    let text = Array(piece.utf8)
    guard text.count == 6, text.starts(with: Array("<0x".utf8)), text[5] == UInt8(ascii: ">") else {
      return nil
    }
    return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
  }
}

/// Joins all pieces.
struct FuseDecoder: TokenDecoder {
  func decode(_ pieces: [String]) -> [String] { [pieces.joined()] }
}

/// Puts a text in place of each match, in every piece.
struct ReplaceDecoder: TokenDecoder {
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

  func decode(_ pieces: [String]) -> [String] {
    pieces.map { piece in
      Array(piece.utf8).withUnsafeBufferPointer { bytes in
        var text: [UInt8] = []
        for part in pattern.parts(of: bytes, in: 0..<bytes.count) {
          text += part.isMatch ? content : Array(bytes[part.range])
        }
        return String(decoding: text, as: UTF8.self)
      }
    }
  }
}

/// Drops up to so many of a character at the ends of every piece.
struct StripDecoder: TokenDecoder {
  let content: Unicode.Scalar
  let start: Int
  let stop: Int

  func decode(_ pieces: [String]) -> [String] {
    pieces.map { piece in
      let scalars = piece.unicodeScalars
      let leading = scalars.prefix(start).prefix { $0 == content }.count
      let rest = scalars.dropFirst(leading)
      let trailing = rest.reversed().prefix(stop).prefix { $0 == content }.count
      return String(String.UnicodeScalarView(rest.dropLast(trailing)))
    }
  }
}

/// Reads `▁` as a space, and drops it in the first piece when one was put in front of the text.
struct MetaspaceDecoder: TokenDecoder {
  let mark: Unicode.Scalar
  let isPrepended: Bool

  func decode(_ pieces: [String]) -> [String] {
    pieces.enumerated().map { index, piece in
      var text = String.UnicodeScalarView()
      for scalar in piece.unicodeScalars {
        if scalar != mark {
          text.append(scalar)
        } else if index > 0 || !isPrepended {
          text.append(" ")
        }
      }
      return String(text)
    }
  }
}

/// Reads the mark at a word's end as a space, except after the last word.
struct SuffixDecoder: TokenDecoder {
  let suffix: [UInt8]

  func decode(_ pieces: [String]) -> [String] {
    let scanner = ReplaceDecoder(
      pattern: SplitPattern(LiteralScanner(literal: suffix)), content: [0x20])
    let last = ReplaceDecoder(pattern: scanner.pattern, content: [])
    return scanner.decode(Array(pieces.dropLast())) + last.decode(Array(pieces.suffix(1)))
  }
}
