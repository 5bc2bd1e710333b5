/// What stands on web pages beside the text: menus, side columns, controls, heads without a title.
enum HTMLFurniture {
  /// Elements that are left out with all that is in them.
  ///
  /// Of a form, its controls: the form itself may hold the whole page, as those of ASP.NET do.
  private static let names: Set<String> = [
    "nav", "footer", "aside", "script", "style", "noscript", "template", "svg", "iframe", "dialog",
    "button", "select", "textarea", "datalist",
  ]

  /// `page` without them, and without comments; what nothing closes is kept.
  static func removed(from page: String) -> String {
    var marks = HTMLMarks(page)
    var kept: [UInt8] = []
    kept.reserveCapacity(marks.bytes.count)
    var place = 0
    var header = 0
    while let open = marks.bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      kept += marks.bytes[place..<open]
      let (end, isKept) = part(at: open, &marks, &header)
      if isKept { kept += marks.bytes[open..<end] }
      place = end
    }
    kept += marks.bytes[place...]
    return String(decoding: kept, as: UTF8.self)
  }

  /// Where the part of a page ends that begins with the `<` at `place`, and whether it is kept.
  ///
  /// `header` is where the last head ends that was kept; what is in it is not looked at again.
  private static func part(
    at place: Int, _ marks: inout HTMLMarks, _ header: inout Int
  ) -> (end: Int, isKept: Bool) {
    guard let (mark, end) = marks.mark(at: place) else { return (place + 1, true) }
    switch mark {
    case .comment: return (end, false)
    case .whole(let name): return (end, !names.contains(name))
    case .opening(let name):
      if name == "header", place >= header,
        let elementEnd = marks.end(ofElement: name, from: end)
      {
        guard holdsHeading(marks.bytes[end..<elementEnd]) else { return (elementEnd, false) }
        header = elementEnd
      }
      let isFurniture = names.contains(name)
      // A title is kept as it is: it holds no tags.
      guard isFurniture || HTMLMarks.isPlain(name),
        let elementEnd = marks.end(ofElement: name, from: end)
      else { return (end, true) }
      return (elementEnd, !isFurniture)
    case .closing, .section: return (end, true)
    }
  }

  /// Whether a heading begins in `part`: the head of an article has its title, that of a site a menu
  /// and a banner.
  private static func holdsHeading(_ part: ArraySlice<UInt8>) -> Bool {
    part.indices.contains { place in
      guard part[place] == UInt8(ascii: "<"), place + 3 < part.endIndex else { return false }
      return part[place + 1] | 0x20 == UInt8(ascii: "h") && (0x31...0x36).contains(part[place + 2])
        && !(0x30...0x39).contains(part[place + 3])
    }
  }
}
