internal import AnnealFiles

/// What a judge wrote, read as tolerantly as can be done without guessing.
enum JudgeReply {
  /// The last JSON object in `text`: judges like to think aloud first, or put it into a fence.
  static func object(in text: String) -> JSON? {
    let bytes = Array(text.utf8)
    var found: JSON?
    var start = 0
    while let open = bytes[start...].firstIndex(of: UInt8(ascii: "{")) {
      guard let end = end(of: open, in: bytes) else { break }
      if let json = try? JSON(parsing: Array(bytes[open..<end])), json.object != nil {
        found = json
        start = end
      } else {
        start = open + 1
      }
    }
    return found
  }

  /// Behind the brace that closes the one at `open`, texts in quotation marks passed over.
  private static func end(of open: Int, in bytes: [UInt8]) -> Int? {
    var (depth, isQuoted, place) = (0, false, open)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\") where isQuoted: place += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "{") where !isQuoted: depth += 1
      case UInt8(ascii: "}") where !isQuoted:
        depth -= 1
        if depth == 0 { return place + 1 }
      default: break
      }
      place += 1
    }
    return nil
  }

  /// A grade of 1 to 5, also where it is written as text such as "4" or "4/5".
  static func grade(_ value: JSON?) -> Int? {
    let number =
      value?.number ?? value?.string.flatMap { Double($0.prefix { $0 != "/" && $0 != " " }) }
    guard let number, number >= 1, number <= 5 else { return nil }
    return Int(number.rounded())
  }
}
