internal import AnnealFiles

/// Web pages, without what stands around the text: menus, side columns, scripts.
public enum HTMLDocument: PandocKind {
  /// `html`.
  public static let name = "html"
  /// `html`, `htm`, `xhtml`.
  public static let endings = ["html", "htm", "xhtml"]
  static let format = "html"
  static let isArchive = false

  /// Files called so, and those that begin as a page does.
  public static func matches(_ file: DocumentFile) -> Bool {
    if endings.contains(file.ending) { return true }
    let start = file.start.prefix(200).trimmed.lowercased()
    return file.ending.isEmpty && (start.hasPrefix("<!doctype html") || start.hasPrefix("<html"))
  }

  static func input(_ file: DocumentFile, notes: inout [AnnealError]) throws -> [UInt8] {
    Array(HTMLFurniture.removed(from: try file.text(notes: &notes)).utf8)
  }
}

/// What stands on web pages beside the text.
enum HTMLFurniture {
  /// Elements that are left out with all that is in them.
  private static let names: Set<String> = [
    "nav", "footer", "aside", "script", "style", "noscript", "template", "svg", "form", "button",
    "iframe", "dialog",
  ]

  /// `page` without them.
  static func removed(from page: String) -> String {
    let bytes = Array(page.utf8)
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var place = 0
    // What is left open once is not looked for again: a page of nothing else would take for ever.
    var unclosed: Set<String> = []
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "<"), let name = tagName(bytes, place + 1),
        names.contains(name), !unclosed.contains(name)
      {
        if let end = end(of: name, bytes, place) { place = end } else { unclosed.insert(name) }
      } else {
        kept.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// Where the element `name` that begins at `start` ends; nil when nothing closes it.
  private static func end(of name: String, _ bytes: [UInt8], _ start: Int) -> Int? {
    let tagEnd = (bytes[start...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count - 1) + 1
    if tagEnd >= 2, bytes[tagEnd - 2] == UInt8(ascii: "/") { return tagEnd }
    var depth = 1
    var place = tagEnd
    while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      let isClosing = open + 1 < bytes.count && bytes[open + 1] == UInt8(ascii: "/")
      if tagName(bytes, open + (isClosing ? 2 : 1)) == name {
        // Scripts and styles hold no elements, whatever they seem to.
        depth += isClosing ? -1 : name == "script" || name == "style" ? 0 : 1
        if depth == 0 {
          return (bytes[open...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count - 1) + 1
        }
      }
      place = open + 1
    }
    return nil
  }

  /// The name of the tag whose name begins at `place`, in lower case.
  private static func tagName(_ bytes: [UInt8], _ place: Int) -> String? {
    guard place < bytes.count else { return nil }
    let letters = bytes[place...].prefix(12).prefix {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0)
    }
    return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self).lowercased()
  }
}
