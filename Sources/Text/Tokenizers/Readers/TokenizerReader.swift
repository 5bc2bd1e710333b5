internal import AnnealFiles

/// A kind of file that holds a tokenizer.
protocol TokenizerReader: SendableMetatype {
  /// The file of this kind in a model folder; nil when there is none.
  static func file(in folder: String) -> String?

  /// Whether the file at `path`, which begins with `start`, is of this kind.
  static func recognizes(_ path: String, start: ArraySlice<UInt8>) -> Bool

  /// Reads the file.
  static func read(_ path: String, beside folder: TokenizerFolder) throws -> TokenizerContents
}

/// What a reader found.
struct TokenizerContents {
  /// The text of a `tokenizer.json`.
  var source: [UInt8]
  /// What a `tokenizer_config.json` would say, as far as the file itself knows it.
  var configuration: [(String, JSON)] = []
}

/// The kinds that are known, one line each, in the order in which a model folder is searched.
enum TokenizerReaders {
  static let all: [any TokenizerReader.Type] = [
    TokenizerJSONReader.self,
    SentencePieceReader.self,
    TiktokenReader.self,
    VocabularyAndMergesReader.self,
    GGUFTokenizerReader.self,
  ]

  /// The reader of a file or folder, and the file to read; nil when there is nothing to read.
  static func find(_ path: String) throws -> (reader: any TokenizerReader.Type, file: String)? {
    if Folder.exists(path) {
      var unknown: String?
      for reader in all {
        guard let file = reader.file(in: path) else { continue }
        if reader.recognizes(file, start: try start(file)) { return (reader, file) }
        unknown = unknown ?? file
      }
      if let unknown { throw try refusal(unknown, start(unknown)) }
      let vocabulary = path + "/vocab.json"
      if Folder.holdsFile(vocabulary) { throw VocabularyAndMergesReader.noMerges(vocabulary) }
      return nil
    }
    guard Folder.holdsFile(path) else {
      throw AnnealError(
        .model, "there is no such file or folder", at: .init(file: path), remedy: "Check the path.")
    }
    let start = try start(path)
    if let reader = all.first(where: { $0.recognizes(path, start: start) }) {
      return (reader, path)
    }
    throw refusal(path, start)
  }

  private static func start(_ file: String) throws -> ArraySlice<UInt8> {
    let mapped = try MappedFile(path: file, code: .model)
    return withExtendedLifetime(mapped) { Array(mapped.bytes.prefix(256))[...] }
  }

  private static func refusal(_ file: String, _ start: ArraySlice<UInt8>) -> AnnealError {
    let place = AnnealError.Place(file: file)
    if start.isEmpty {
      return AnnealError(.model, "the file is empty", at: place, remedy: "Fetch the file again.")
    }
    if file.hasSuffix("merges.txt") || start.starts(with: Array("#version".utf8)) {
      return AnnealError(
        .model, "these are merges; the tokens themselves are in another file", at: place,
        remedy: "Name the vocab.json beside it; its merges are then found.")
    }
    if Folder.name(of: file) == "vocab.txt" {
      return AnnealError(
        .model, "a vocab.txt alone does not say how texts are cut", at: place,
        remedy: "Name the model's tokenizer.json.")
    }
    return AnnealError(
      .model, "this is no kind of tokenizer that is known", at: place,
      remedy: """
        Known: tokenizer.json, tokenizer.model (SentencePiece or tiktoken ranks), \
        vocab.json with merges.txt, and GGUF.
        """)
  }
}

/// The folder that a tokenizer's file lies in, with the small files that tell of its family.
struct TokenizerFolder {
  let path: String
  /// The content of `tokenizer_config.json`.
  let configuration: JSON?

  init(_ path: String) throws {
    self.path = path
    configuration = try Self.json(path + "/tokenizer_config.json")
  }

  /// The content of another file, when it is there.
  func json(_ name: String) throws -> JSON? { try Self.json(path + "/" + name) }

  /// The class of tokenizer that the folder names, without `Fast`; else the family in `config.json`.
  func family() throws -> String? {
    if let name = configuration?["tokenizer_class"]?.string {
      return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    }
    return try json("config.json")?["model_type"]?.string
  }

  private static func json(_ path: String) throws -> JSON? {
    Folder.holdsFile(path) ? try JSON(contentsOf: path, code: .model) : nil
  }
}

/// `tokenizer.json` itself.
enum TokenizerJSONReader: TokenizerReader {
  static func file(in folder: String) -> String? {
    let file = folder + "/tokenizer.json"
    return Folder.holdsFile(file) ? file : nil
  }

  static func recognizes(_ path: String, start: ArraySlice<UInt8>) -> Bool {
    if start.isEmpty || VocabularyAndMergesReader.recognizes(path, start: start) { return false }
    // A broken file of that name is told where it is broken.
    return path.hasSuffix(".json") || start.first == UInt8(ascii: "{")
  }

  static func read(_ path: String, beside folder: TokenizerFolder) throws -> TokenizerContents {
    let file = try MappedFile(path: path, code: .model)
    return withExtendedLifetime(file) { TokenizerContents(source: Array(file.bytes)) }
  }
}
