public import AnnealFiles
internal import AnnealText

/// A model on its way into a GGUF file: its metadata and tensors, planned and checked before the first
/// byte is written.
public struct GGUFModel {
  /// The metadata in the order of the file.
  public let metadata: [(name: String, value: GGUFValue)]
  let tensors: [PlannedTensor]
  let weights: any TensorSource
  let text: ModelText

  /// Plans the file of a model.
  ///
  /// - Parameters:
  ///   - file: the model's `config.json`.
  ///   - weights: its tensors under Hugging Face's names.
  ///   - text: its tokenizer and template.
  ///   - mix: which format each tensor gets.
  ///   - importance: what squared errors weigh.
  ///   - name: what the model is called in the file.
  /// - Throws: `AnnealError` of code `model` when the family, a tensor or the tokenizer cannot be
  ///   written.
  public init(
    _ file: ConfigurationFile, weights: any TensorSource, text: ModelText, mix: QuantizationMix,
    importance: ImportanceMatrix? = nil, name: String? = nil
  ) throws {
    let architecture = try Architectures.architecture(of: file)
    let shape = try DecoderShape(file)
    let rotary = try RotaryScaling(
      file, headWidth: shape.headWidth, positions: shape.positions)
    self.weights = weights
    self.text = text
    let planner = TensorPlanner(
      file: file, shape: shape, weights: weights, mix: mix, importance: importance,
      pairsRotatedRows: architecture.pairsRotatedRows)
    tensors = try planner.tensors(frequencyFactors: rotary.frequencyFactors)
    var metadata: [(name: String, value: GGUFValue)] = [
      ("general.architecture", .string(architecture.name)), ("general.type", .string("model")),
    ]
    if let name { metadata.append(("general.name", .string(name))) }
    metadata.append(("general.file_type", .uint32(mix.fileType)))
    metadata.append(("general.quantization_version", .uint32(2)))
    let own = shape.metadata + rotary.metadata + (try architecture.metadata(file))
    metadata += own.map { ("\(architecture.name).\($0.name)", $0.value) }
    metadata += try text.tokenizer.ggufMetadata(
      rows: shape.vocabulary, endOfTurn: text.endOfTurn, addsBeginning: text.addsBeginning,
      file: text.file)
    if let template = text.template {
      metadata.append(("tokenizer.chat_template", .string(template.source)))
    }
    self.metadata = metadata
  }

  /// The values of all tensors.
  public var valueCount: Int { tensors.reduce(0) { $0 + $1.rows * $1.width } }

  /// The names of tensors and of the formats they get.
  public var formats: [(tensor: String, format: String)] {
    tensors.map { ($0.name, $0.format.name) }
  }

  /// Writes the file and reads it back: when what it holds is not the model, there is no file.
  ///
  /// - Parameters:
  ///   - progress: called with how many values have been written, and of how many.
  ///   - check: called with the path of the finished file, before it takes its place, and with what
  ///     reading it back found; when it throws, there is no file.
  /// - Returns: the file's bytes and what the check found.
  @discardableResult
  public func write(
    to path: String, progress: @escaping (_ done: Int, _ all: Int) throws -> Void = { _, _ in },
    checkedBy check: (String, ParityReport) throws -> Void = { _, _ in }
  ) throws -> (bytes: Int, parity: ParityReport) {
    let all = valueCount
    var done = 0
    let encoded = tensors.map { tensor in
      tensor.encoded(from: weights) { count in
        done += count
        try progress(done, all)
      }
    }
    let bytes = try GGUFWriter.byteCount(metadata: metadata, tensors: encoded, path: path)
    try Disk.require(bytes: bytes, at: path, for: "the GGUF file")
    var parity = ParityReport()
    try GGUFWriter.write(to: path, metadata: metadata, tensors: encoded) { finished in
      parity = try ParityGate(self).check(finished)
      try check(finished, parity)
    }
    return (bytes, parity)
  }
}
