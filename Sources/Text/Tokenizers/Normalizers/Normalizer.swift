internal import AnnealFiles

/// Rewrites a text before it is cut.
protocol Normalizer: Sendable {
  func normalize(_ text: inout NormalizedText)
}

/// The kinds of normalizer that are known, one line each.
enum Normalizers {
  static let all: [String: @Sendable (TokenizerPart) throws -> any Normalizer] = [
    "Sequence": {
      let parts = try $0.parts("normalizers").map(read)
      return try SentencePieceNormalizer($0) ?? NormalizerSequence(parts: parts)
    },
    "Prepend": { PrependNormalizer(text: Array(try $0.string("prepend").utf8)) },
    "Replace": {
      ReplaceNormalizer(
        pattern: try SplitPattern($0), content: Array(try $0.string("content").utf8))
    },
    "Lowercase": { _ in LowercaseNormalizer() },
    "Strip": {
      StripNormalizer(
        left: $0.flag("strip_left", default: true), right: $0.flag("strip_right", default: true))
    },
    "StripAccents": { _ in StripAccentsNormalizer() },
    "Nmt": { _ in NmtNormalizer() },
    "ByteLevel": { _ in ByteLevelNormalizer() },
    "BertNormalizer": { BertNormalizer($0) },
    "Precompiled": { try PrecompiledNormalizer($0) },
    "NFC": { _ in UnicodeNormalizer(form: .nfc) },
    "NFD": { _ in UnicodeNormalizer(form: .nfd) },
    "NFKC": { _ in UnicodeNormalizer(form: .nfkc) },
    "NFKD": { _ in UnicodeNormalizer(form: .nfkd) },
  ]

  static func read(_ part: TokenizerPart) throws -> any Normalizer {
    try part.read("normalizer", from: all)
  }
}

/// One normalizer after the other.
struct NormalizerSequence: Normalizer {
  let parts: [any Normalizer]

  func normalize(_ text: inout NormalizedText) {
    for part in parts { part.normalize(&text) }
  }
}

/// Puts a text in front, unless there is nothing to put it in front of.
struct PrependNormalizer: Normalizer {
  let text: [UInt8]

  func normalize(_ text: inout NormalizedText) { text.prepend(self.text) }
}

/// Puts a text in place of each match of a pattern.
struct ReplaceNormalizer: Normalizer {
  let pattern: SplitPattern
  let content: [UInt8]

  func normalize(_ text: inout NormalizedText) {
    let matches = text.bytes.withUnsafeBufferPointer { bytes in
      pattern.parts(of: bytes, in: 0..<bytes.count).filter(\.isMatch).map(\.range)
    }
    text.replace(matches, with: content)
  }
}

/// Lowercases each scalar by itself.
struct LowercaseNormalizer: Normalizer {
  func normalize(_ text: inout NormalizedText) {
    let mapping = LowercaseMapping.shared
    text.mapScalars { mapping[$0] }
  }
}

/// Drops white space at the ends.
struct StripNormalizer: Normalizer {
  let left: Bool
  let right: Bool

  func normalize(_ text: inout NormalizedText) {
    let classes = CharacterClasses.shared
    let range = text.bytes.withUnsafeBufferPointer { bytes in
      var (start, end) = (0, bytes.count)
      while left, start < end {
        let next = scalar(bytes, at: start)
        guard classes[next.value].contains(.space) else { break }
        start += next.length
      }
      while right, start < end {
        let before = scalarStart(bytes, before: end, from: start)
        guard classes[scalar(bytes, at: before).value].contains(.space) else { break }
        end = before
      }
      return start..<end
    }
    text.trim(to: range)
  }
}
