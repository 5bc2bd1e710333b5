internal import AnnealFiles

/// Finds the tensors of a file and their formats.
struct TensorPlanner {
  let file: ConfigurationFile
  let shape: DecoderShape
  let weights: any TensorSource
  let mix: QuantizationMix
  let importance: ImportanceMatrix?
  let pairsRotatedRows: Bool

  /// The tensors in the order of the file.
  func tensors(frequencyFactors: [Float]) throws -> [PlannedTensor] {
    let entries = TensorNames.all(layers: shape.layers, tiesEmbedding: shape.tiesEmbedding)
    var planned = try entries.compactMap(tensor)
    try checkAllTaken(Set(entries.map(\.source)))
    if !frequencyFactors.isEmpty {
      planned.append(
        PlannedTensor(
          name: "rope_freqs.weight", source: nil, shape: [frequencyFactors.count],
          format: mix.format(
            of: "rope_freqs.weight", shape: [1], layer: nil, layers: 0, sharing: 1, isOutput: false),
          rotation: nil, values: frequencyFactors, importance: []))
    }
    return planned
  }

  private func tensor(_ entry: TensorNames.Entry) throws -> PlannedTensor? {
    guard let found = weights.shape(of: entry.source) else {
      if entry.isOptional { return nil }
      throw fault("the tensor \(entry.source) is missing")
    }
    if let expected = expectedShape(entry.name), found != expected {
      throw fault("the tensor \(entry.source) has extents \(found); \(expected) are expected")
    }
    let isOutput =
      entry.name == "output.weight" || (shape.tiesEmbedding && entry.name == "token_embd.weight")
    let format = mix.format(
      of: entry.name, shape: found, layer: entry.layer, layers: shape.layers,
      sharing: shape.heads / shape.kvHeads, isOutput: isOutput)
    return PlannedTensor(
      name: entry.name, source: entry.source, shape: found, format: format,
      rotation: rotation(entry.name), values: [],
      importance: try importance?.weights(of: entry.name, width: found.last ?? 1) ?? [])
  }

  private func rotation(_ name: String) -> RotatedRows? {
    guard pairsRotatedRows, name.contains(".attn_q.") || name.contains(".attn_k.") else {
      return nil
    }
    return RotatedRows(headWidth: shape.headWidth)
  }

  /// The extents that the configuration asks for.
  private func expectedShape(_ name: String) -> [Int]? {
    let words = name.split(separator: ".")
    guard let kind = words.last, let role = words.dropLast().last else { return nil }
    let (queries, keys) = (shape.heads * shape.headWidth, shape.kvHeads * shape.headWidth)
    let extents: [Substring: [Int]] = [
      "token_embd": [shape.vocabulary, shape.width], "output": [shape.vocabulary, shape.width],
      "output_norm": [shape.width], "attn_norm": [shape.width], "ffn_norm": [shape.width],
      "attn_q": [queries, shape.width], "attn_k": [keys, shape.width],
      "attn_v": [keys, shape.width], "attn_output": [shape.width, queries],
      "attn_q_norm": [shape.headWidth], "attn_k_norm": [shape.headWidth],
      "ffn_gate": [shape.hidden, shape.width], "ffn_up": [shape.hidden, shape.width],
      "ffn_down": [shape.width, shape.hidden],
    ]
    return extents[role].map { kind == "bias" ? [$0[0]] : $0 }
  }

  /// Refuses a model with tensors that the file has no place for.
  private func checkAllTaken(_ taken: Set<String>) throws {
    // A head that is the embedding may be stored again; rotary tables are computed.
    let left = weights.names.filter {
      !taken.contains($0) && $0 != "lm_head.weight" && !$0.hasSuffix("rotary_emb.inv_freq")
    }
    guard let first = left.first else { return }
    let more = left.count > 1 ? " and \(left.count - 1) more" : ""
    throw fault("the model holds \(first)\(more), which this architecture does not have")
  }

  private func fault(_ message: String) -> AnnealError {
    AnnealError(
      .model, message, at: .init(file: file.path),
      remedy: "Check that config.json belongs to these weights.")
  }
}
