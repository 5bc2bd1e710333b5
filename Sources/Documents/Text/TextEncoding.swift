/// How a text file is written, as far as its first bytes tell it for sure.
enum TextEncoding: Sendable, Equatable {
  case utf8
  /// With a mark of the order of bytes before the text.
  case utf16(isBigEndian: Bool)
  /// What web pages mean by ISO 8859-1, too.
  case windows1252

  /// What `head` says by a mark of the order of bytes; UTF-8 where there is none.
  init(head: [UInt8]) {
    if head.starts(with: [0xFF, 0xFE]), !head.starts(with: [0xFF, 0xFE, 0, 0]) {
      self = .utf16(isBigEndian: false)
    } else {
      self = head.starts(with: [0xFE, 0xFF]) ? .utf16(isBigEndian: true) : .utf8
    }
  }

  /// The encoding that pages call `charset`; nil for those that are not read here.
  init?(charset: String) {
    switch charset {
    case "utf-8", "utf8": self = .utf8
    case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "windows-1252",
      "cp1252", "x-cp1252", "us-ascii", "ascii":
      self = .windows1252
    default: return nil
    }
  }

  /// What it is called.
  var name: String {
    switch self {
    case .utf8: "UTF-8"
    case .utf16: "UTF-16"
    case .windows1252: "Windows-1252 (Latin-1)"
    }
  }

  /// The text that `bytes` hold, without a mark before it; nil when they are not well-formed.
  func decoded(_ bytes: some Collection<UInt8>) -> String? {
    switch self {
    case .utf8: return String(validating: bytes, as: UTF8.self)
    case .utf16(let isBigEndian):
      let bytes = Array(bytes.dropFirst(2))
      let units = stride(from: 0, to: bytes.count - 1, by: 2).map { place -> UInt16 in
        let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
        return isBigEndian ? first << 8 | second : second << 8 | first
      }
      // Zeros stand in no text: pictures and sounds may begin with the mark, too.
      guard bytes.count.isMultiple(of: 2), !units.contains(0) else { return nil }
      return String(validating: units, as: UTF16.self)
    case .windows1252:
      var text = ""
      for byte in bytes {
        let scalar =
          (0x80...0x9F).contains(byte)
          ? Self.upper[Int(byte) - 0x80] : Unicode.Scalar(byte)
        text.unicodeScalars.append(scalar)
      }
      return text
    }
  }

  /// The characters of Windows-1252 from 0x80 to 0x9F; five places are of no character.
  private static let upper: [Unicode.Scalar] = [
    "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž", "\u{8F}",
    "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}", "ž", "Ÿ",
  ]
}

/// What pages of HTML and XML say of their encoding.
enum DeclaredCharset {
  /// The name, in lower case, that `<?xml encoding="…"?>` or `<meta charset="…">` gives among the
  /// first bytes of a page; nil when none does.
  static func of(_ head: [UInt8]) -> String? {
    // Every byte is a character here: what is declared is of ASCII.
    let start = String(decoding: head.prefix(2048).map { $0 < 0x80 ? $0 : 0x20 }, as: UTF8.self)
      .lowercased()
    if start.hasPrefix("<?xml"), let end = start.firstRange(of: "?>"),
      let name = value(of: "encoding", in: start[..<end.lowerBound])
    {
      return name
    }
    var rest = start[...]
    while let open = rest.firstRange(of: "<meta") {
      rest = rest[open.upperBound...]
      if let name = value(of: "charset", in: rest.prefix { $0 != ">" }) { return name }
    }
    return nil
  }

  private static func value(of attribute: String, in tag: Substring) -> String? {
    guard let found = tag.firstRange(of: attribute) else { return nil }
    let rest = tag[found.upperBound...].drop { $0.isWhitespace }
    guard rest.first == "=" else { return nil }
    let name = rest.dropFirst().drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
      .prefix { $0.isLetter || $0.isNumber || "-_".contains($0) }
    return name.isEmpty ? nil : String(name)
  }
}
