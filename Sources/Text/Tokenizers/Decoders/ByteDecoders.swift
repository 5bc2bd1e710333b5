/// Reads the characters of `ByteLevelAlphabet` as bytes; a token with another character is text.
struct ByteLevelDecoder: TokenDecoder {
  private struct Body: PieceStream.Body {
    /// The beginning of a character.
    var begun: [UInt8] = []

    mutating func push(_ piece: String, into output: inout [PiecePart]) {
      begun += ByteLevelAlphabet.decoded(piece.unicodeScalars) ?? Array(piece.utf8)
      let count = UTF8Beginning.decidedCount(begun)
      if count == 0 { return }
      output.append(PiecePart(String(decoding: begun[..<count], as: UTF8.self), endsPiece: false))
      begun.removeFirst(count)
    }

    func finish(into output: inout [PiecePart]) {
      output.append(PiecePart(String(decoding: begun, as: UTF8.self)))
    }
  }

  func stream(longestRun: Int) -> any DecoderStream { PieceStream(Body()) }
}

/// Joins runs of byte tokens such as `<0xE2>` to characters; a run that is not UTF-8 becomes one
/// U+FFFD a byte.
struct ByteFallbackDecoder: TokenDecoder {
  private struct Body: PieceStream.Body {
    let longestRun: Int
    /// The bytes of a run that have not been told.
    var run: [UInt8] = []
    /// How many bytes the run has.
    var length = 0
    /// How many of the untold bytes are whole characters.
    var whole = 0
    /// Whether the run is known not to be UTF-8.
    var isBroken = false
    /// Whether some of the run has been told as characters.
    var isOpen = false

    mutating func push(_ piece: String, into output: inout [PiecePart]) {
      guard let byte = ByteFallbackDecoder.byte(piece) else {
        end(&output)
        output.append(PiecePart(piece))
        return
      }
      run.append(byte)
      length += 1
      switch UTF8Beginning(run[whole...]) {
      case .whole: whole = run.count
      case .begun: break
      case .broken: isBroken = true
      }
      if isBroken {
        replace(&output)
      } else if length > longestRun, whole > 0 {
        let text = String(decoding: run[..<whole], as: UTF8.self)
        output.append(PiecePart(text, endsPiece: false))
        run.removeFirst(whole)
        whole = 0
        isOpen = true
      }
    }

    mutating func finish(into output: inout [PiecePart]) { end(&output) }

    /// Tells each byte as U+FFFD.
    private mutating func replace(_ output: inout [PiecePart]) {
      if isOpen { output.append(PiecePart("")) }
      isOpen = false
      output += run.map { _ in PiecePart("\u{FFFD}") }
      run.removeAll()
      whole = 0
    }

    private mutating func end(_ output: inout [PiecePart]) {
      if length == 0 { return }
      if whole < run.count {
        replace(&output)
      } else if isOpen || !run.isEmpty {
        output.append(PiecePart(String(decoding: run, as: UTF8.self)))
      }
      self = Body(longestRun: longestRun)
    }
  }

  func stream(longestRun: Int) -> any DecoderStream { PieceStream(Body(longestRun: longestRun)) }

  static func byte(_ piece: String) -> UInt8? {
    guard piece.utf8.count == 6, piece.utf8.first == UInt8(ascii: "<") else { return nil }
    let text = Array(piece.utf8)
    guard text.starts(with: Array("<0x".utf8)), text[5] == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
  }
}

/// What the bytes from a character's first on are: the character, its beginning, or neither.
enum UTF8Beginning {
  case whole, begun, broken

  init(_ bytes: ArraySlice<UInt8>) {
    guard let lead = bytes.first else {
      self = .begun
      return
    }
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case ..<0x80: (1, 0x80...0xBF)
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    let isWellFormed =
      bytes.count <= length && bytes.dropFirst().prefix(1).allSatisfy(second.contains)
      && bytes.dropFirst(2).allSatisfy { $0 & 0xC0 == 0x80 }
    self = !isWellFormed ? .broken : bytes.count == length ? .whole : .begun
  }

  /// How many bytes no further ones can change: all but the beginning of a character at the end.
  static func decidedCount(_ bytes: [UInt8]) -> Int {
    let tail = bytes.suffix(3)
    guard let start = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }),
      UTF8Beginning(tail[start...]) == .begun
    else { return bytes.count }
    return start
  }
}
