public import AnnealFiles

/// JSON in a model's reply, read as tolerantly as can be done without guessing.
///
/// Models think aloud first, put JSON into fences, leave a comma behind the last element, write line
/// ends into strings, or stop in the middle of a list.
public enum StructuredReply {
  /// The JSON objects and arrays in `text`, in their order; those inside others are not counted.
  public static func values(in text: String) -> [JSON] {
    let bytes = Array(text.utf8)
    var found: [JSON] = []
    var (start, tries) = (0, 0)
    while tries < mostTries,
      let open = bytes[start...].firstIndex(where: { $0 == brace || $0 == bracket })
    {
      tries += 1
      if let end = end(of: open, in: bytes), let value = value(of: bytes[open..<end]) {
        found.append(value)
        start = end
      } else {
        start = open + 1
      }
    }
    return found
  }

  /// The objects that `text` lists: the elements of its last list of them, or of a list inside an
  /// object, or the objects that stand by themselves.
  public static func objects(in text: String) -> [JSON] {
    let values = values(in: text)
    if let list = values.last(where: { isList($0) })?.array { return list }
    let objects = values.filter { $0.object != nil }
    guard let last = objects.last else { return [] }
    let inner = last.members.map(\.value).filter { isList($0) }
    return inner.count == 1 && last.members.count == 1 ? inner[0].array ?? [] : objects
  }

  /// The last object in `text`, also when it is alone in a list.
  public static func object(in text: String) -> JSON? { objects(in: text).last }

  /// Each bracket that nothing closes is looked for to the end of the text.
  private static let mostTries = 500

  private static let brace = UInt8(ascii: "{")
  private static let bracket = UInt8(ascii: "[")

  private static func isList(_ value: JSON) -> Bool {
    guard let elements = value.array, !elements.isEmpty else { return false }
    return elements.allSatisfy { $0.object != nil }
  }

  /// The value that `bytes` write, mended where they do not quite.
  private static func value(of bytes: ArraySlice<UInt8>) -> JSON? {
    (try? JSON(parsing: Array(bytes))) ?? (try? JSON(parsing: mended(bytes)))
  }

  /// Behind the bracket that closes the one at `open`, texts in quotation marks passed over.
  private static func end(of open: Int, in bytes: [UInt8]) -> Int? {
    var (depth, isQuoted, place) = (0, false, open)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\") where isQuoted: place += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case brace where !isQuoted, bracket where !isQuoted: depth += 1
      case UInt8(ascii: "}") where !isQuoted, UInt8(ascii: "]") where !isQuoted:
        depth -= 1
        if depth == 0 { return place + 1 }
      default: break
      }
      place += 1
    }
    return nil
  }

  /// `bytes` without commas before a closing bracket, and with line ends and tabs in strings escaped.
  private static func mended(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var (isQuoted, isEscaped) = (false, false)
    for byte in bytes {
      if isQuoted {
        let isPlain = isEscaped || byte >= 0x20
        result += isPlain ? [byte] : escapes[byte] ?? [0x20]
        isQuoted = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { dropComma(&result) }
      isQuoted = byte == UInt8(ascii: "\"")
      result.append(byte)
    }
    return result
  }

  private static let escapes: [UInt8: [UInt8]] = [
    0x0A: Array("\\n".utf8), 0x0D: Array("\\r".utf8), 0x09: Array("\\t".utf8),
  ]

  private static func dropComma(_ bytes: inout [UInt8]) {
    let last = bytes.lastIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    if let last, bytes[last] == UInt8(ascii: ",") { bytes.remove(at: last) }
  }
}
