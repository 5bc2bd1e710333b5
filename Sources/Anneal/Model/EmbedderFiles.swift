internal import AnnealFiles

/// How a model makes vectors of texts, as the files of Sentence Transformers beside its weights say, or
/// its GGUF file.
///
/// What is not known here is refused: the vectors would be those of another model.
struct EmbedderFiles: Sendable {
  /// How states become a vector; the mean where nothing says.
  let pooling: Pooling
  /// The longest text, in tokens; nil where nothing says.
  let longest: Int?
  /// What stands before every text.
  let prompt: String

  private static let remedy = "Serve the model, and give the server's address."

  /// What is said in the folder, or the GGUF file, of a model with `configuration`.
  init(folder: String, _ configuration: ConfigurationFile) throws {
    try Self.checkAttention(configuration)
    if try ModelFolder(folder).isGGUF {
      pooling = try Self.pooling(ofGGUF: folder)
      longest = nil
      prompt = ""
      return
    }
    prompt = try Self.prompt(folder)
    longest = try Self.longest(folder)
    guard let path = try Self.poolingFile(folder) else {
      pooling = .mean
      return
    }
    let json = try JSON(contentsOf: path, code: .model)
    pooling = try Pooling(json, path: path)
    guard prompt.isEmpty || json["include_prompt"]?.bool != false else {
      throw AnnealError(
        .model, "the prompt's tokens are left out of the pooling, which is not known here",
        at: .init(file: path, field: "include_prompt"), remedy: Self.remedy)
    }
  }

  /// Refuses a model whose tokens see others than those before them, or that brings its own code.
  private static func checkAttention(_ file: ConfigurationFile) throws {
    let usual = [("is_causal", true), ("use_bidirectional_attention", false)]
    for (key, value) in usual {
      guard try file.flag(key, default: value) != value else { continue }
      throw file.error(
        key, "'\(key)' is \(!value): a token sees those after it, and here only those before it",
        remedy: remedy)
    }
    let own = file.json["auto_map"]?.members.first { $0.key.hasPrefix("AutoModel") }
    guard let own else { return }
    throw file.error(
      "auto_map", "the model runs by code of its own, \(own.value.text()), which is not known here",
      remedy: remedy)
  }

  /// What a GGUF file says, in llama.cpp's numbers.
  private static func pooling(ofGGUF path: String) throws -> Pooling {
    let file = try GGUFFile(path: path)
    let architecture = file.string("general.architecture") ?? "none"
    let (attention, pooling) = (architecture + ".attention.causal", architecture + ".pooling_type")
    guard file.bool(attention) != false else {
      throw AnnealError(
        .model, "a token sees those after it, and here only those before it",
        at: .init(file: path, field: attention), remedy: remedy)
    }
    let number = file.integer(pooling) ?? 0
    switch number {
    case 0, 1: return .mean
    case 2: return .first
    case 3: return .last
    default:
      throw AnnealError(
        .model, "the pooling is \(number); expected 0 to 3: none said, mean, first, last",
        at: .init(file: path, field: pooling), remedy: remedy)
    }
  }

  /// The `config.json` of the module that pools; nil where there is none.
  private static func poolingFile(_ folder: String) throws -> String? {
    let path = folder + "/modules.json"
    guard Folder.holdsFile(path) else {
      let usual = folder + "/1_Pooling/config.json"
      return Folder.holdsFile(usual) ? usual : nil
    }
    let json = try JSON(contentsOf: path, code: .model)
    guard let modules = json.array else {
      throw AnnealError(
        .model, "this is \(json.kind); expected an array of modules", at: .init(file: path))
    }
    let known = ["Transformer", "Pooling", "Normalize"]
    var file: String?
    for (place, module) in modules.enumerated() {
      let type = module["type"]?.string ?? "missing"
      let name = type.split(separator: ".").last.map(String.init) ?? ""
      guard known.contains(name) else {
        throw AnnealError(
          .model, "the module is \(type); expected one of \(known.joined(separator: ", "))",
          at: .init(file: path, field: "[\(place)].type"), remedy: remedy)
      }
      guard name == "Pooling" else { continue }
      file = "\(folder)/\(module["path"]?.string ?? "\(place)_Pooling")/config.json"
    }
    return file
  }

  /// The longest text that the model in `folder` was trained on, in tokens.
  private static func longest(_ folder: String) throws -> Int? {
    let path = folder + "/sentence_bert_config.json"
    guard Folder.holdsFile(path) else { return nil }
    let json = try JSON(contentsOf: path, code: .model)
    guard let value = json["max_seq_length"]?.unlessNull else { return nil }
    guard let length = value.integer, length > 0 else {
      throw AnnealError(
        .model, "'max_seq_length' is \(value.text()); expected a whole number from 1 on",
        at: .init(file: path, field: "max_seq_length"))
    }
    return length
  }

  /// What Sentence Transformers put before a text when nobody says otherwise.
  private static func prompt(_ folder: String) throws -> String {
    let path = folder + "/config_sentence_transformers.json"
    guard Folder.holdsFile(path) else { return "" }
    let json = try JSON(contentsOf: path, code: .model)
    guard let chosen = json["default_prompt_name"]?.unlessNull else { return "" }
    guard let name = chosen.string, let prompt = json["prompts"]?[name]?.string else {
      throw AnnealError(
        .model, "'default_prompt_name' is \(chosen.text()); expected one of the texts in 'prompts'",
        at: .init(file: path, field: "default_prompt_name"))
    }
    return prompt
  }
}
