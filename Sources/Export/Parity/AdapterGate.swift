internal import AnnealFiles

/// Reads the written file of an adapter back and compares what readers make of it with the adapter:
/// the factors and what their products are multiplied by.
struct AdapterGate {
  private let model: AdapterModel

  /// What two roundings to 32 bits may differ by, relative to a row.
  private static let rounding = 1e-6

  init(_ model: AdapterModel) { self.model = model }

  /// Checks the file at `path`.
  ///
  /// - Throws: `AnnealError` of code `gate` that names the first difference.
  func check(_ path: String) throws {
    let file = try GGUFFile(path: path)
    for (key, value) in model.metadata {
      guard case .string(let text) = value, file.string(key) != text else { continue }
      throw fault("it is \(file.string(key) ?? "missing"); '\(text)' was written", path, key)
    }
    let entries = try file.tensors()
    guard entries.map(\.name) == model.tensors.map(\.name) else {
      throw fault("the file holds other tensors than the adapter", path, nil)
    }
    // As readers have it: no alpha is a scale of 1.
    let alpha = file.number("adapter.lora.alpha") ?? 0
    for (index, map) in model.maps.enumerated() {
      let (a, b) = (entries[2 * index], entries[2 * index + 1])
      try compare(a, in: file, with: model.weights.values(of: map.site, "lora_A"))
      let read = alpha == 0 ? 1 : alpha / Double(b.width)
      try compare(
        b, in: file, with: model.weights.values(of: map.site, "lora_B"), rotation: map.rotation,
        times: model.scales.scale(of: map.site, rank: map.rank) / read)
    }
  }

  /// Compares a factor row by row with the adapter's own, `factor` times as large.
  private func compare(
    _ entry: GGUFTensorEntry, in file: GGUFFile, with own: (values: [Float], shape: [Int]),
    rotation: RotatedRows? = nil, times factor: Double = 1
  ) throws {
    guard entry.shape == own.shape else {
      throw fault(
        "its extents are \(entry.shape), the adapter's \(own.shape)", file.path, entry.name)
    }
    let (rows, width) = (entry.rows, entry.width)
    let bytes = file.bytes(of: entry).bindMemory(to: UInt8.self)
    let found = [Float](unsafeUninitializedCapacity: rows * width) { values, count in
      entry.format.decode(bytes, width: width, into: .init(rebasing: values[..<(rows * width)]))
      count = rows * width
    }
    for row in 0..<rows {
      let start = (rotation?.source(of: row) ?? row) * width
      let expected = own.values[start..<start + width].map { Float(Double($0) * factor) }
      let written = Array(found[row * width..<(row + 1) * width])
      let error = RowError(written, expected, 0..<width, [])
      guard error.isWithin(entry.format) || error.relative <= Self.rounding else {
        throw fault(
          "row \(row), with the scale that readers take, is off by \(error.relative) of its size; "
            + "\(entry.format.name) stays below \(entry.format.tolerance)", file.path, entry.name)
      }
    }
  }

  private func fault(_ message: String, _ path: String, _ field: String?) -> AnnealError {
    AnnealError(
      .gate, message, at: .init(file: path, field: field),
      remedy: "Nothing was written. The file would not have been the adapter.")
  }
}
