internal import AnnealFiles

/// The tensors of an adapter in PEFT's layout.
struct AdapterSource {
  let path: String
  /// The paths of the linear maps, in the order of the file's names.
  let sites: [String]
  private let file: SafetensorsFile

  /// What PEFT puts before the base's own paths.
  private static let prefix = "base_model.model."

  init(path: String) throws {
    self.path = path
    file = try SafetensorsFile(path: path)
    var sites: [String] = []
    for name in file.names.sorted() {
      guard name.hasPrefix(Self.prefix),
        let end = ["lora_A", "lora_B"].lazy.compactMap({ name.length(ofSuffix: ".\($0).weight") })
          .first
      else {
        throw AnnealError(
          .model, "the tensor \(name) is no part of LoRA", at: .init(file: path),
          remedy: "Work it into the model: export with --adapter.")
      }
      let site = String(name.dropFirst(Self.prefix.count).dropLast(end))
      if !sites.contains(site) { sites.append(site) }
    }
    self.sites = sites
  }

  func rank(of site: String) throws -> Int {
    let (a, b) = (try entry(site, "lora_A"), try entry(site, "lora_B"))
    guard a.shape.count == 2, b.shape.count == 2, a.shape[0] == b.shape[1], a.shape[0] > 0 else {
      throw AnnealError(
        .model, "lora_A and lora_B of \(site) have extents \(a.shape) and \(b.shape)",
        at: .init(file: path), remedy: "Is the file damaged?")
    }
    return a.shape[0]
  }

  /// Refuses an update of a map that the base does not have, or has in other extents.
  func check(_ site: String, fits shape: DecoderShape) throws {
    let layer = site.split(separator: ".").lazy.compactMap { Int($0) }.first
    let (heads, kvHeads) = (shape.heads * shape.headWidth, shape.kvHeads * shape.headWidth)
    let extents: [String: (rows: Int, width: Int)] = [
      "q_proj": (heads, shape.width), "k_proj": (kvHeads, shape.width),
      "v_proj": (kvHeads, shape.width), "o_proj": (shape.width, heads),
      "gate_proj": (shape.hidden, shape.width), "up_proj": (shape.hidden, shape.width),
      "down_proj": (shape.width, shape.hidden),
    ]
    let (a, b) = (try entry(site, "lora_A"), try entry(site, "lora_B"))
    let name = site.split(separator: ".").last.map(String.init) ?? site
    let fits = extents[name].map { $0 == (b.shape[0], a.shape[1]) } ?? true
    guard fits, layer.map({ $0 < shape.layers }) ?? true else {
      throw AnnealError(
        .model,
        "the update of \(site) is for a map of \(b.shape[0]) × \(a.shape[1]), which the base "
          + "does not have", at: .init(file: path),
        remedy: "Was the adapter trained on another base model?")
    }
  }

  func tensor(
    _ site: String, _ part: String, _ name: String, _ type: QuantizationMix,
    rotation: RotatedRows? = nil, scale: Float = 1
  ) throws -> GGUFTensor {
    let entry = try entry(site, part)
    if let rotation, entry.shape[0] % rotation.headWidth != 0 {
      throw AnnealError(
        .model, "\(entry.name) has \(entry.shape[0]) rows, no whole number of heads",
        at: .init(file: path), remedy: "Was the adapter trained on another base model?")
    }
    let format = type.base.fits(width: entry.shape[1]) ? type.base : type.fallbackOfNarrowRows
    let source = try stored(entry)
    return GGUFTensor(name: name, format: format, shape: entry.shape) { [file] write in
      let (rows, width) = (entry.shape[0], entry.shape[1])
      var values = Self.values(of: entry, in: file, as: source)
      if let rotation {
        let plain = values
        for row in 0..<rows {
          let start = rotation.source(of: row) * width
          values.replaceSubrange(
            row * width..<(row + 1) * width, with: plain[start..<start + width])
        }
      }
      if scale != 1 { for index in values.indices { values[index] *= scale } }
      guard values.allSatisfy({ $0.magnitude <= 65_504 }) else {
        throw AnnealError(
          .model, "\(entry.name) holds values beyond ±65504, or none", at: .init(file: file.path),
          remedy: "The adapter is damaged: did its training diverge?")
      }
      let size = rows * width / format.valuesPerBlock * format.bytesPerBlock
      var encoded = [UInt8](repeating: 0, count: size)
      encoded.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { format.encode($0, width: width, into: target) }
      }
      try encoded.withUnsafeBytes { try write($0) }
    }
  }

  /// The values of a factor, and its extents.
  func values(of site: String, _ part: String) throws -> (values: [Float], shape: [Int]) {
    let entry = try entry(site, part)
    return (Self.values(of: entry, in: file, as: try stored(entry)), entry.shape)
  }

  private static func values(
    of entry: SafetensorsEntry, in file: SafetensorsFile, as format: any BlockFormat.Type
  ) -> [Float] {
    let (rows, width) = (entry.shape[0], entry.shape[1])
    let bytes = file.bytes(of: entry).bindMemory(to: UInt8.self)
    return [Float](unsafeUninitializedCapacity: rows * width) { values, count in
      format.decode(bytes, width: width, into: .init(rebasing: values[..<(rows * width)]))
      count = rows * width
    }
  }

  /// How the file holds a tensor.
  private func stored(_ entry: SafetensorsEntry) throws -> any BlockFormat.Type {
    guard let format = BlockFormats.named(entry.dtype), format.valuesPerBlock == 1 else {
      throw AnnealError(
        .model, "\(entry.name) holds \(entry.dtype); expected F32, F16 or BF16",
        at: .init(file: path))
    }
    return format
  }

  private func entry(_ site: String, _ part: String) throws -> SafetensorsEntry {
    let name = "\(Self.prefix)\(site).\(part).weight"
    guard let entry = file.entry(name), entry.shape.count == 2 else {
      throw AnnealError(
        .model, "the tensor \(name) is missing, or no matrix", at: .init(file: path))
    }
    return entry
  }
}

extension String {
  /// How many characters `suffix` takes, when the text ends with it.
  fileprivate func length(ofSuffix suffix: String) -> Int? {
    hasSuffix(suffix) ? suffix.count : nil
  }
}
