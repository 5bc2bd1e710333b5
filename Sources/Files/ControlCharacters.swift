/// Control characters in texts of others, by which a terminal is drawn over, renamed or worse.
public enum ControlCharacters {
  /// `text` with signs in the place of its control characters, such as `␛`; tabs and line ends stay.
  ///
  /// - Parameter keepingColors: whether sequences that choose colours stay (ECMA-48, SGR).
  public static func shown(in text: String, keepingColors: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let first = rest.first {
      if keepingColors, let end = endOfColor(rest) {
        shown.append(contentsOf: rest[..<end])
        rest = rest[end...]
        continue
      }
      shown.append(contentsOf: isControl(first) ? signs(first) : [first])
      rest = rest.dropFirst()
    }
    return String(shown)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
  }

  /// What stands for a control character: its picture, or an escape's and the letter after it.
  private static func signs(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    switch scalar.value {
    case ..<0x20: [Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"]
    case 0x7F: ["␡"]
    default: ["␛", Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value & 0x1F | 0x40))]
    }
  }

  /// Where a sequence ends that chooses a colour and begins `text`; nil when none does.
  private static func endOfColor(_ text: Substring.UnicodeScalarView) -> String.Index? {
    var rest = text
    guard rest.popFirst() == "\u{1B}", rest.popFirst() == "[" else { return nil }
    rest = rest.drop { $0 == ";" || (0x30...0x39).contains($0.value) }
    return rest.popFirst() == "m" ? rest.startIndex : nil
  }
}
