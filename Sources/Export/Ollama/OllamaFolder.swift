public import AnnealFiles

/// A folder that `ollama create` takes: the weights as GGUF, and a Modelfile.
public enum OllamaFolder {
  /// The name of the file of weights.
  public static let weightsName = "model.gguf"

  /// What was written.
  public struct Report {
    /// Bytes of the folder.
    public var bytes: Int
    /// What reading the weights back found.
    public var parity: ParityReport
    /// The template and the stop tokens.
    public var template: OllamaTemplate
  }

  /// Writes the folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - system: a message that sets the scene in every conversation.
  ///   - generation: the model's `generation_config.json`, whose settings become parameters.
  ///   - plan: gives the file of weights for the model's text.
  ///   - progress: called with how many values have been written, and of how many.
  ///   - check: called with the path of the finished weights and with what reading them back found.
  ///   - finish: called with the finished folder before it takes its place.
  public static func write(
    to folder: String, text: ModelText, system: String? = nil, generation: JSON? = nil,
    plan: (ModelText) throws -> GGUFModel,
    progress: @escaping (_ done: Int, _ all: Int) throws -> Void = { _, _ in },
    checkedBy check: (String, ParityReport) throws -> Void = { _, _ in },
    finish: (String) throws -> Void = { _ in }
  ) throws -> Report {
    let template = try OllamaTemplate(text)
    if system != nil, !template.takesSystem {
      throw AnnealError(
        .model, "the chat template has no place for a system message", at: .init(file: text.file),
        remedy: "Leave --system out.")
    }
    var text = text
    text.addsBeginning = template.addsBeginning
    let model = try plan(text)
    var file = Modelfile(model: weightsName, template: template, system: system)
    file.parameters = Modelfile.parameters(of: generation)
    let modelfile = try file.text()
    var (bytes, parity) = (0, ParityReport())
    try AtomicFolder.write(to: folder) { folder in
      (bytes, parity) = try model.write(
        to: folder + "/" + weightsName, progress: progress, checkedBy: check)
      try AtomicFile.write(modelfile, to: folder + "/Modelfile")
      try finish(folder)
    }
    return Report(bytes: bytes + modelfile.utf8.count, parity: parity, template: template)
  }
}
