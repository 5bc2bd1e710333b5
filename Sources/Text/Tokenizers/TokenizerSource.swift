internal import AnnealFiles

/// The text of a `tokenizer.json`, with the long lists of its model taken out.
///
/// The vocabulary and the merges are read straight from the bytes. That is several times faster than
/// as JSON values, and it keeps tokens apart that are canonically equivalent (`Å` and the ångström
/// sign), which keys of a Swift dictionary do not.
struct TokenizerSource {
  struct Entry: Sendable {
    var token: [UInt8]
    var id: Int
  }

  struct Pair: Sendable {
    var left: [UInt8]
    var right: [UInt8]
  }

  /// A token and its log-probability in nats.
  struct Piece: Sendable {
    var token: [UInt8]
    var score: Double
  }

  /// The file without the lists.
  private(set) var json: JSON
  private(set) var entries: [Entry] = []
  private(set) var merges: [Pair] = []
  private(set) var pieces: [Piece] = []

  init(_ bytes: [UInt8], file: String) throws {
    var found: (vocabulary: Range<Int>?, merges: Range<Int>?) = (nil, nil)
    var entries: [Entry] = []
    var merges: [Pair] = []
    var pieces: [Piece] = []
    let isRead = bytes.withUnsafeBufferPointer { text in
      var scanner = Scanner(text)
      return scanner.members { key, scanner in
        guard key == Array("model".utf8), scanner.peek == UInt8(ascii: "{") else {
          return scanner.skipValue()
        }
        return scanner.members { key, scanner in
          let start = scanner.position
          if key == Array("vocab".utf8), scanner.peek == UInt8(ascii: "{") {
            guard let list = scanner.vocabulary() else { return false }
            entries = list
            found.vocabulary = start..<scanner.position
            return true
          }
          if key == Array("vocab".utf8), scanner.peek == UInt8(ascii: "[") {
            guard let list = scanner.pieces() else { return false }
            pieces = list
            found.vocabulary = start..<scanner.position
            return true
          }
          guard key == Array("merges".utf8), scanner.peek == UInt8(ascii: "[") else {
            return scanner.skipValue()
          }
          guard let list = scanner.merges() else { return false }
          merges = list
          found.merges = start..<scanner.position
          return true
        }
      }
    }
    guard isRead else {
      // The JSON parser knows line and column of what is wrong; what it accepts is no tokenizer.
      throw Self.fault(in: try JSON(parsing: bytes, file: file), file)
    }
    var skeleton = bytes
    let cuts = [found.vocabulary, found.merges].compactMap { $0 }
    for cut in cuts.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      skeleton.replaceSubrange(cut, with: Array("null".utf8))
    }
    json = try JSON(parsing: skeleton, file: file)
    for (key, cut) in [("vocab", found.vocabulary), ("merges", found.merges)] {
      guard cut == nil, let value = json["model"]?[key], !value.isNull else { continue }
      throw Self.fault(in: json, file)
    }
    if let model = json["model"], model.object != nil, found.vocabulary == nil {
      throw Self.fault("the model has no 'vocab', which holds its tokens", "model.vocab", file)
    }
    self.entries = entries
    self.merges = merges
    self.pieces = pieces
  }
}

extension TokenizerSource {
  /// A forward reader of JSON that knows only as much as finding two lists takes.
  ///
  /// Its functions answer false or nil for text that is not as expected.
  struct Scanner {
    private let text: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
      self.text = text
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      skipSpace()
    }

    var peek: UInt8? { position < text.count ? text[position] : nil }

    /// Reads an object, giving each key to `body`, which must read the value.
    mutating func members(_ body: ([UInt8], inout Scanner) -> Bool) -> Bool {
      guard take("{") else { return false }
      if take("}") { return true }
      while true {
        guard let key = string(), take(":"), body(key, &self) else { return false }
        skipSpace()
        if take("}") { return true }
        guard take(",") else { return false }
      }
    }

    mutating func vocabulary() -> [Entry]? {
      var entries: [Entry] = []
      let isRead = members { key, scanner in
        guard let id = scanner.integer() else { return false }
        entries.append(Entry(token: key, id: id))
        return true
      }
      return isRead ? entries : nil
    }

    /// Reads pairs of a token and a number.
    mutating func pieces() -> [Piece]? {
      var pieces: [Piece] = []
      guard take("[") else { return nil }
      if take("]") { return pieces }
      while true {
        guard take("["), let token = string(), take(","), let score = number(), take("]") else {
          return nil
        }
        pieces.append(Piece(token: token, score: score))
        if take("]") { return pieces }
        guard take(",") else { return nil }
      }
    }

    /// Reads merges: strings of two tokens with a space between, or arrays of two strings.
    mutating func merges() -> [Pair]? {
      var pairs: [Pair] = []
      guard take("[") else { return nil }
      if take("]") { return pairs }
      while true {
        if take("[") {
          guard let left = string(), take(","), let right = string(), take("]") else { return nil }
          pairs.append(Pair(left: left, right: right))
        } else {
          guard let text = string() else { return nil }
          let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
          if !text.starts(with: Array("#version".utf8)) {
            guard parts.count == 2 else { return nil }
            pairs.append(Pair(left: Array(parts[0]), right: Array(parts[1])))
          }
        }
        if take("]") { return pairs }
        guard take(",") else { return nil }
      }
    }

    /// Passes over a value, looking only at strings and at how deep brackets are.
    mutating func skipValue() -> Bool {
      var depth = 0
      while let byte = peek {
        switch byte {
        case UInt8(ascii: "\""):
          guard string() != nil else { return false }
          if depth == 0 { return true }
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return true }
          depth -= 1
          if depth == 0 {
            position += 1
            return true
          }
        case UInt8(ascii: ","): if depth == 0 { return true }
        default: break
        }
        position += 1
      }
      return false
    }

    private mutating func integer() -> Int? {
      skipSpace()
      let start = position
      var value = 0
      while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        guard position - start < 18 else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
        position += 1
      }
      return position > start ? value : nil
    }

    private mutating func number() -> Double? {
      skipSpace()
      let start = position
      while let byte = peek, byte > 0x20, byte != UInt8(ascii: "]"), byte != UInt8(ascii: ",") {
        position += 1
      }
      let value = Double(String(decoding: text[start..<position], as: UTF8.self))
      return value.flatMap { $0.isFinite ? $0 : nil }
    }

    private mutating func string() -> [UInt8]? {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { return nil }
      let start = position + 1
      position = start
      while let byte = peek {
        position += 1
        if byte == UInt8(ascii: "\"") { return Array(text[start..<position - 1]) }
        if byte == UInt8(ascii: "\\") { return escapedString(from: start) }
      }
      return nil
    }

    /// A string with escapes, whose first one has just begun; read by the JSON parser.
    private mutating func escapedString(from start: Int) -> [UInt8]? {
      position += 1
      while let byte = peek {
        position += 1
        if byte == UInt8(ascii: "\"") {
          let literal = Array(text[start - 1..<position])
          return (try? JSON(parsing: literal))?.string.map { Array($0.utf8) }
        }
        if byte == UInt8(ascii: "\\") { position += 1 }
      }
      return nil
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
      skipSpace()
      guard peek == UInt8(ascii: byte) else { return false }
      position += 1
      skipSpace()
      return true
    }

    private mutating func skipSpace() {
      while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        position += 1
      }
    }
  }
}
