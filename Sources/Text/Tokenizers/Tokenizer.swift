internal import AnnealFiles
internal import Synchronization

/// Turns text into the ids that a model reads, and ids into text, as the `tokenizers` library does
/// with the same `tokenizer.json`.
///
/// A tokenizer may be used from many threads at once; each borrows a cache of words of its own.
public struct Tokenizer: Sendable {
  /// The bytes of the `tokenizer.json` that it was made from, or that another kind of file became.
  public let source: [UInt8]
  /// One more than the largest id, added tokens included.
  public let vocabularySize: Int
  /// The id that begins a text (`bos_token`), when `tokenizer_config.json` names one.
  public let beginningOfText: Int?
  /// The id that ends a text (`eos_token`), when `tokenizer_config.json` names one.
  public let endOfText: Int?
  /// The id that fills short rows (`pad_token`), when `tokenizer_config.json` names one.
  public let padding: Int?
  /// The id for what has no token (`unk_token`), when `tokenizer_config.json` names one.
  public let unknown: Int?
  /// How long texts are cut where the file says so; `encode` cuts none.
  public let truncation: Truncation?
  /// How texts that are encoded together get one length, where the file says so; `encode` fills none.
  public let batchPadding: Padding?

  /// What `tokenizer_config.json`, or another kind of file in its place, says.
  let configuration: JSON?
  /// Whether it was read from another kind of file than a `tokenizer.json`.
  var isConverted = false

  let normalizer: (any Normalizer)?
  let preTokenizer: (any PreTokenizer)?
  let postProcessor: PostProcessor
  let decoder: any TokenDecoder
  let model: any TokenModel
  /// Added tokens by id.
  let added: [Int: AddedToken]
  /// The ids of added tokens by the bytes of their content.
  let addedIDs: ByteTable
  /// Finds added tokens in the text as written.
  let finder: AddedTokenFinder
  /// Finds added tokens in the normalized text.
  let normalizedFinder: AddedTokenFinder
  let workspaces = WorkspacePool()

  /// The tokenizer in `bytes`, the text of a `tokenizer.json`.
  init(source: [UInt8], configuration: JSON?, file: String) throws {
    let parts = try TokenizerParts(source, configuration: configuration, file: file)
    self.source = source
    self.configuration = configuration
    normalizer = parts.normalizer
    preTokenizer = parts.preTokenizer
    decoder = parts.decoder
    truncation = parts.truncation
    batchPadding = parts.batchPadding
    model = parts.model
    let tokens = parts.addedTokens
    added = Dictionary(tokens.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    var ids = ByteTable(capacity: tokens.count)
    for token in tokens {
      Array(token.content.utf8).withUnsafeBufferPointer {
        ids.set($0, Int32(truncatingIfNeeded: token.id))
      }
    }
    addedIDs = ids
    let normalizer = parts.normalizer
    // SentencePiece's own normalization leaves its symbols alone, so they are found behind it; to its
    // unigram model they are pieces like others, only likelier.
    let symbols = Set(
      ((normalizer as? SentencePieceNormalizer)?.symbols ?? []).map { Array($0.utf8) })
    let isSymbol = { (token: AddedToken) in symbols.contains(Array(token.content.utf8)) }
    finder = AddedTokenFinder(tokens.filter { !$0.isNormalized && !isSymbol($0) }) {
      Array($0.content.utf8)
    }
    let findsSymbols = !(parts.model is Unigram)
    let normalized = tokens.filter { isSymbol($0) ? findsSymbols : $0.isNormalized }
    normalizedFinder = AddedTokenFinder(normalized) { token in
      if isSymbol(token) { return Array(token.content.utf8) }
      return Array(token.content.utf8).withUnsafeBufferPointer { bytes in
        var text = NormalizedText(bytes, 0..<bytes.count, tracksSpans: false)
        normalizer?.normalize(&text)
        return text.bytes
      }
    }
    let model = parts.model
    let names = SpecialNames(configuration) { name in
      ids[Array(name.utf8)].map(Int.init) ?? model.vocabulary.id(spelled: name)
    }
    beginningOfText = names.beginning
    endOfText = names.end
    padding = names.padding
    unknown = names.unknown
    postProcessor = names.adjusted(parts.postProcessor)
    vocabularySize = max(parts.model.vocabulary.tokens.count, (tokens.map(\.id).max() ?? -1) + 1)
  }

  /// The id of a token in the vocabulary's spelling, such as `Ġthe` or `<s>`.
  public func id(of token: String) -> Int? {
    addedIDs[Array(token.utf8)].map(Int.init) ?? model.vocabulary.id(spelled: token)
  }

  /// The vocabulary's spelling of an id; nil when the id stands for nothing.
  public func token(of id: Int) -> String? {
    if let token = added[id] { return token.content }
    let tokens = model.vocabulary.tokens
    return tokens.indices.contains(id) ? tokens[id] : nil
  }

  /// Whether an id is a special token, such as the one that ends a turn, which is no part of a text.
  public func isSpecial(_ id: Int) -> Bool { added[id]?.isSpecial ?? false }

  /// The text that `ids` stand for; ids that stand for nothing are passed over, and bytes that are no
  /// UTF-8 become U+FFFD.
  ///
  /// An added token is written as its file has it. `tokenizers` 0.23 writes one that is looked for in
  /// normalized text as the normalizer has it: `[X]` under `Lowercase` as `[x]`.
  ///
  /// - Parameter skipSpecialTokens: whether special tokens are left out.
  public func decode(_ ids: [Int], skipSpecialTokens: Bool = false) -> String {
    let tokens = ids.compactMap { id in
      skipSpecialTokens && isSpecial(id) ? nil : token(of: id)
    }
    return decoder.decode(tokens)
  }

  /// The text that `ids` stand for, all of which must stand for something.
  ///
  /// - Parameter skipSpecialTokens: whether special tokens are left out.
  /// - Throws: `AnnealError` of code `data` that names the first id without a token, and its place.
  public func decode(checking ids: [Int], skipSpecialTokens: Bool = false) throws -> String {
    if let place = ids.firstIndex(where: { token(of: $0) == nil }) {
      throw AnnealError(
        .data, "the id \(ids[place]) at place \(place) stands for no token",
        remedy: "The tokenizer has ids from 0 to \(vocabularySize - 1); is it the model's own?")
    }
    return decode(ids, skipSpecialTokens: skipSpecialTokens)
  }

  /// A decoder for ids that come one at a time.
  public func streamDecoder(skipSpecialTokens: Bool = true) -> StreamDecoder {
    StreamDecoder(self, skipsSpecialTokens: skipSpecialTokens)
  }
}

/// Workspaces that are not in use, so that each thread finds a warm cache without waiting.
final class WorkspacePool: Sendable {
  private let free = Mutex<[Workspace]>([])

  func borrow<Result>(_ body: (inout Workspace) -> Result) -> Result {
    var workspace = free.withLock { $0.popLast() } ?? Workspace()
    let result = body(&workspace)
    workspace.dropLargeBuffers()
    free.withLock { $0.append(workspace) }
    return result
  }
}
