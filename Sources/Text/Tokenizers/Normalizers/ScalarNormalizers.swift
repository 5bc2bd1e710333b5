/// Drops combining marks (`\p{M}`), which are accents once a text is decomposed.
struct StripAccentsNormalizer: Normalizer {
  func normalize(_ text: inout NormalizedText) {
    let classes = CharacterClasses.shared
    text.mapScalars { classes[$0.value].contains(.mark) ? "" : nil }
  }
}

/// Google's neural machine translation: control characters go, white space and marks of direction
/// become spaces.
struct NmtNormalizer: Normalizer {
  func normalize(_ text: inout NormalizedText) {
    text.mapScalars { scalar in
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: ""
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        " "
      default: nil
      }
    }
  }
}

/// Spells every byte with `ByteLevelAlphabet`.
struct ByteLevelNormalizer: Normalizer {
  func normalize(_ text: inout NormalizedText) {
    text.mapScalars { ByteLevelAlphabet.encoded(String($0).utf8) }
  }
}
