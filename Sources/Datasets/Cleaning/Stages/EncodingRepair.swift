internal import AnnealFiles
internal import AnnealText

/// Puts right what went wrong between encodings.
///
/// UTF-8 that was read as Windows-1252, control characters, and marks beside their letters instead of
/// in them. Lost characters (U+FFFD) are told of.
public struct EncodingRepair: CleaningStage, RowJudge {
  /// `encoding`.
  public static let name = "encoding"
  /// What it does.
  public static let summary =
    "Mends UTF-8 read as Windows-1252, removes control characters, composes accents (NFC)."
  /// `repairs`.
  public static let settings = [
    StageSetting(
      "repairs", ["mojibake", "controls", "nfc"], "Which repairs are made.",
      choices: ["mojibake", "controls", "nfc"])
  ]

  private let repairs: Set<String>

  /// A stage with `settings`.
  public init(_ settings: StageSettings) { repairs = Set(settings.texts("repairs")) }

  /// A change when something was mended; a flag for what cannot be.
  public func verdict(on row: CleaningRow, at index: Int) -> RowVerdict {
    let lost = row.namedTexts.first { $0.text.unicodeScalars.contains("\u{FFFD}") }
    if let fields = row.changing(repaired) {
      guard let lost else { return .change("characters were mended", fields) }
      return .change(
        Finding("characters were mended, and U+FFFD stays: a character was lost before", lost.name),
        fields)
    }
    return lost.map { .flag(Finding("holds U+FFFD: a character was lost before", $0.name)) }
      ?? .keep
  }

  private func repaired(_ text: String) -> String {
    // Most texts are printable ASCII, of which nothing changes.
    if text.utf8.allSatisfy({ $0 < 0x7F && $0 >= 0x20 || $0 == 0x0A }) { return text }
    var text = text
    if repairs.contains("mojibake") { text = Mojibake.repaired(text) ?? text }
    if repairs.contains("controls") { text = Self.withoutControls(text) }
    if repairs.contains("nfc") { text = Self.composed(text) }
    return text
  }

  /// The letters that JSON's escapes of a form feed and a backspace are written with.
  private static let escapes: [UInt32: Unicode.Scalar] = [0x0C: "f", 0x08: "b"]

  /// `text` without control characters but tab and line ends; those that Windows-1252 means something
  /// else with become that.
  private static func withoutControls(_ text: String) -> String {
    func isControl(_ value: UInt32) -> Bool {
      switch value {
      case 0x09, 0x0A, 0x0D: false
      case 0..<0x20, 0x7F..<0xA0, 0xFEFF: true
      default: false
      }
    }
    guard text.unicodeScalars.contains(where: { isControl($0.value) }) else { return text }
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if !isControl(scalar.value) {
        result.append(scalar)
      } else if let letter = Self.escapes[scalar.value],
        let next = rest.first, ("a"..."z").contains(next)
      {
        // `\frac` and `\beta` whose backslash a JSON reader took for an escape.
        result.append(contentsOf: ["\\", letter])
      } else if (0x80..<0xA0).contains(scalar.value),
        let meant = Mojibake.character(UInt8(scalar.value))
      {
        result.append(meant)
      }
    }
    return String(result)
  }

  /// `text` in NFC, unless that would replace a compatibility ideograph, whose shape may matter.
  private static func composed(_ text: String) -> String {
    let isIdeographic = text.unicodeScalars.contains {
      (0xF900...0xFAFF).contains($0.value) || (0x2F800...0x2FA1F).contains($0.value)
    }
    return isIdeographic ? text : ComposedText.of(text)
  }
}
