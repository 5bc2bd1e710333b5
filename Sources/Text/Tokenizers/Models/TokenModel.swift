internal import AnnealFiles

/// A token and how many bytes of the normalized text it covers.
struct Token: Sendable {
  /// The id of text that has no token, where a vocabulary knows no unknown one.
  static let none: Int32 = -1

  var id: Int32
  /// Negative when the next token covers the same bytes, as those of one unknown character do.
  var length: Int32
}

/// Cuts one piece of a text, which the pre-tokenizers left whole, into tokens.
protocol TokenModel: Sendable {
  /// Its tokens and ids.
  var vocabulary: Vocabulary { get }

  /// Whether a piece may also be cut before each run of this character, since no token ever spans
  /// such a place; empty when it may not. Shorter pieces are found in the cache of words.
  var seam: [UInt8] { get }

  /// The unknown token, when an encoding shows it as the text has it instead of as `<unk>`.
  var unknownAsWritten: Int32? { get }

  /// Appends the tokens of `piece` to `output`.
  func tokenize(
    _ piece: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, into output: inout [Token])
}

extension TokenModel {
  var unknownAsWritten: Int32? { nil }
}

/// What a model's reader is given.
struct TokenModelSource {
  /// The member `model` of the file, without what follows.
  var json: JSON
  /// The members of `vocab`, when it is an object.
  var entries: [TokenizerSource.Entry]
  /// The members of `merges`.
  var merges: [TokenizerSource.Pair]
  /// The elements of `vocab`, when it is a list.
  var pieces: [TokenizerSource.Piece]
  /// Whether the pieces are bytes that the vocabulary spells with `ByteLevelAlphabet`.
  var isByteLevel: Bool
  /// The file's path, for errors.
  var file: String

  /// The member `type`; files of before 2020 have none, and what else they hold tells.
  var type: String {
    if let type = json["type"]?.string { return type }
    if !merges.isEmpty { return "BPE" }
    if !pieces.isEmpty { return "Unigram" }
    return json["max_input_chars_per_word"] != nil ? "WordPiece" : "unnamed"
  }

  /// The id of the member `unk_token`, which the vocabulary must have.
  func unknown(in vocabulary: Vocabulary, default name: String) throws -> Int32 {
    let token = json["unk_token"]?.string ?? name
    guard let id = vocabulary.id(spelled: token) else {
      throw TokenizerSource.fault(
        "the unknown token '\(token)' is not in the vocabulary", "model.unk_token", file)
    }
    return Int32(truncatingIfNeeded: id)
  }
}

/// The kinds of model that are known, one line each.
enum TokenModels {
  static let all: [String: @Sendable (TokenModelSource) throws -> any TokenModel] = [
    "BPE": { try BPE($0) },
    "Unigram": { try Unigram($0) },
    "WordLevel": { try WordLevel($0) },
    "WordPiece": { try WordPiece($0) },
  ]

  static func read(_ source: TokenModelSource) throws -> any TokenModel {
    guard let read = all[source.type] else {
      throw AnnealError(
        .model, "a tokenizer model of type '\(source.type)' is not supported",
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
  var paths: [BestPath] = []
}
