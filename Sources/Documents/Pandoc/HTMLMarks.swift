/// The tags and comments of a page, told apart as HTML's rules for tokens tell them: what stands in a
/// comment, in an attribute or in a script is no tag.
struct HTMLMarks {
  /// What begins with a `<`.
  enum Mark {
    /// `<name …>`.
    case opening(String)
    /// `<name … />`.
    case whole(String)
    /// `</name>`.
    case closing(String)
    /// `<!-- … -->`, or `<!-- … --!>`.
    case comment
    /// `<![CDATA[ … ]]>`, which is text.
    case section
  }

  /// The page.
  let bytes: [UInt8]
  /// From where on an end was looked for in vain, and is not looked for again: a page of nothing else
  /// would take for ever.
  private var missing: [String: Int] = [:]
  /// The elements behind the contents of one that nothing closes, by its name.
  private var later: [String: LaterElements] = [:]

  /// Elements of one name, looked for to the end of the page.
  private struct LaterElements {
    /// Where the contents of the first begin, which has no end.
    let start: Int
    /// Where those end that have one, by where their contents begin.
    let ends: [Int: Int]
  }

  /// Elements that hold text alone, whatever seems to be a tag in it.
  private static let plain: Set<String> = ["script", "style", "textarea", "title", "iframe", "xmp"]
  /// Longer names are cut; no element has one.
  private static let longestName = 64

  init(_ page: String) { bytes = Array(page.utf8) }

  /// Whether the element `name` holds text alone.
  static func isPlain(_ name: String) -> Bool { plain.contains(name) }

  /// The mark that begins with the `<` at `place`, and where it ends; nil when that is a character
  /// like others, or nothing ends it.
  mutating func mark(at place: Int) -> (mark: Mark, end: Int)? {
    let rest = bytes[place...]
    if rest.starts(with: "<!--".utf8) {
      guard let last = commentEnd(from: place + 4) else { return nil }
      return (Mark.comment, last)
    }
    if rest.starts(with: "<![CDATA[".utf8) {
      guard let last = sectionEnd(from: place + 9) else { return nil }
      return (Mark.section, last)
    }
    let isClosing = rest.dropFirst().first == UInt8(ascii: "/")
    guard let (name, nameEnd) = name(at: place + (isClosing ? 2 : 1)),
      let (last, isWhole) = tagEnd(from: nameEnd)
    else { return nil }
    if isClosing { return (Mark.closing(name), last) }
    return (isWhole ? Mark.whole(name) : Mark.opening(name), last)
  }

  /// Where the element `name` ends whose contents begin at `start`; nil when nothing closes it.
  mutating func end(ofElement name: String, from start: Int) -> Int? {
    if let later = later[name], start >= later.start { return later.ends[start] }
    var open = [start]
    var ends: [Int: Int] = [:]
    var place = start
    while let next = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      place = next + 1
      if Self.isPlain(name), !closes(name, at: next) { continue }
      guard let (mark, end) = mark(at: next) else { continue }
      place = end
      switch mark {
      case .opening(let inner) where inner == name: open.append(end)
      case .opening(let inner) where Self.isPlain(inner):
        place = self.end(ofElement: inner, from: end) ?? end
      case .closing(let inner) where inner == name:
        ends[open.removeLast()] = end
        if open.isEmpty { return end }
      default: break
      }
    }
    // One menu that is left open says nothing of the next ones.
    later[name] = LaterElements(start: start, ends: ends)
    return nil
  }

  private func closes(_ name: String, at place: Int) -> Bool {
    bytes[place...].dropFirst().first == UInt8(ascii: "/") && self.name(at: place + 2)?.name == name
  }

  /// Where the comment ends whose text begins at `start`.
  private mutating func commentEnd(from start: Int) -> Int? {
    firstEnd("-->", from: start) { bytes, last in
      // `<!-->` is a comment, too; `<!--!>` is none.
      bytes[(last - 2)..<last].elementsEqual("--".utf8)
        || last - 3 >= start && bytes[(last - 3)..<last].elementsEqual("--!".utf8)
    }
  }

  /// Where the section ends whose text begins at `start`.
  private mutating func sectionEnd(from start: Int) -> Int? {
    firstEnd("]]>", from: start) { bytes, last in
      last - 2 >= start && bytes[(last - 2)..<last].elementsEqual("]]".utf8)
    }
  }

  /// What follows the first `>` at `start` or after it that `isEnd` says `name` ends with.
  private mutating func firstEnd(
    _ name: String, from start: Int, where isEnd: ([UInt8], Int) -> Bool
  ) -> Int? {
    guard !isMissing(name, from: start) else { return nil }
    var place = start
    while let last = bytes[place...].firstIndex(of: UInt8(ascii: ">")) {
      if isEnd(bytes, last) { return last + 1 }
      place = last + 1
    }
    missing[name] = start
    return nil
  }

  private func isMissing(_ name: String, from start: Int) -> Bool {
    missing[name].map { start >= $0 } ?? false
  }

  /// The name of a tag that begins at `place`, in lower case, and where it ends.
  private func name(at place: Int) -> (name: String, end: Int)? {
    guard place < bytes.count, (0x61...0x7A).contains(bytes[place] | 0x20) else { return nil }
    let letters = bytes[place...].prefix(Self.longestName).prefix {
      !Self.isSpace($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ">")
    }
    return (String(decoding: letters, as: UTF8.self).lowercased(), letters.endIndex)
  }

  /// Where the tag ends whose name ends at `start`, and whether it closes itself.
  private mutating func tagEnd(from start: Int) -> (end: Int, isWhole: Bool)? {
    guard !isMissing(">", from: start) else { return nil }
    var place = start
    var isWhole = false
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: ">") { return (place + 1, isWhole) }
      isWhole = byte == UInt8(ascii: "/")
      place = byte == UInt8(ascii: "=") ? valueEnd(from: place + 1) : place + 1
    }
    missing[">"] = start
    return nil
  }

  /// Where an attribute's value ends, before which there is a `=`; a `/` or `>` may stand in it.
  private func valueEnd(from start: Int) -> Int {
    let value = bytes[start...].drop(while: Self.isSpace)
    guard let first = value.first else { return bytes.count }
    guard first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") else {
      return value.firstIndex { Self.isSpace($0) || $0 == UInt8(ascii: ">") } ?? bytes.count
    }
    return value.dropFirst().firstIndex(of: first).map { $0 + 1 } ?? bytes.count
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
