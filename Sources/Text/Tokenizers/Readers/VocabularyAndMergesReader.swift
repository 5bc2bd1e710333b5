internal import AnnealFiles

/// GPT-2's pair of files: `vocab.json` with the ids, `merges.txt` with a merge a line.
///
/// They may go by other names: `encoder.json` with `vocab.bpe`, or both with the same beginning, such
/// as `small-vocab.json` with `small-merges.txt`. Further tokens come from `added_tokens.json`; which of them are special, from
/// `special_tokens_map.json` and `tokenizer_config.json`.
enum VocabularyAndMergesReader: TokenizerReader {
  static func file(in folder: String) -> String? {
    let file = folder + "/vocab.json"
    return Folder.holdsFile(file) && Folder.holdsFile(folder + "/merges.txt") ? file : nil
  }

  static func recognizes(_ path: String, start: ArraySlice<UInt8>) -> Bool {
    !start.isEmpty && (Folder.name(of: path) == "vocab.json" || beginsWithToken(start))
  }

  /// Whether the first member of an object is a token with its id; that of a `tokenizer.json` is its
  /// version or a part.
  private static func beginsWithToken(_ start: ArraySlice<UInt8>) -> Bool {
    start.withUnsafeBufferPointer { text in
      var scanner = TokenizerSource.Scanner(text)
      var isToken = false
      _ = scanner.members { key, scanner in
        isToken =
          key != Array("version".utf8)
          && scanner.peek.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        return false
      }
      return isToken
    }
  }

  /// The merges that belong to the vocabulary at `path`.
  private static func mergesFile(of path: String, in folder: String) throws -> String {
    let name = Folder.name(of: path)
    var names = ["merges.txt"]
    if name.hasSuffix("vocab.json") { names.insert(name.dropLast(10) + "merges.txt", at: 0) }
    if name.hasSuffix("encoder.json") { names.insert(name.dropLast(12) + "vocab.bpe", at: 0) }
    if let found = names.map({ folder + "/" + $0 }).first(where: Folder.holdsFile) { return found }
    throw noMerges(path)
  }

  /// The failure that a vocabulary stands alone.
  static func noMerges(_ path: String) -> AnnealError {
    AnnealError(
      .model, "this vocabulary needs its merges, and no merges.txt lies beside it",
      at: .init(file: path),
      remedy: "Put the merges.txt of the same tokenizer into its folder, or use a tokenizer.json.")
  }

  static func read(_ path: String, beside folder: TokenizerFolder) throws -> TokenizerContents {
    let entries = try vocabulary(path)
    let merges = try merges(mergesFile(of: path, in: folder.path))
    let family = try folder.family()
    let isRoberta = family.map { ["RobertaTokenizer", "BartTokenizer"].contains($0) } ?? false
    let names = try SpecialTokenNames(folder, defaults: isRoberta ? roberta : gpt2)
    let tokens = try added(folder, names, entries)
    let isQwen = family?.lowercased().hasPrefix("qwen") ?? false
    let wrapped = { (name: String) in
      isRoberta ? tokens.filter { $0.content == name }.map { ($0.content, $0.id) } : []
    }
    let document = TokenizerDocument.byteLevel(
      isQwen ? .qwen2 : .gpt2, entries: entries, merges: merges, added: tokens,
      addsSpace: folder.configuration?["add_prefix_space"]?.bool ?? false,
      before: wrapped("<s>"), after: wrapped("</s>"))
    return TokenizerContents(source: document.text(), configuration: names.configuration)
  }

  private static let gpt2 = [
    ("bos_token", "<|endoftext|>"), ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>"),
  ]
  private static let roberta = [
    ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"),
    ("mask_token", "<mask>"),
  ]

  private static func vocabulary(_ path: String) throws -> [TokenizerSource.Entry] {
    let file = try MappedFile(path: path, code: .model)
    return try withExtendedLifetime(file) {
      let bytes = file.bytes.bindMemory(to: UInt8.self)
      var scanner = TokenizerSource.Scanner(bytes)
      if let entries = scanner.vocabulary() { return entries }
      // The JSON parser knows where the fault is; what it accepts is no vocabulary.
      let json = try JSON(contentsOf: path, code: .model)
      if let fault = TokenizerSource.vocabularyFault(json, path, field: nil) { throw fault }
      throw AnnealError(
        .model, "a vocabulary is an object of tokens and their ids, whole numbers from 0",
        at: .init(file: path), remedy: "Fetch the file again.")
    }
  }

  private static func merges(_ path: String) throws -> [TokenizerSource.Pair] {
    let file = try MappedFile(path: path, code: .model)
    return try withExtendedLifetime(file) {
      var merges: [TokenizerSource.Pair] = []
      let lines = Array(file.bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        let line = line.last == 0x0D ? line.dropLast() : line
        if line.isEmpty || number == 0 && line.starts(with: Array("#version".utf8)) { continue }
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
          throw AnnealError(
            .model,
            """
            the line is '\(String(decoding: line.prefix(60), as: UTF8.self))'; a merge is two \
            tokens with a space between
            """, at: .init(file: path, line: number + 1),
            remedy: "Fetch the file again.")
        }
        merges.append(.init(left: repairedUTF8(parts[0]), right: repairedUTF8(parts[1])))
      }
      return merges
    }
  }

  /// Tokens beside the vocabulary, and those of the vocabulary that are special, by their ids.
  private static func added(
    _ folder: TokenizerFolder, _ names: SpecialTokenNames, _ entries: [TokenizerSource.Entry]
  ) throws -> [AddedToken] {
    var ids: [(String, Int)] = []
    for (token, id) in try folder.json("added_tokens.json")?.members ?? [] {
      guard let id = id.integer, id >= 0, id < Int(Int32.max) else {
        throw AnnealError(
          .model, "the id of '\(token)' is no whole number",
          at: .init(file: folder.path + "/added_tokens.json", field: token),
          remedy: "Ids go from 0 to \(Int32.max - 1).")
      }
      ids.append((token, id))
    }
    let known = Set(ids.map(\.0))
    var wanted = names.all.subtracting(known)
    for entry in entries where !wanted.isEmpty {
      let token = String(decoding: entry.token, as: UTF8.self)
      if wanted.remove(token) != nil { ids.append((token, entry.id)) }
    }
    return ids.sorted { $0.1 < $1.1 }.map { token, id in
      var added = AddedToken(special: token, id: id)
      added.isSpecial = names.all.contains(token)
      added.stripsLeft = names.strippingLeft.contains(token)
      return added
    }
  }
}

/// Which tokens a folder calls special, and for what.
struct SpecialTokenNames {
  /// `bos_token` and the like with their tokens.
  private(set) var configuration: [(String, JSON)]
  private(set) var all: Set<String> = []
  /// Tokens that swallow space before them, as masks do.
  private(set) var strippingLeft: Set<String> = []

  init(_ folder: TokenizerFolder, defaults: [(String, String)]) throws {
    configuration = defaults.map { ($0.0, .string($0.1)) }
    for json in [try folder.json("special_tokens_map.json"), folder.configuration] {
      for (key, value) in json?.members ?? [] {
        if key.hasSuffix("_token") {
          configuration.removeAll { $0.0 == key }
          configuration.append((key, value))
        } else if key == "additional_special_tokens" || key == "extra_special_tokens" {
          for token in value.array ?? value.members.map(\.value) { note(token) }
        }
      }
    }
    for (_, value) in configuration { note(value) }
  }

  /// A token is a string, or an added token written out.
  private mutating func note(_ json: JSON) {
    guard let token = json.string ?? json["content"]?.string, !token.isEmpty else { return }
    all.insert(token)
    if json["lstrip"]?.bool == true { strippingLeft.insert(token) }
  }
}
