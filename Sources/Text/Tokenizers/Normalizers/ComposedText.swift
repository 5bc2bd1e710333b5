/// Unicode's composed form (NFC, UAX 15), by the tables of the pinned version.
public enum ComposedText {
  /// `text` in NFC: the same to every reader, in fewer characters.
  public static func of(_ text: String) -> String {
    var normalized = Array(text.utf8).withUnsafeBufferPointer {
      NormalizedText($0, 0..<$0.count, tracksSpans: false)
    }
    UnicodeNormalizer(form: .nfc).normalize(&normalized)
    return String(decoding: normalized.bytes, as: UTF8.self)
  }
}
