internal import AnnealFiles

/// A model card: `README.md` of a folder, with what the Hub reads before the text.
///
/// Nothing in it depends on the time or the machine, so that the same work gives the same bytes.
struct ModelCard {
  /// A measured number, such as the loss on held-out rows.
  struct Metric {
    /// The metric's name, such as `perplexity`.
    var type: String
    var value: Double
    /// What it was measured on.
    var dataset: String
  }

  /// The model's name.
  var name: String
  /// The base's public name, such as `Qwen/Qwen3-0.6B`.
  var baseModel: String?
  /// How the folder relates to the base: `adapter`, `finetune`, `merge` or `quantized`.
  var relation: String
  /// The library that loads the folder: `peft`, `transformers` or `gguf`.
  var library: String
  /// The licence of the base, by its short name.
  var license: String?
  /// Words to be found by.
  var tags: [String]
  /// What was measured.
  var metrics: [Metric] = []
  /// The text, under a heading each.
  var sections: [(heading: String, text: String)] = []

  /// The name of the file.
  static let fileName = "README.md"

  /// Writes the card into `folder`.
  func write(to folder: String) throws {
    try AtomicFile.write(text, to: folder + "/" + Self.fileName)
  }

  /// The file's content.
  var text: String {
    var lines = ["---"]
    if let baseModel {
      lines += ["base_model: " + RecipeText.scalar(baseModel), "base_model_relation: " + relation]
    }
    lines.append("library_name: " + library)
    if let license { lines.append("license: " + RecipeText.scalar(license)) }
    lines += ["pipeline_tag: text-generation", "tags:"]
    lines += (["anneal"] + tags).map { "- " + RecipeText.scalar($0) }
    lines += results
    lines += ["---", "", "# " + name]
    for (heading, text) in sections where !text.isEmpty {
      lines += ["", "## " + heading, "", text]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `model-index`, as the Hub reads it.
  private var results: [String] {
    let measured = metrics.filter(\.value.isFinite)
    guard !measured.isEmpty else { return [] }
    var lines = ["model-index:", "- name: " + RecipeText.scalar(name), "  results:"]
    var datasets: [String] = []
    for metric in measured where !datasets.contains(metric.dataset) {
      datasets.append(metric.dataset)
    }
    for dataset in datasets {
      let words = RecipeText.scalar(dataset)
      lines += [
        "  - task:", "      type: text-generation", "    dataset:", "      name: " + words,
        "      type: " + words, "    metrics:",
      ]
      for metric in measured where metric.dataset == dataset {
        lines += ["    - type: " + metric.type, "      value: \(metric.value)"]
      }
    }
    return lines
  }

  /// Rows of a table with a heading each.
  static func table(_ headings: [String], _ rows: [[String]]) -> String {
    let lines = [headings, headings.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}

/// What the folder or file of a model or of data says about its licence.
struct Licence {
  /// The short name, such as `apache-2.0`; nil where nothing is said.
  let name: String?

  /// The licence in the front matter of the `README.md` of `folder`.
  init(folder: String) { name = Self.stated(in: folder + "/" + ModelCard.fileName) }

  /// In words.
  var words: String { name ?? "not stated" }

  /// The value of `license` in the front matter of the file at `path`.
  ///
  /// Found line by line and not by reading YAML: the file comes from anywhere, and a card is written at
  /// the end of long work.
  private static func stated(in path: String) -> String? {
    guard let file = try? MappedFile(path: path) else { return nil }
    let text = withExtendedLifetime(file) {
      String(decoding: file.bytes.prefix(1 << 16), as: UTF8.self)
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.first?.hasPrefix("---") == true,
      let end = lines.dropFirst().firstIndex(where: { $0.hasPrefix("---") }),
      let line = lines[1..<end].first(where: { $0.hasPrefix(key) })
    else { return nil }
    return value(line.dropFirst(key.count))
  }

  private static let key = "license: "

  /// What stands behind the key, when it is one short name.
  private static func value(_ text: Substring) -> String? {
    var text = text.drop { $0 == " " }
    if let quote = text.first, quote == "\"" || quote == "'" {
      text = text.dropFirst().prefix { $0 != quote }
    } else if let comment = text.firstRange(of: " #") {
      text = text[..<comment.lowerBound]
    }
    while text.last == " " { text.removeLast() }
    // In a table and in the front matter of another card, where no sign may mean more.
    let isName = text.allSatisfy { $0.isLetter || $0.isNumber || " .,:()/+-_".contains($0) }
    guard isName, (1...96).contains(text.count), text.first != "-", text != "null" else {
      return nil
    }
    return String(text)
  }
}
