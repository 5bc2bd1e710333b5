internal import AnnealExport
internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// Weights of a model on disk.
protocol StoredWeights: WeightSource {
  /// Refuses a model with tensors that `inventory` did not take.
  func checkAllTaken(by inventory: Inventory) throws
}

extension CheckpointWeights: StoredWeights {}

/// The tensors of a GGUF file as numbers of 32 bits, made from their blocks when a layer asks for them.
struct GGUFWeights: StoredWeights {
  let source: GGUFSource

  func contains(_ path: String) -> Bool { source.shape(of: path) != nil }

  func shape(of path: String) -> [Int]? { source.shape(of: path) }

  func tensor(_ path: String, shape: [Int], start: Start) throws -> Tensor {
    guard let found = source.shape(of: path) else {
      throw AnnealError(
        .model, "the tensor \(path) with extents \(shape) is missing",
        at: .init(file: source.configuration.path), remedy: "Fetch the file again.")
    }
    let (rows, width) = (found.dropLast().reduce(1, *), found.last ?? 1)
    var fault: (any Error)?
    let values = [Float](unsafeUninitializedCapacity: rows * width) { values, count in
      count = rows * width
      do {
        try source.read(path, rows: 0..<rows, into: .init(rebasing: values[..<count]))
      } catch {
        fault = error
        count = 0
      }
    }
    if let fault { throw fault }
    return Tensor(values, shape: found)
  }

  func checkAllTaken(by inventory: Inventory) throws {
    let taken = Set(inventory.tensors.map(\.path))
    guard let left = source.names.first(where: { !taken.contains($0) }) else { return }
    throw AnnealError(
      .model, "the file holds \(left), which this architecture does not have",
      at: .init(file: source.configuration.path))
  }
}
