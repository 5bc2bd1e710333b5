/// BERT's way to tidy a text: white space becomes spaces, control characters go, each Chinese
/// character stands alone, accents go, letters become small.
struct BertNormalizer: Normalizer {
  private let cleansText: Bool
  private let separatesChinese: Bool
  private let stripsAccents: Bool
  private let lowercases: Bool

  init(_ part: TokenizerPart) {
    cleansText = part.flag("clean_text", default: true)
    separatesChinese = part.flag("handle_chinese_chars", default: true)
    lowercases = part.flag("lowercase", default: true)
    // Where the file does not say, accents go with the capitals, as in BERT itself.
    stripsAccents = part.flag("strip_accents", default: lowercases)
  }

  func normalize(_ text: inout NormalizedText) {
    if cleansText { text.mapScalars(Self.cleaned) }
    if separatesChinese {
      text.mapScalars { Self.isChinese($0.value) ? " \($0) " : nil }
    }
    if stripsAccents {
      UnicodeNormalizer(form: .nfd).normalize(&text)
      let classes = CharacterClasses.shared
      text.mapScalars { classes[$0.value].contains(.nonspacingMark) ? "" : nil }
    }
    if lowercases { LowercaseNormalizer().normalize(&text) }
  }

  private static func cleaned(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\t", "\n", "\r": return " "
    case "\0", "\u{FFFD}": return ""
    default: break
    }
    let classes = CharacterClasses.shared[scalar.value]
    return classes.contains(.control) ? "" : classes.contains(.space) ? " " : nil
  }

  /// The blocks of CJK ideographs as BERT lists them, one of which it lets begin late.
  private static func isChinese(_ value: UInt32) -> Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF,
      0x2A700...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
