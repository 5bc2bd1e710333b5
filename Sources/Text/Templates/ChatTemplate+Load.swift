internal import AnnealFiles

extension ChatTemplate {
  /// The chat template of a model folder, or of a GGUF file; nil when it has none.
  ///
  /// Read, in this order: `chat_template.jinja` (for a name other than `default`,
  /// `additional_chat_templates/NAME.jinja`), `chat_template.json`, `chat_template` in
  /// `tokenizer_config.json`, which is one template or a list of named ones, and the metadata of the
  /// folder's GGUF file (`tokenizer.chat_template`, for other names `tokenizer.chat_template.NAME`).
  ///
  /// - Parameter named: which of several templates; models with tools may have `tool_use`.
  /// - Throws: `AnnealError` when a file is broken or holds no template.
  public static func load(
    modelFolder: String, named: String = "default"
  ) throws -> ChatTemplate? {
    if !Folder.exists(modelFolder), modelFolder.hasSuffix(".gguf") {
      return try inGGUF(modelFolder, named)
    }
    let file =
      named == "default"
      ? "chat_template.jinja" : "additional_chat_templates/\(named).jinja"
    if let source = try TextFile.contents("\(modelFolder)/\(file)") {
      return try ChatTemplate(source: source, name: file)
    }
    for file in ["chat_template.json", "tokenizer_config.json"] {
      let path = "\(modelFolder)/\(file)"
      guard let text = try TextFile.contents(path) else { continue }
      let json = try JSON(parsing: text, file: path)
      guard let found = json["chat_template"], !found.isNull else { continue }
      return try select(named, from: found, file: path)
    }
    return try GGUFTokenizerReader.file(in: modelFolder).flatMap { try inGGUF($0, named) }
  }

  /// The template in the metadata of the GGUF file at `path` (ggml, docs/gguf.md).
  private static func inGGUF(_ path: String, _ named: String) throws -> ChatTemplate? {
    let key = "tokenizer.chat_template" + (named == "default" ? "" : "." + named)
    let file = try GGUFFile(path: path)
    guard let source = file.string(key) else {
      if file.names.contains(key) {
        throw AnnealError(
          .model, "the chat template is not a string", at: .init(file: path, field: key),
          remedy: "Put a chat_template.jinja beside the file.")
      }
      return nil
    }
    return try ChatTemplate(source: source, name: "\(Folder.name(of: path))#\(key)")
  }

  private static func select(
    _ named: String, from json: JSON, file: String
  ) throws -> ChatTemplate? {
    let place = "\(file)#chat_template"
    if let source = json.string {
      return named == "default" ? try ChatTemplate(source: source, name: place) : nil
    }
    guard let list = json.array else {
      throw AnnealError(
        .model, "chat_template must be a string or a list of templates, not \(json.kind)",
        at: .init(file: file, field: "chat_template"))
    }
    guard let source = list.first(where: { $0["name"]?.string == named })?["template"]?.string
    else { return nil }
    return try ChatTemplate(source: source, name: "\(place)[\(named)]")
  }

  /// What the built-in templates are called.
  public static var builtInNames: [String] { builtIn.map(\.name) }

  /// The built-in template called `nameOrPath`, or the one in the file at that path.
  ///
  /// - Throws: `AnnealError` when it is neither.
  public static func named(_ nameOrPath: String) throws -> ChatTemplate {
    if let found = builtIn.first(where: { $0.name == nameOrPath }) { return found }
    if let source = try TextFile.contents(nameOrPath) {
      return try ChatTemplate(source: source, name: nameOrPath)
    }
    if Folder.exists(nameOrPath) {
      throw AnnealError(
        .recipe, "this is a folder; a template file is expected", at: .init(file: nameOrPath),
        remedy: "Name the template in it, such as \(nameOrPath)/chat_template.jinja.")
    }
    let names = builtInNames
    let guess = nearest(to: nameOrPath, among: names).map { "Did you mean \($0)? " } ?? ""
    throw AnnealError(
      .recipe, "there is no chat template named '\(nameOrPath)', and no such file",
      remedy: "\(guess)Give a path, or one of: \(names.joined(separator: ", ")).")
  }
}

/// Small text files, or pipes.
enum TextFile {
  /// The text of the file at `path`, ill-formed UTF-8 replaced; nil when there is no such file.
  static func contents(_ path: String) throws -> String? {
    guard Folder.holdsFile(path) else { return nil }
    let file = try MappedFile(path: path, code: .model)
    return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
  }
}
