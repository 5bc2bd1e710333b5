internal import AnnealFiles
internal import AnnealText

/// Reads a written GGUF file back and compares it with the model it was made from: ids, template, and
/// the values of all tensors.
struct ParityGate {
  private let model: GGUFModel

  init(_ model: GGUFModel) { self.model = model }

  /// Checks the file at `path`.
  ///
  /// - Throws: `AnnealError` of code `gate` that names the first difference.
  func check(_ path: String) throws -> ParityReport {
    var report = ParityReport()
    let file = try GGUFFile(path: path)
    try checkTokenizer(path, &report)
    try checkEnds(file)
    try checkTemplate(file, path, &report)
    try checkTensors(file, &report)
    return report
  }

  private func checkTokenizer(_ path: String, _ report: inout ParityReport) throws {
    let written = try Tokenizer(inGGUF: path)
    let own = model.text.tokenizer
    let probes = ProbeTexts.all + specialTexts(own)
    for text in probes {
      // Where the template decides what begins a text, the tokenizer's own choice does not count.
      for adds in model.text.addsBeginning == nil ? [true, false] : [false] {
        let found = written.encode(text, addSpecialTokens: adds)
        let expected = own.encode(text, addSpecialTokens: adds)
        guard found != expected else { continue }
        throw fault(
          "the written tokenizer gives \(found) for \(String(reflecting: text)), the model's own "
            + "\(expected)", path, "tokenizer.ggml")
      }
      report.texts += 1
    }
    for id in 0..<own.vocabularySize where own.token(of: id) != nil {
      guard written.token(of: id) != own.token(of: id) || written.isSpecial(id) != own.isSpecial(id)
      else { continue }
      throw fault(
        "the token \(id) is \(written.token(of: id) ?? "missing"); the model's own is "
          + "\(own.token(of: id) ?? "")", path, "tokenizer.ggml.tokens[\(id)]")
    }
  }

  /// Texts with the model's special tokens in them.
  private func specialTexts(_ tokenizer: Tokenizer) -> [String] {
    let special = (0..<tokenizer.vocabularySize).filter(tokenizer.isSpecial)
      .compactMap(tokenizer.token).prefix(32)
    return special.flatMap { ["\($0)a b", "a\($0)\n b", "\($0)\($0)"] }
  }

  /// The ids that begin and end a text and an answer.
  private func checkEnds(_ file: GGUFFile) throws {
    let own = model.text.tokenizer
    let end = model.text.endOfTurn
    let expected: [(String, Int?)] = [
      ("bos_token_id", own.textBeginning), ("eos_token_id", own.textEnd),
      ("eot_token_id", end == own.textEnd ? nil : end),
    ]
    for (name, id) in expected {
      let found = file.integer("tokenizer.ggml." + name)
      guard found != id else { continue }
      let words = { (id: Int?) in id.map { "\($0)" } ?? "missing" }
      throw fault(
        "'\(name)' is \(words(found)); the model's own is \(words(id))", file.path,
        "tokenizer.ggml." + name)
    }
  }

  private func checkTemplate(
    _ file: GGUFFile, _ path: String, _ report: inout ParityReport
  ) throws {
    let key = "tokenizer.chat_template"
    let found = file.string(key)
    guard let template = model.text.template else {
      guard found == nil else { throw fault("there is a template; the model has none", path, key) }
      return
    }
    guard let found, found.utf8.elementsEqual(template.source.utf8) else {
      throw fault("the template's text is not the model's own", path, key)
    }
    let written = try ChatTemplate(source: found, name: key)
    for conversation in ProbeConversations.all {
      let render = { (template: ChatTemplate) in
        try? template.render(
          conversation, addGenerationPrompt: true, variables: model.text.encoder.variables
        ).text
      }
      guard let expected = render(template) else { continue }
      guard render(written) == expected else {
        throw fault("the template writes another text for \(conversation.messages)", path, key)
      }
      report.conversations += 1
    }
  }

  private func checkTensors(_ file: GGUFFile, _ report: inout ParityReport) throws {
    let entries = try file.tensors()
    guard entries.map(\.name) == model.tensors.map(\.name) else {
      throw fault("the file holds other tensors than the model", file.path, nil)
    }
    for (tensor, entry) in zip(model.tensors, entries) {
      guard entry.shape == tensor.shape, entry.format == tensor.format else {
        throw fault(
          "it is \(entry.shape) of \(entry.format.name); \(tensor.shape) of \(tensor.format.name) "
            + "was written", file.path, tensor.name)
      }
      try check(tensor, entry, file, &report)
      report.tensors += 1
    }
  }

  private func check(
    _ tensor: PlannedTensor, _ entry: GGUFTensorEntry, _ file: GGUFFile,
    _ report: inout ParityReport
  ) throws {
    let bytes = file.bytes(of: entry).bindMemory(to: UInt8.self)
    let width = tensor.width
    let rowBytes = width / entry.format.valuesPerBlock * entry.format.bytesPerBlock
    var squares = (error: 0.0, value: 0.0)
    try tensor.forEachPart { rows in
      let expected = try tensor.read(rows, from: model.weights)
      let part = UnsafeBufferPointer(
        rebasing: bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes])
      let found = [Float](unsafeUninitializedCapacity: expected.count) { values, count in
        entry.format.decode(part, width: width, into: .init(rebasing: values[..<expected.count]))
        count = expected.count
      }
      for row in 0..<rows.count {
        let error = RowError(found, expected, row * width..<(row + 1) * width, tensor.importance)
        guard error.isWithin(entry.format) else {
          throw fault(
            "row \(rows.lowerBound + row) is off by \(error.relative) of its size; "
              + "\(entry.format.name) stays below \(entry.format.tolerance)", file.path, tensor.name
          )
        }
        if error.relative > report.largestError, error.isSized {
          report.largestError = error.relative
          report.largestErrorTensor = tensor.name
        }
      }
      for (a, b) in zip(found, expected) {
        squares.error += Double(a - b) * Double(a - b)
        squares.value += Double(b) * Double(b)
      }
    }
    if let source = tensor.source, squares.value > 0 {
      report.errors[source] = (squares.error / squares.value).squareRoot()
    }
  }

  private func fault(_ message: String, _ path: String, _ field: String?) -> AnnealError {
    AnnealError(
      .gate, message, at: .init(file: path, field: field),
      remedy: "Nothing was written. The file would not have been the model.")
  }
}

/// How far a row that was read back is from the one that was written.
struct RowError {
  private let difference: Double
  private let size: Double

  /// Compares `range` of two arrays by their weighted mean squares.
  init(_ found: [Float], _ expected: [Float], _ range: Range<Int>, _ importance: [Float]) {
    var (off, all, weights) = (0.0, 0.0, 0.0)
    for (column, index) in range.enumerated() {
      let weight = importance.isEmpty ? 1 : Double(importance[column])
      let difference = Double(found[index] - expected[index])
      off += weight * difference * difference
      all += weight * Double(expected[index]) * Double(expected[index])
      weights += weight
    }
    difference = (off / max(weights, .leastNonzeroMagnitude)).squareRoot()
    size = (all / max(weights, .leastNonzeroMagnitude)).squareRoot()
  }

  /// The root of the mean squared error over that of the row.
  var relative: Double { size > 0 ? difference / size : difference }

  /// What 16-bit scales cannot tell from nothing, times the levels they are multiplied by.
  private static let resolution = 4e-6

  /// Whether the row is large enough for a ratio to mean something.
  var isSized: Bool { size > 100 * Self.resolution }

  /// Whether the error is one of rounding to `format`.
  func isWithin(_ format: any BlockFormat.Type) -> Bool {
    // Not a number is not within anything.
    difference <= format.tolerance * size + (format.tolerance > 0 ? Self.resolution : 0)
  }
}
