/// A document's windows for pre-training.
///
/// A window begins with the last token of the one before, which it does not learn again but learns
/// from: so every token of the document except the first is learned exactly once.
enum Windows {
  /// Where windows of at most `length` tokens lie in a document of `count` tokens.
  static func ranges(count: Int, length: Int) -> [Range<Int>] {
    guard count > 1, length > 1 else { return [] }
    return stride(from: 0, to: count - 1, by: length - 1).map { $0..<min($0 + length, count) }
  }
}
