internal import AnnealFiles

/// The tokens of a model: their spelling and their ids.
struct Vocabulary: Sendable {
  /// The file's spelling of each id; nil where an id is not used.
  private(set) var tokens: [String?]
  /// The ids by what is looked up: raw bytes in a byte-level vocabulary, else the spelling.
  private(set) var ids: ByteTable
  /// Tokens of a byte-level vocabulary that spell no bytes, which no text can become.
  private var unspellable = ByteTable()
  private let isByteLevel: Bool

  init(_ entries: [TokenizerSource.Entry], isByteLevel: Bool, file: String) throws {
    self.isByteLevel = isByteLevel
    ids = ByteTable(capacity: entries.count)
    let count = (entries.lazy.map(\.id).max() ?? -1) + 1
    // A file with a handful of tokens and an id in the billions is broken, not large.
    guard count <= max(entries.count * 16, 1 << 20), entries.allSatisfy({ $0.id >= 0 }) else {
      let entry = entries.max { $0.id < $1.id }
      throw TokenizerSource.fault(
        "the id \(count - 1) of '\(String(decoding: entry?.token ?? [], as: UTF8.self))' is far "
          + "beyond the \(entries.count) tokens that there are", "model.vocab", file)
    }
    tokens = Array(repeating: nil, count: count)
    for entry in entries {
      let token = String(decoding: entry.token, as: UTF8.self)
      let id = Int32(truncatingIfNeeded: entry.id)
      if let other = tokens[entry.id], !other.utf8.elementsEqual(entry.token) {
        throw TokenizerSource.fault(
          "'\(other)' and '\(token)' both have the id \(entry.id)", "model.vocab", file)
      }
      tokens[entry.id] = token
      if !isByteLevel {
        entry.token.withUnsafeBufferPointer { ids.set($0, id) }
      } else if let bytes = ByteLevelAlphabet.decoded(token.unicodeScalars) {
        bytes.withUnsafeBufferPointer { ids.set($0, id) }
      } else {
        entry.token.withUnsafeBufferPointer { unspellable.set($0, id) }
      }
    }
  }

  /// The id of a token in the file's spelling.
  func id(spelled token: String) -> Int? {
    let found =
      lookupKey(Array(token.utf8)).flatMap { ids[$0] }
      ?? (isByteLevel ? unspellable[Array(token.utf8)] : nil)
    return found.map(Int.init)
  }

  /// Whether this is a token of a byte-level vocabulary that no text can become.
  func isUnspellable(_ token: [UInt8]) -> Bool { isByteLevel && unspellable[token] != nil }

  /// What `ids` knows a token by; nil when it spells no bytes.
  func lookupKey(_ token: [UInt8]) -> [UInt8]? {
    guard isByteLevel else { return token }
    return ByteLevelAlphabet.decoded(String(decoding: token, as: UTF8.self).unicodeScalars)
  }
}
