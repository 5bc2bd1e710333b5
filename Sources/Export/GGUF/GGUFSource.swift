public import AnnealFiles

/// A model in a GGUF file, as a folder in Hugging Face's layout would have it: the weights under
/// those names, numbers instead of codes, and a `config.json`.
public struct GGUFSource: TensorSource {
  /// What the model's `config.json` would say.
  public let configuration: ConfigurationFile
  /// All tensors' names, by Hugging Face.
  public let names: [String]
  private let file: GGUFFile
  private let entries: [String: GGUFTensorEntry]
  private let rotation: RotatedRows?

  /// Opens the file at `path`.
  ///
  /// - Throws: `AnnealError` of kind `model` when its architecture or a tensor is not known.
  public init(path: String) throws {
    let file = try GGUFFile(path: path)
    let name = file.string("general.architecture") ?? "none"
    guard let architecture = Architectures.all.first(where: { $0.name == name }) else {
      throw AnnealError(
        .model, "the architecture '\(name)' of the file is not supported",
        at: .init(file: path, field: "general.architecture"),
        remedy:
          "Supported: \(Set(Architectures.all.map { $0.name }).sorted().joined(separator: ", ")).")
    }
    let stored = try file.tensors()
    let reader = MetadataReader(file, architecture: name)
    let layers = try reader.count("block_count")
    guard layers <= 10_000 else {
      throw reader.fault("block_count", "is \(layers); a model has thousands at most")
    }
    let places = Dictionary(
      TensorNames.all(layers: layers, tiesEmbedding: false).map { ($0.name, $0.source) },
      uniquingKeysWith: { first, _ in first })
    var entries: [String: GGUFTensorEntry] = [:]
    var names: [String] = []
    for entry in stored where entry.name != "rope_freqs.weight" {
      guard let source = places[entry.name] else {
        throw AnnealError(
          .model, "the tensor \(entry.name) has no place in this architecture",
          at: .init(file: path))
      }
      names.append(source)
      entries[source] = entry
    }
    self.file = file
    self.names = names
    self.entries = entries
    let factors = stored.first { $0.name == "rope_freqs.weight" }
    configuration = ConfigurationFile(
      try reader.configuration(
        type: architecture.modelType, layers: layers, entries: entries,
        frequencyFactors: factors.map { Self.values(of: $0, rows: 0..<$0.rows, in: file) } ?? []),
      path: path)
    rotation =
      architecture.pairsRotatedRows
      ? RotatedRows(headWidth: try configuration.count("head_dim")) : nil
    if let rotation, rotation.headWidth % 2 != 0 {
      throw reader.fault(
        "attention.key_length", "is \(rotation.headWidth); expected an even number")
    }
  }

  /// The extents of a tensor.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// Reads rows of a tensor.
  public func read(
    _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let entry = entries[name], rows.upperBound <= entry.rows,
      values.count == rows.count * entry.width
    else {
      throw AnnealError(
        .model, "the tensor \(name) is missing, or smaller than asked for",
        at: .init(file: file.path))
    }
    let isRotated = name.contains(".q_proj.") || name.contains(".k_proj.")
    guard isRotated, let rotation else {
      Self.read(entry, rows: rows, in: file, into: values)
      return
    }
    if entry.shape.count == 1 {
      let all = Self.values(of: entry, rows: 0..<1, in: file)
      for place in all.indices { values[place] = all[rotation.place(of: place)] }
      return
    }
    for row in rows {
      let start = (row - rows.lowerBound) * entry.width
      let place = rotation.place(of: row)
      Self.read(
        entry, rows: place..<place + 1, in: file,
        into: .init(rebasing: values[start..<start + entry.width]))
    }
  }

  private static func values(
    of entry: GGUFTensorEntry, rows: Range<Int>, in file: GGUFFile
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.count * entry.width) { values, count in
      count = rows.count * entry.width
      read(entry, rows: rows, in: file, into: .init(rebasing: values[..<count]))
    }
  }

  private static func read(
    _ entry: GGUFTensorEntry, rows: Range<Int>, in file: GGUFFile,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    let size = entry.width / entry.format.valuesPerBlock * entry.format.bytesPerBlock
    let bytes = file.bytes(of: entry)[rows.lowerBound * size..<rows.upperBound * size]
    entry.format.decode(
      UnsafeRawBufferPointer(rebasing: bytes).bindMemory(to: UInt8.self), width: entry.width,
      into: values)
  }
}

/// Reads the metadata of an architecture.
private struct MetadataReader {
  private let file: GGUFFile
  private let architecture: String

  init(_ file: GGUFFile, architecture: String) {
    self.file = file
    self.architecture = architecture
  }

  func fault(_ key: String, _ message: String) -> AnnealError {
    AnnealError(
      .model, "'\(architecture).\(key)' \(message)",
      at: .init(file: file.path, field: "\(architecture).\(key)"))
  }

  func count(_ key: String, default fallback: Int? = nil) throws -> Int {
    let found = file.integer("\(architecture).\(key)") ?? fallback
    guard let found, found > 0, found < 1 << 31 else {
      throw fault(key, "is \(found.map(String.init) ?? "missing"); expected a positive number")
    }
    return found
  }

  func configuration(
    type: String, layers: Int, entries: [String: GGUFTensorEntry], frequencyFactors: [Float]
  ) throws -> JSON {
    guard let embedding = entries["model.embed_tokens.weight"], embedding.shape.count == 2 else {
      throw AnnealError(
        .model, "the file holds no embedding of two extents", at: .init(file: file.path))
    }
    let width = try count("embedding_length")
    let heads = try count("attention.head_count")
    let positions = try count("context_length")
    let headWidth = try count("attention.key_length", default: max(1, width / heads))
    let base = file.number("\(architecture).rope.freq_base") ?? 10_000
    let epsilon = file.number("\(architecture).attention.layer_norm_rms_epsilon") ?? 1e-6
    var members: [(String, JSON)] = [
      ("model_type", .string(type)), ("vocab_size", .integer(embedding.shape[0])),
      ("hidden_size", .integer(width)),
      ("intermediate_size", .integer(try count("feed_forward_length"))),
      ("num_hidden_layers", .integer(layers)), ("num_attention_heads", .integer(heads)),
      ("num_key_value_heads", .integer(try count("attention.head_count_kv", default: heads))),
      ("head_dim", .integer(headWidth)), ("hidden_act", "silu"),
      ("max_position_embeddings", .integer(positions)),
      ("rms_norm_eps", .number(Self.decimal(epsilon))), ("rope_theta", .number(Self.decimal(base))),
      ("tie_word_embeddings", .bool(entries["lm_head.weight"] == nil)),
      ("attention_bias", .bool(entries["model.layers.0.self_attn.o_proj.bias"] != nil)),
      ("mlp_bias", .bool(entries["model.layers.0.mlp.up_proj.bias"] != nil)),
    ]
    if let scaling = try scaling(frequencyFactors, base, headWidth, positions) {
      members.append(("rope_scaling", scaling))
    }
    for (name, key) in [("bos_token_id", "bos_token_id"), ("eos_token_id", "eos_token_id")] {
      if let id = file.integer("tokenizer.ggml." + key) { members.append((name, .integer(id))) }
    }
    return JSON(members: members)
  }

  /// A number of 32 bits by its shortest digits, as people write it.
  private static func decimal(_ value: Double) -> Double {
    Double("\(Float(value))") ?? value
  }

  private func scaling(
    _ factors: [Float], _ base: Double, _ headWidth: Int, _ positions: Int
  ) throws -> JSON? {
    if !factors.isEmpty {
      // The file holds what the rule gave; its settings are those that give the same.
      for original in [8192, positions] {
        let scaling: JSON = [
          "rope_type": "llama3", "factor": .number(Double(factors.max() ?? 1)),
          "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": .integer(original),
        ]
        let file = ConfigurationFile(
          ["rope_theta": .number(base), "rope_scaling": scaling], path: file.path)
        let found = try RotaryScaling(file, headWidth: headWidth, positions: positions)
        if zip(found.frequencyFactors, factors).allSatisfy({ abs($0 - $1) <= 1e-5 * $1 }),
          found.frequencyFactors.count == factors.count
        {
          return scaling
        }
      }
      throw AnnealError(
        .model, "the factors of the rotary frequencies follow no rule that is known",
        at: .init(file: file.path, field: "rope_freqs.weight"))
    }
    let kind = file.string("\(architecture).rope.scaling.type") ?? "none"
    switch kind {
    case "none": return nil
    case "linear":
      let factor = file.number("\(architecture).rope.scaling.factor") ?? 1
      return ["rope_type": "linear", "factor": .number(Self.decimal(factor))]
    default:
      throw fault("rope.scaling.type", "is '\(kind)'; none and linear are supported")
    }
  }
}
