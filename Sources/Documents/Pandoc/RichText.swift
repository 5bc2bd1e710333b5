internal import AnnealFiles

/// Rich text.
public enum RichText: PandocKind {
  /// `rtf`.
  public static let name = "rtf"
  /// `rtf`.
  public static let endings = ["rtf"]
  static let format = "rtf"
  static let isArchive = false

  static func input(_ file: DocumentFile, notes: inout [AnnealError]) throws -> [UInt8] {
    substituted(try file.bytes())
  }

  /// `bytes` with the `?` behind `\u176?`, which older programs show in place of the character, as
  /// `\'3f`.
  ///
  /// pandoc takes the word that goes on behind such a `?` for a part of it. Where `\uc` says how long
  /// what older programs show is, and it is not 1, nothing is changed.
  static func substituted(_ bytes: [UInt8]) -> [UInt8] {
    for other in ["\\uc0", "\\uc2"] where bytes.firstRange(of: Array(other.utf8)) != nil {
      return bytes
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count else {
        result.append(bytes[place])
        place += 1
        continue
      }
      var end = place + 2
      if bytes[place + 1] == UInt8(ascii: "u") {
        if end < bytes.count, bytes[end] == UInt8(ascii: "-") { end += 1 }
        let digits = bytes[end...].prefix { (0x30...0x39).contains($0) }
        if !digits.isEmpty, digits.endIndex < bytes.count,
          bytes[digits.endIndex] == UInt8(ascii: "?")
        {
          result += bytes[place..<digits.endIndex] + Array("\\'3f".utf8)
          place = digits.endIndex + 1
          continue
        }
      }
      // A character behind a backslash begins nothing else.
      result += bytes[place..<min(end, bytes.count)]
      place = min(end, bytes.count)
    }
    return result
  }
}
