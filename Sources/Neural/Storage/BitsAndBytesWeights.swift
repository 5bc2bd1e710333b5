internal import AnnealFiles
internal import AnnealTorch

/// Reads weights that bitsandbytes stored in codes.
///
/// Beside the codes of `….weight` lie `….weight.absmax` (with `nested_absmax` under double
/// quantisation), the tables of values and, as JSON in bytes, `quant_state.bitsandbytes__nf4`; rowwise
/// int8 has `….SCB`. Format: the serialisation of bitsandbytes' `QuantState` and `Int8Params`.
struct BitsAndBytesWeights {
  let files: ShardedSafetensors

  /// The weight under `path`, nil when it is not in codes.
  func weight(_ path: String) throws -> QuantizedWeight? {
    for kind in [QuantizedWeight.Kind.nf4, .fp4] {
      let key = "\(path).quant_state.bitsandbytes__\(kind.rawValue)"
      if files.entry(key) != nil { return try fourBits(path, kind, state(key), key) }
    }
    let scales = path.split(separator: ".").dropLast().joined(separator: ".") + ".SCB"
    guard files.entry(scales) != nil, files.entry(path)?.entry.dtype == "I8" else { return nil }
    try checkOrder(path + "_format")
    return QuantizedWeight(
      kind: .int8, shape: try tensor(path).shape, blockSize: try tensor(path).shape.last ?? 1,
      codes: try tensor(path), scales: try tensor(scales).to(.float32), nested: nil)
  }

  /// Rowwise int8 may have been saved in the order that an old GPU multiplied in.
  private func checkOrder(_ key: String) throws {
    guard files.entry(key) != nil else { return }
    let order = try Torch.checked { try tensor(key).to(.float32).floats() }
    guard order == [0] else {
      let found = order.map { String(Int(exactly: $0) ?? -1) }.joined(separator: ", ")
      throw wrong(key, "it is \(found); only values in row order, 0, are read")
    }
  }

  private func fourBits(
    _ path: String, _ kind: QuantizedWeight.Kind, _ state: JSON, _ key: String
  ) throws -> QuantizedWeight {
    let shape = state["shape"]?.array?.compactMap(\.integer) ?? []
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 && $0 < 1 << 31 }),
      let block = state["blocksize"]?.integer
    else { throw wrong(key, "it has no shape [out, in] and blocksize") }
    guard (2...4096).contains(block), block.nonzeroBitCount == 1 else {
      throw wrong(key, "its blocksize is \(block); expected a power of two from 2 to 4096")
    }
    var nested: QuantizedWeight.NestedScales?
    if files.entry(path + ".nested_absmax") != nil {
      guard state["nested_blocksize"]?.integer == 256, let offset = state["nested_offset"]?.number
      else { throw wrong(key, "nested scales come in blocks of 256 with a nested_offset") }
      nested = QuantizedWeight.NestedScales(
        scales: try tensor(path + ".nested_absmax"), offset: offset)
    }
    let codes = try tensor(path)
    guard codes.dtype == .uint8 else {
      throw wrong(path, "its codes are \(codes.dtype.rawValue), not uint8")
    }
    let weight = QuantizedWeight(
      kind: kind, shape: shape, blockSize: block, codes: codes,
      scales: try tensor(path + ".absmax"), nested: nested)
    try check(path + ".quant_map", kind.values)
    if nested != nil { try check(path + ".nested_quant_map", QuantizedWeight.scaleValues) }
    return weight
  }

  private func check(_ key: String, _ values: [Float]) throws {
    let found = try Torch.checked { try tensor(key).to(.float32).floats() }
    guard found.count == values.count, zip(found, values).allSatisfy({ abs($0 - $1) < 1e-6 })
    else { throw wrong(key, "its values are not those of the data type") }
  }

  private func state(_ key: String) throws -> JSON {
    let stored = try tensor(key)
    guard stored.dtype == .uint8 else { throw wrong(key, "it is not made of bytes") }
    let bytes = try Torch.checked { stored.to(.float32).floats() }
    do {
      let text = String(decoding: bytes.map { UInt8($0) }, as: UTF8.self)
      return try JSON(parsing: text)
    } catch {
      throw wrong(key, "it is not JSON")
    }
  }

  private func tensor(_ key: String) throws -> Tensor {
    guard let (file, entry) = files.entry(key) else { throw wrong(key, "it is missing") }
    return try Tensor(reading: entry, of: file)
  }

  private func wrong(_ key: String, _ what: String) -> AnnealError {
    AnnealError(
      .model, "the tensor \(key) is not as bitsandbytes writes it: \(what)",
      at: .init(file: files.folder),
      remedy: "Save the model again with bitsandbytes, or use its unquantised weights.")
  }
}
