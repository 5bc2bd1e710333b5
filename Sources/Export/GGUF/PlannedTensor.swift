internal import AnnealFiles

/// A tensor on its way into a GGUF file.
struct PlannedTensor {
  /// The name in the file.
  let name: String
  /// The name at the source; nil for values that were computed.
  let source: String?
  /// Its extents, rows first.
  let shape: [Int]
  /// How it is stored.
  let format: any BlockFormat.Type
  /// The order of its rows, when that changes.
  let rotation: RotatedRows?
  /// Its values, when they were computed.
  let values: [Float]
  /// Weights of the squared errors in a row; empty for equal ones.
  let importance: [Float]

  /// Values of a row.
  var width: Int { shape.last ?? 1 }
  /// How many rows there are.
  var rows: Int { shape.dropLast().reduce(1, *) }

  /// Values of rows that are worked on at a time.
  private static let share = 1 << 22

  /// Calls `body` with runs of rows that cover the tensor.
  func forEachPart(_ body: (Range<Int>) throws -> Void) rethrows {
    let step = max(1, Self.share / max(1, width))
    for start in stride(from: 0, to: rows, by: step) { try body(start..<min(rows, start + step)) }
  }

  /// Values of rows in the order of the file.
  func read(_ range: Range<Int>, from weights: any TensorSource) throws -> [Float] {
    guard let source else {
      return Array(values[range.lowerBound * width..<range.upperBound * width])
    }
    guard let rotation else { return try weights.values(of: source, rows: range, width: width) }
    // One extent (a bias) is one row at the source and many here.
    if shape.count == 1 {
      let all = try weights.values(of: source, rows: 0..<1, width: width)
      return all.indices.map { all[rotation.source(of: $0)] }
    }
    let (width, heads) = (width, rotation.headWidth)
    let first = range.lowerBound / heads * heads
    let last = min(rows, (range.upperBound + heads - 1) / heads * heads)
    let around = try weights.values(of: source, rows: first..<last, width: width)
    var values: [Float] = []
    values.reserveCapacity(range.count * width)
    for row in range {
      let place = (rotation.source(of: row) - first) * width
      values += around[place..<place + width]
    }
    return values
  }

  /// The tensor as a writer wants it.
  ///
  /// - Parameter progress: called with the number of values that were just written.
  func encoded(from weights: any TensorSource, progress: @escaping (Int) throws -> Void)
    -> GGUFTensor
  {
    GGUFTensor(name: name, format: format, shape: shape) { write in
      var bytes: [UInt8] = []
      try forEachPart { rows in
        let values = try read(rows, from: weights)
        try check(values, rows)
        let count = values.count / format.valuesPerBlock * format.bytesPerBlock
        if bytes.count < count { bytes = [UInt8](repeating: 0, count: count) }
        try bytes.withUnsafeMutableBufferPointer { bytes in
          let part = UnsafeMutableBufferPointer(rebasing: bytes[..<count])
          values.withUnsafeBufferPointer {
            format.encode($0, width: width, importance: importance, into: part)
          }
          try write(UnsafeRawBufferPointer(part))
        }
        try progress(values.count)
      }
    }
  }

  /// Refuses what no block could hold.
  private func check(_ values: [Float], _ rows: Range<Int>) throws {
    // Scales are numbers of 16 bits, so no value may be larger than those.
    let limit: Float = ["F32", "BF16"].contains(format.name) ? .greatestFiniteMagnitude : 65_504
    guard let place = values.firstIndex(where: { !($0.magnitude <= limit) }) else { return }
    let row = rows.lowerBound + place / max(1, width)
    throw AnnealError(
      .model,
      "row \(row) of \(source ?? name) holds \(values[place]), which \(format.name) cannot hold",
      remedy: values[place].isFinite
        ? "Export it as BF16 or F32." : "The model is damaged: did its training diverge?")
  }
}
