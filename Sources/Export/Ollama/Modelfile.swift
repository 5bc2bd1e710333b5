internal import AnnealFiles

/// The text of a Modelfile (Ollama, docs/modelfile).
struct Modelfile {
  /// The file of the weights, beside it.
  var model: String
  var template: OllamaTemplate?
  /// A message that sets the scene.
  var system: String?
  /// Settings of sampling by Ollama's names.
  var parameters: [(name: String, value: String)] = []

  /// The file's text.
  ///
  /// - Throws: `AnnealError` for a text with three quotes in a row, which would end it.
  func text() throws -> String {
    var lines = ["FROM ./\(model)"]
    if let template { lines.append("TEMPLATE " + (try Self.quoted(template.source, "template"))) }
    if let system { lines.append("SYSTEM " + (try Self.quoted(system, "system message"))) }
    for stop in template?.stops ?? [] {
      lines.append("PARAMETER stop " + (try Self.quoted(stop, "stop token")))
    }
    for (name, value) in parameters { lines.append("PARAMETER \(name) \(value)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String, _ what: String) throws -> String {
    guard !text.contains("\"\"\""), !text.hasSuffix("\"") else {
      throw AnnealError(
        .model, "the \(what) holds or ends with quotes that a Modelfile cannot hold",
        remedy: "Export gguf instead.")
    }
    return "\"\"\"\(text)\"\"\""
  }

  /// The settings in a `generation_config.json`, by Ollama's names.
  static func parameters(of generation: JSON?) -> [(name: String, value: String)] {
    let names = [
      ("temperature", "temperature"), ("top_k", "top_k"), ("top_p", "top_p"), ("min_p", "min_p"),
      ("repetition_penalty", "repeat_penalty"),
    ]
    return names.compactMap { key, name in
      guard let value = generation?[key], value.number != nil else { return nil }
      return (name, value.text())
    }
  }
}
