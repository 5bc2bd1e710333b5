internal import AnnealFiles

/// A token and how many bytes of the normalized text it covers.
struct Token: Sendable {
  var id: Int32
  var length: Int32
}

/// Cuts one piece of a text, which the pre-tokenizers left whole, into tokens.
protocol TokenModel: Sendable {
  /// Its tokens and ids.
  var vocabulary: Vocabulary { get }

  /// Whether a piece may also be cut before each run of this character, since no token ever spans
  /// such a place; empty when it may not. Shorter pieces are found in the cache of words.
  var seam: [UInt8] { get }

  /// Appends the tokens of `piece` to `output`.
  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token])
}

/// What a model's reader is given.
struct TokenModelSource {
  /// The member `model` of the file, without what follows.
  var json: JSON
  /// The members of `vocab`, when it is an object.
  var entries: [TokenizerSource.Entry]
  /// The members of `merges`.
  var merges: [TokenizerSource.Pair]
  /// Whether the pieces are bytes that the vocabulary spells with `ByteLevelAlphabet`.
  var isByteLevel: Bool
  /// The file's path, for errors.
  var file: String
}

/// The kinds of model that are known, one line each.
enum TokenModels {
  static let all: [String: @Sendable (TokenModelSource) throws -> any TokenModel] = [
    "BPE": { try BPE($0) }
  ]

  static func read(_ source: TokenModelSource) throws -> any TokenModel {
    // Files of before 2020 name no type; the only kind with merges is BPE.
    let type = source.json["type"]?.string ?? (source.merges.isEmpty ? "unnamed" : "BPE")
    guard let read = all[type] else {
      throw AnnealError(
        .model, "a tokenizer model of type '\(type)' is not supported",
        at: .init(file: source.file, field: "model.type"),
        remedy: "Supported: \(all.keys.sorted().joined(separator: ", ")).")
    }
    return try read(source)
  }
}

/// Buffers and caches that one thread uses while it encodes, kept from text to text.
struct Workspace: Sendable {
  var cache = WordCache()
  var symbols = SymbolBuffer()
  var output: [Token] = []
}
