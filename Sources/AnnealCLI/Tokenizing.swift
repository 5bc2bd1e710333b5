import Anneal
import AnnealFiles
import AnnealText
import ArgumentParser

/// `anneal tokenizer`: train, encode, decode.
struct TokenizerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer", abstract: "Trains tokenizers, and turns text to ids and back.",
    subcommands: [TokenizerTrain.self, TokenizerEncode.self, TokenizerDecode.self])
}

/// Which tokenizer a verb uses.
struct TokenizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A model's folder.", valueName: "folder"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A tokenizer.json, a tokenizer.model, a vocab.json with merges.txt beside it, or a GGUF file.",
      valueName: "file"))
  var tokenizer: String?

  func validate() throws {
    guard (model == nil) != (tokenizer == nil) else {
      throw ValidationError("Give either --model or --tokenizer.")
    }
  }

  func load() throws -> Tokenizer { try Tokenizer(path: model ?? tokenizer ?? "") }
}

/// `anneal tokenizer train`.
struct TokenizerTrain: Verb {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a byte-level BPE tokenizer on text files.")

  @Option(
    parsing: .unconditional,
    help: "Entries of the vocabulary: special tokens, the 256 bytes, and what is learned.")
  var vocabSize: Int

  @Option(name: .customLong("output"), help: ArgumentHelp("The tokenizer.json.", valueName: "file"))
  var destination: String

  @Option(
    parsing: .unconditional,
    help: "The least number of times a pair must stand in the text to be merged.")
  var minFrequency = 2

  @Option(
    name: [.customLong("special-tokens"), .customLong("special")],
    help: ArgumentHelp(
      """
      Special tokens, with commas between; spaces around the commas are left out. May be given \
      several times.
      """, valueName: "tokens"))
  var specials: [String] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

  @Option(
    help:
      "How words are told apart: gpt2, llama3, qwen2, or separate (each sign alone, words cut alike after a space)."
  )
  var pattern = "qwen2"

  @Flag(help: "Replace the file when it is there.")
  var overwrite = false

  @Argument(help: "Text files; - is standard input.")
  var files: [String]

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard BPETrainer.Pattern(rawValue: pattern) != nil else {
      let names = BPETrainer.Pattern.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--pattern is \(pattern); expected one of \(names).")
    }
    guard minFrequency > 0 else {
      throw ValidationError("--min-frequency is \(minFrequency); expected 1 or more.")
    }
    let tokens = try specialTokens()
    guard vocabSize >= tokens.count + 256 else {
      throw ValidationError(
        "--vocab-size is \(vocabSize); expected at least \(tokens.count + 256): 256 bytes and "
          + "\(tokens.count) special tokens.")
    }
    _ = try InputPath.resolved(files)
  }

  private func specialTokens() throws -> [String] {
    var tokens: [String] = []
    for list in specials where !list.isEmpty {
      for part in list.split(separator: ",", omittingEmptySubsequences: false) {
        let token = part.trimmingSpaces
        guard !token.isEmpty else {
          throw ValidationError(
            "--special-tokens '\(list)' has a comma with no token beside it; take the comma out.")
        }
        guard !tokens.contains(where: { $0.utf8.elementsEqual(token.utf8) }) else {
          throw ValidationError("--special-tokens names '\(token)' twice; name it once.")
        }
        tokens.append(token)
      }
    }
    return tokens
  }

  func perform(_ console: Console) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    try OutputPlace.check(
      destination, inputs: files, overwrite: overwrite, named: "tokenizer.json")
    var trainer = BPETrainer(
      vocabularySize: vocabSize, minimumFrequency: minFrequency,
      specialTokens: try specialTokens(),
      pattern: BPETrainer.Pattern(rawValue: pattern) ?? .qwen2)
    let paths = try InputPath.resolved(files)
    for path in paths {
      TextFile.tell(try trainer.feed(contentsOf: path), of: path, console)
    }
    guard !trainer.isEmpty else {
      throw AnnealError(
        .data, "there is no text to learn from: \(paths.joined(separator: ", "))",
        remedy: "Name text files with words in them.")
    }
    let json = try trainer.train()
    try AtomicFile.write(json.text(.pretty) + "\n", to: destination)
    let seconds = (clock.now - start) / .seconds(1)
    let size = try Tokenizer(json: json, file: destination).vocabularySize
    let merges = json["model"]?["merges"]?.array?.count ?? 0
    if size < vocabSize {
      console.note(
        """
        note: \(size) tokens instead of \(vocabSize): no further pair of tokens occurs \
        \(minFrequency == 1 ? "at all" : "\(minFrequency) times (--min-frequency)") in this text
        """)
    }
    console.result(
      [
        "vocab_size": .integer(size), "merges": .integer(merges), "seconds": .number(seconds),
      ],
      "\(destination): \(size) tokens, \(merges) merges, \(Amount.seconds(seconds))")
  }
}

extension Substring {
  /// The text without white space at its ends.
  var trimmingSpaces: String {
    let rest = drop { $0.isWhitespace }
    return String(
      rest[..<(rest.lastIndex { !$0.isWhitespace }.map(rest.index(after:)) ?? rest.startIndex)])
  }
}

/// `anneal tokenizer encode`.
struct TokenizerEncode: Verb {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "The ids of a text.",
    discussion: """
      A text that begins with '-' stands behind '--'. With --json, `offsets` are the characters \
      (Unicode scalars) of the text that each token covers, from 0.
      """)

  @OptionGroup var tokenizer: TokenizerOptions

  @Option(help: "A file with the text; - is standard input.")
  var file: String?

  @Argument(help: "The text.")
  var text: String?

  @Flag(name: .customLong("no-special"), help: "Add no special tokens such as BOS.")
  var addsNoSpecial = false

  @Flag(
    name: .customLong("lines"),
    help:
      "Take each line of the file as a text, a JSON string; print its ids and their text. Empty lines are passed over."
  )
  var readsLines = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (file == nil) != (text == nil) else {
      throw ValidationError("Give either a text or --file.")
    }
    if readsLines, file == nil { throw ValidationError("--lines needs --file.") }
  }

  private func printLines(_ path: String, _ tokenizer: Tokenizer, _ console: Console) throws {
    let file = InputPath.resolved(path)
    let lines = try TextFile.bytes(path, telling: console)
      .split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      let text = try string(line, at: .init(file: file, line: index + 1))
      let ids = tokenizer.encode(text, addSpecialTokens: !addsNoSpecial)
      let row: JSON = [
        "ids": .array(ids.map { .integer($0) }), "text": .string(tokenizer.decode(ids)),
      ]
      print(row.text())
    }
  }

  /// The JSON string that is the line at `place`.
  private func string(_ line: ArraySlice<UInt8>, at place: AnnealError.Place) throws -> String {
    let remedy = #"Write each line as a JSON string, such as "He said \"no\"."."#
    let json: JSON
    do {
      json = try JSON(parsing: Array(line), file: place.file, firstLine: place.line ?? 1)
    } catch var error as AnnealError {
      error.remedy = remedy
      throw error
    }
    guard let text = json.string else {
      throw AnnealError(
        .data, "the line is \(json.kind); expected a string", at: place, remedy: remedy)
    }
    return text
  }

  func perform(_ console: Console) async throws {
    let tokenizer = try tokenizer.load()
    if readsLines, let file { return try printLines(file, tokenizer, console) }
    let text = try text ?? TextFile.read(file ?? "", telling: console)
    let encoding = tokenizer.encoding(of: text, addSpecialTokens: !addsNoSpecial)
    console.result(
      [
        "ids": .array(encoding.ids.map { .integer($0) }),
        "tokens": .array(encoding.tokens.map { .string($0) }),
        "offsets": .array(
          encoding.offsets.map { [.integer($0.lowerBound), .integer($0.upperBound)] }),
      ],
      encoding.ids.map(String.init).joined(separator: " "))
  }
}

/// `anneal tokenizer decode`.
struct TokenizerDecode: Verb {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "The text of ids.",
    discussion: """
      Ids may be written as `encode` prints them: "1 403", 1,403 or [1, 403], or as its --json, in a \
      file too.
      """)

  @OptionGroup var tokenizer: TokenizerOptions

  @Option(help: "A file with the ids; - is standard input.")
  var file: String?

  @Argument(help: "Token ids.")
  var ids: [String] = []

  @Flag(name: .customLong("skip-special"), help: "Leave special tokens out.")
  var skipsSpecial = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (file == nil) != ids.isEmpty else {
      throw ValidationError("Give either ids or --file.")
    }
  }

  func perform(_ console: Console) async throws {
    let tokenizer = try tokenizer.load()
    let text = try file.map { try TextFile.read($0) } ?? ids.joined(separator: " ")
    let place = file.map { AnnealError.Place(file: InputPath.resolved($0)) }
    let ids = try Self.ids(in: text, at: place)
    if let unknown = ids.first(where: { tokenizer.token(of: $0) == nil }) {
      throw AnnealError(
        place == nil ? .usage : .data, "\(unknown) is not the id of a token", at: place,
        remedy: "Ids go from 0 to \(tokenizer.vocabularySize - 1).")
    }
    let decoded = tokenizer.decode(ids, skipSpecialTokens: skipsSpecial)
    console.result(["text": .string(decoded)], decoded)
  }

  /// The whole numbers of a text, with spaces or commas between, as a JSON list, or under `ids`.
  private static func ids(in text: String, at place: AnnealError.Place?) throws -> [Int] {
    func fault(_ found: String) -> AnnealError {
      AnnealError(
        place == nil ? .usage : .data, "\(found) is no token id; ids are whole numbers from 0",
        at: place, remedy: "Write them as 1 403, as 1,403 or as [1, 403].")
    }
    if text.first(where: { !$0.isWhitespace }) == "{" {
      let json = try JSON(parsing: text, file: place?.file ?? "the ids")
      guard let list = json["ids"]?.array else { throw fault("an object without a list 'ids'") }
      return try list.map { element in
        guard let id = element.integer else { throw fault(element.text()) }
        return id
      }
    }
    return try text.split { $0.isWhitespace || ",[]".contains($0) }.map { part in
      guard let id = Int(part) else { throw fault("'\(part)'") }
      return id
    }
  }
}
