internal import AnnealFiles

/// What squared errors of weights weigh: the mean square of what each input of a linear map was, over
/// some texts.
public struct ImportanceMatrix: Sendable {
  private var squares: [String: [Float]] = [:]
  private let file: String

  /// A matrix of mean squares by the names of tensors in a GGUF file, such as `blk.0.attn_q.weight`.
  public init(_ squares: [String: [Float]]) {
    self.squares = squares
    file = "the importance matrix"
  }

  /// A matrix of mean squares by the paths of linear maps, such as `model.layers.0.self_attn.q_proj`.
  public init(byPath squares: [(path: String, squares: [Float])]) {
    let named = squares.compactMap { path, squares in
      TensorNames.map(at: path).map { ($0 + ".weight", squares) }
    }
    self.init(Dictionary(named, uniquingKeysWith: { first, _ in first }))
  }

  /// The matrix in a GGUF file as llama.cpp's `llama-imatrix` writes it: sums of squares
  /// (`NAME.in_sum2`) and how many were added (`NAME.counts`).
  ///
  /// - Throws: `AnnealError` of code `data` when the file holds no such matrix.
  public init(contentsOf path: String) throws {
    self.file = path
    let file = try GGUFFile(path: path)
    let tensors = Dictionary(
      try file.tensors().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (name, entry) in tensors where name.hasSuffix(".in_sum2") {
      let stem = String(name.dropLast(".in_sum2".count))
      guard entry.format.name == "F32", entry.rows == 1,
        let count = tensors[stem + ".counts"].flatMap({ Self.values(of: $0, in: file).first })
      else { continue }
      squares[stem] = Self.values(of: entry, in: file).map { $0 / max(1, count) }
    }
    guard !squares.isEmpty else {
      throw AnnealError(
        .data, "the file holds no sums of squares (NAME.in_sum2 with NAME.counts)",
        at: .init(file: path), remedy: "Name a file that llama-imatrix wrote as GGUF.")
    }
  }

  private static func values(of entry: GGUFTensorEntry, in file: GGUFFile) -> [Float] {
    [Float](unsafeUninitializedCapacity: entry.rows * entry.width) { values, count in
      entry.format.decode(
        file.bytes(of: entry).bindMemory(to: UInt8.self), width: entry.width, into: values)
      count = values.count
    }
  }

  /// The weights of the tensor called `name`, around 1; empty when nothing is known of it.
  func weights(of name: String, width: Int) throws -> [Float] {
    guard let found = squares[name] else { return [] }
    let mean = found.reduce(0) { $0 + Double($1) } / Double(max(1, found.count))
    guard found.count == width, found.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw AnnealError(
        .data,
        "the importance of \(name) has \(found.count) values; \(width), none negative, are expected",
        at: .init(file: file), remedy: "Was it made with another model?")
    }
    guard mean > 0 else { return [] }
    // An input that was always zero still gets some care: other texts may use it.
    return found.map { max(1e-4, Float(Double($0) / mean)) }
  }
}
