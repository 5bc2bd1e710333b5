internal import AnnealFiles

/// SentencePiece's `tokenizer.model`: a `ModelProto` of google/sentencepiece,
/// `src/sentencepiece_model.proto`, of which the fields that decide ids are read.
enum SentencePieceReader: TokenizerReader {
  static func file(in folder: String) -> String? {
    ["tokenizer.model", "spiece.model"].map { folder + "/" + $0 }.first(where: Folder.holdsFile)
  }

  /// A message begins with its first piece: field 1, a length, and in it field 1 again.
  static func recognizes(_ path: String, start: ArraySlice<UInt8>) -> Bool {
    let start = Array(start.prefix(12))
    guard start.count > 3, start[0] == 0x0A else { return false }
    return start[1] < 0x80 ? start[2] == 0x0A : start[2] < 0x80 && start[3] == 0x0A
  }

  static func read(_ path: String, beside folder: TokenizerFolder) throws -> TokenizerContents {
    let file = try MappedFile(path: path, code: .model)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    let vocabulary = try vocabulary(bytes, file: path)
    return TokenizerContents(
      source: try vocabulary.document(file: path).text(), configuration: vocabulary.configuration)
  }

  private static func vocabulary(_ bytes: [UInt8], file: String) throws -> PieceVocabulary {
    var vocabulary = PieceVocabulary()
    // The defaults of the schema.
    (vocabulary.unknown, vocabulary.beginning, vocabulary.end) = (0, 1, 2)
    vocabulary.isUnigram = true
    vocabulary.isSentencePiece = true
    vocabulary.removesExtraSpaces = true
    var isWhole = true
    let isRead = try ProtobufReader.fields(of: bytes[...]) { field, value in
      guard let message = value.bytes else { return }
      switch field {
      case 1: isWhole = append(message, to: &vocabulary) && isWhole
      case 2: isWhole = try train(message, &vocabulary, file) && isWhole
      case 3: isWhole = try normalize(message, &vocabulary, file) && isWhole
      case 5: isWhole = try denormalize(message, file) && isWhole
      default: break
      }
    }
    guard isRead, isWhole else {
      throw AnnealError(
        .model, "the SentencePiece model is broken or cut off", at: .init(file: file),
        remedy: "Fetch the file again.")
    }
    // Llama's kind begins its texts; without a token for that it is T5's, which ends them.
    vocabulary.addsBeginning = vocabulary.beginning != nil
    vocabulary.addsEnd = vocabulary.beginning == nil
    return vocabulary
  }

  /// `SentencePiece`: 1 piece, 2 score, 3 type.
  private static func append(
    _ message: ArraySlice<UInt8>, to vocabulary: inout PieceVocabulary
  ) -> Bool {
    var piece = PieceVocabulary.Piece(text: [], score: 0, kind: .normal)
    let isRead = ProtobufReader.fields(of: message) { field, value in
      switch field {
      case 1: if let bytes = value.bytes { piece.text = repairedUTF8(bytes) }
      case 2: if let score = value.float { piece.score = score }
      case 3:
        if let kind = value.int.flatMap(PieceVocabulary.Kind.init) { piece.kind = kind }
      default: break
      }
    }
    vocabulary.pieces.append(piece)
    return isRead
  }

  /// `TrainerSpec`: 3 model_type, 24 treat_whitespace_as_suffix, 35 byte_fallback, 40 to 43 the ids
  /// of unknown, beginning, end and padding, -1 for none, 44 unk_surface.
  private static func train(
    _ message: ArraySlice<UInt8>, _ vocabulary: inout PieceVocabulary, _ file: String
  ) throws -> Bool {
    func id(_ value: ProtobufReader.Value) -> Int? { value.int.flatMap { $0 < 0 ? nil : $0 } }
    return try ProtobufReader.fields(of: message) { field, value in
      switch field {
      case 3:
        guard value.int == 1 || value.int == 2 else {
          throw AnnealError(
            .model, "SentencePiece models of words or characters are not supported",
            at: .init(file: file, field: "model_type"), remedy: "Supported: unigram, bpe.")
        }
        vocabulary.isUnigram = value.int == 1
      case 24:
        if value.bool == true {
          throw AnnealError(
            .model, "spaces behind their words are not supported",
            at: .init(file: file, field: "treat_whitespace_as_suffix"))
        }
      case 35: vocabulary.fallsBackToBytes = value.bool ?? false
      case 40: vocabulary.unknown = id(value)
      case 41: vocabulary.beginning = id(value)
      case 42: vocabulary.end = id(value)
      case 43: vocabulary.padding = id(value)
      case 44:
        if let bytes = value.bytes {
          vocabulary.unknownSurface = String(decoding: bytes, as: UTF8.self)
        }
      default: break
      }
    }
  }

  /// `NormalizerSpec`: 2 precompiled_charsmap, 3 add_dummy_prefix, 4 remove_extra_whitespaces,
  /// 5 escape_whitespaces.
  private static func normalize(
    _ message: ArraySlice<UInt8>, _ vocabulary: inout PieceVocabulary, _ file: String
  ) throws -> Bool {
    try ProtobufReader.fields(of: message) { field, value in
      switch field {
      case 2: vocabulary.normalization = value.bytes.map { Array($0) } ?? []
      case 3: vocabulary.addsSpace = value.bool ?? true
      case 4: vocabulary.removesExtraSpaces = value.bool ?? true
      case 5:
        if value.bool == false {
          throw AnnealError(
            .model, "pieces in which spaces are not written as '▁' are not supported",
            at: .init(file: file, field: "escape_whitespaces"))
        }
      default: break
      }
    }
  }

  /// The `NormalizerSpec` of the way back, whose table (2) changes what ids decode to.
  private static func denormalize(_ message: ArraySlice<UInt8>, _ file: String) throws -> Bool {
    try ProtobufReader.fields(of: message) { field, value in
      if field == 2, value.bytes?.isEmpty == false {
        throw AnnealError(
          .model, "a table that changes decoded text is not supported",
          at: .init(file: file, field: "denormalizer_spec"))
      }
    }
  }
}
