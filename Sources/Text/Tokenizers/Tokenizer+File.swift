public import AnnealFiles
internal import OrderedCollections

extension Tokenizer {
  /// The tokenizer at `path`: one of the kinds of file in `TokenizerReaders`, or a model folder that
  /// holds one: `tokenizer.json`, `tokenizer.model`, `vocab.json` with `merges.txt`, or a GGUF file,
  /// in this order.
  ///
  /// A `tokenizer_config.json` beside it says which tokens begin and end a text and fill rows.
  ///
  /// - Throws: `AnnealError` of code `model`, which names the file and the member at fault.
  public init(path: String) throws {
    guard let (reader, file) = try TokenizerReaders.find(path) else {
      throw AnnealError(
        .model, "no tokenizer here", at: .init(file: path),
        remedy: """
          Name a tokenizer.json, a tokenizer.model, a vocab.json with merges.txt beside it, \
          a GGUF file, or a model folder that holds one.
          """)
    }
    let folder = try TokenizerFolder(Folder.parent(of: file) ?? "/")
    let contents = try reader.read(file, beside: folder)
    // What the folder says counts before what the file knows of itself.
    let known = JSON(members: contents.configuration + (folder.configuration?.members ?? []))
    try self.init(
      source: contents.source,
      configuration: folder.configuration == nil && contents.configuration.isEmpty ? nil : known,
      file: file)
    isConverted = reader != TokenizerJSONReader.self
  }

  /// The tokenizer in the metadata of the GGUF file at `path` alone, whatever lies beside it.
  public init(inGGUF path: String) throws {
    let folder = try TokenizerFolder(path)
    let contents = try GGUFTokenizerReader.read(path, beside: folder)
    try self.init(
      source: contents.source, configuration: JSON(members: contents.configuration), file: path)
    isConverted = true
  }

  /// The tokenizer that `json`, the content of a `tokenizer.json`, describes.
  ///
  /// - Parameters:
  ///   - configuration: the content of a `tokenizer_config.json`.
  ///   - file: what error messages call it.
  public init(json: JSON, configuration: JSON? = nil, file: String) throws {
    try self.init(source: Array(json.text().utf8), configuration: configuration, file: file)
  }

  /// Writes `tokenizer.json` into `folder`, byte for byte as it was read.
  ///
  /// What another kind of file said of special tokens and templates goes into a
  /// `tokenizer_config.json`, unless there is one.
  public func save(to folder: String) throws {
    try AtomicFile.write(source, to: folder + "/tokenizer.json")
    let file = folder + "/tokenizer_config.json"
    if isConverted, let configuration, !Folder.holdsFile(file) {
      try AtomicFile.write(configuration.text(.pretty) + "\n", to: file)
    }
  }
}

/// A `tokenizer.json`, read.
struct TokenizerParts {
  let normalizer: (any Normalizer)?
  let preTokenizer: (any PreTokenizer)?
  let postProcessor: PostProcessor
  let decoder: any TokenDecoder
  let model: any TokenModel
  let addedTokens: [AddedToken]
  let truncation: Truncation?
  let batchPadding: Padding?

  init(_ bytes: [UInt8], configuration: JSON?, file: String) throws {
    let source = try TokenizerSource(bytes, file: file)
    let part = { (key: String) -> TokenizerPart? in
      guard let json = source.json[key], !json.isNull else { return nil }
      return TokenizerPart(json: json, file: file, field: key)
    }
    guard let modelJSON = source.json["model"], modelJSON.object != nil else {
      throw TokenizerSource.fault(
        "not a tokenizer.json: 'model' is \(source.json["model"]?.kind ?? "missing"); an object is "
          + "expected", "model", file)
    }
    normalizer = try part("normalizer").map(Normalizers.read)
    postProcessor = try part("post_processor").map(PostProcessor.read) ?? PostProcessor()
    truncation = try part("truncation").map(Truncation.init)
    batchPadding = try part("padding").map(Padding.init)
    decoder = try part("decoder").map(TokenDecoders.read) ?? SpacedDecoder()
    var modelSource = TokenModelSource(
      json: modelJSON, entries: source.entries, merges: source.merges, pieces: source.pieces,
      isByteLevel: false, file: file)
    let cut = try part("pre_tokenizer").map(PreTokenizers.read)
    let plain = BPE.mayReadBytes(modelSource) ? cut?.withoutSpelling : nil
    preTokenizer = plain ?? cut
    modelSource.isByteLevel = plain != nil
    model = try TokenModels.read(modelSource)
    var tokens = try Self.addedTokens(source.json["added_tokens"], file: file)
    // A model folder may declare more of them beside the file.
    var contents = Set(tokens.map { Array($0.content.utf8) })
    for (key, json) in configuration?["added_tokens_decoder"]?.object ?? [:] {
      guard let id = Int(key) else { continue }
      let token = try AddedToken(
        json, id: id, file: file, field: "added_tokens_decoder.\(key)")
      if contents.insert(Array(token.content.utf8)).inserted { tokens.append(token) }
    }
    // A token of the model's keeps the model's id, as in `tokenizers`.
    for index in tokens.indices {
      if let id = model.vocabulary.id(spelled: tokens[index].content) { tokens[index].id = id }
    }
    addedTokens = tokens
  }

  /// The file's own added tokens, of which no two may have one id.
  private static func addedTokens(_ json: JSON?, file: String) throws -> [AddedToken] {
    guard let json, !json.isNull else { return [] }
    guard let list = json.array else {
      throw TokenizerSource.fault(
        "'added_tokens' is \(json.kind); expected a list", "added_tokens", file)
    }
    var names: [Int: String] = [:]
    return try list.enumerated().map { index, element in
      let field = "added_tokens[\(index)]"
      let token = try AddedToken(element, file: file, field: field)
      if let other = names.updateValue(token.content, forKey: token.id), other != token.content {
        throw TokenizerSource.fault(
          "'\(other)' and '\(token.content)' both have the id \(token.id)", field, file)
      }
      return token
    }
  }
}

/// What a `tokenizer_config.json` says of special tokens.
struct SpecialNames {
  let beginning: Int?
  let end: Int?
  let padding: Int?
  let unknown: Int?
  private let addsBeginning: Bool?
  private let addsEnd: Bool?

  init(_ configuration: JSON?, id: (String) -> Int?) {
    // A name is a string, or an added token written out.
    func named(_ key: String) -> Int? {
      let value = configuration?[key]
      return (value?.string ?? value?["content"]?.string).flatMap(id)
    }
    beginning = named("bos_token")
    end = named("eos_token")
    padding = named("pad_token")
    unknown = named("unk_token")
    addsBeginning = configuration?["add_bos_token"]?.bool
    addsEnd = configuration?["add_eos_token"]?.bool
  }

  /// The post-processor with `add_bos_token` and `add_eos_token` heeded, where they are given.
  func adjusted(_ processor: PostProcessor) -> PostProcessor {
    var processor = processor
    for (id, adds, isBefore) in [(beginning, addsBeginning, true), (end, addsEnd, false)] {
      guard let id, let adds else { continue }
      if adds {
        processor.add(id, isBefore: isBefore)
      } else {
        processor.remove(id, isBefore: isBefore)
      }
    }
    return processor
  }
}
