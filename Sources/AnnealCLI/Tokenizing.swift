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
      "A tokenizer.json, a tokenizer.model, a vocab.json or a GGUF file.", valueName: "file"))
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

  @Option(help: "Entries of the vocabulary, special tokens included.")
  var vocabSize: Int

  @Option(name: .customLong("output"), help: ArgumentHelp("The tokenizer.json.", valueName: "file"))
  var destination: String

  @Option(help: "The least number of times a pair must stand in the text to be merged.")
  var minFrequency = 2

  @Option(
    name: [.customLong("special-tokens"), .customLong("special")],
    help: ArgumentHelp(
      "Special tokens, with commas between; may be given several times.", valueName: "tokens"))
  var specials: [String] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

  @Option(
    help:
      "How words are told apart: gpt2, llama3, qwen2, or separate (each sign alone, words cut alike after a space)."
  )
  var pattern = "qwen2"

  @Flag(help: "Replace the file when it is there.")
  var overwrite = false

  @Argument(help: "Text files.")
  var files: [String]

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard overwrite || !Folder.holdsAnything(destination) else {
      throw ValidationError("\(destination) is there already; replace it with --overwrite.")
    }
    guard BPETrainer.Pattern(rawValue: pattern) != nil else {
      let names = BPETrainer.Pattern.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--pattern is \(pattern); expected one of \(names).")
    }
  }

  func perform(_ console: Console) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    var trainer = BPETrainer(
      vocabularySize: vocabSize, minimumFrequency: minFrequency,
      specialTokens: specials.flatMap { $0.split(separator: ",").map(String.init) },
      pattern: BPETrainer.Pattern(rawValue: pattern) ?? .qwen2)
    for file in files { try trainer.feed(contentsOf: file) }
    let json = try trainer.train()
    try AtomicFile.write(json.text(.pretty) + "\n", to: destination)
    let seconds = (clock.now - start) / .seconds(1)
    let size = try Tokenizer(json: json, file: destination).vocabularySize
    let merges = json["model"]?["merges"]?.array?.count ?? 0
    console.result(
      [
        "vocab_size": .integer(size), "merges": .integer(merges), "seconds": .number(seconds),
      ],
      "\(destination): \(size) tokens, \(merges) merges, \(Amount.seconds(seconds))")
  }
}

/// `anneal tokenizer encode`.
struct TokenizerEncode: Verb {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "The ids of a text.")

  @OptionGroup var tokenizer: TokenizerOptions

  @Option(help: "A file with the text.")
  var file: String?

  @Argument(help: "The text.")
  var text: String?

  @Flag(name: .customLong("no-special"), help: "Add no special tokens such as BOS.")
  var addsNoSpecial = false

  @Flag(
    name: .customLong("lines"),
    help: "Take each line of the file as a text, a JSON string; print its ids and their text.")
  var readsLines = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (file == nil) != (text == nil) else {
      throw ValidationError("Give either a text or --file.")
    }
    if readsLines, file == nil { throw ValidationError("--lines needs --file.") }
  }

  private func printLines(_ path: String, _ tokenizer: Tokenizer) throws {
    for (number, line) in try TextFile.read(path).utf8.split(separator: 0x0A).enumerated() {
      guard let text = try JSON(parsing: Array(line), file: path).string else {
        throw AnnealError(
          .data, "the line is no JSON string", at: .init(file: path, line: number + 1))
      }
      let ids = tokenizer.encode(text, addSpecialTokens: !addsNoSpecial)
      let row: JSON = [
        "ids": .array(ids.map { .integer($0) }), "text": .string(tokenizer.decode(ids)),
      ]
      print(row.text())
    }
  }

  func perform(_ console: Console) async throws {
    let tokenizer = try tokenizer.load()
    if readsLines, let file { return try printLines(file, tokenizer) }
    let text = try text ?? TextFile.read(file ?? "")
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
    commandName: "decode", abstract: "The text of ids.")

  @OptionGroup var tokenizer: TokenizerOptions

  @Argument(help: "Token ids.")
  var ids: [Int]

  @Flag(name: .customLong("skip-special"), help: "Leave special tokens out.")
  var skipsSpecial = false

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let tokenizer = try tokenizer.load()
    if let unknown = ids.first(where: { tokenizer.token(of: $0) == nil }) {
      throw AnnealError(
        .usage, "\(unknown) is not the id of a token",
        remedy: "Ids go from 0 to \(tokenizer.vocabularySize - 1).")
    }
    let text = tokenizer.decode(ids, skipSpecialTokens: skipsSpecial)
    console.result(["text": .string(text)], text)
  }
}
