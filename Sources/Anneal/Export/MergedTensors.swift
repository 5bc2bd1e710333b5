public import AnnealExport
internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// The weights of a model with its adapter worked in, a tensor at a time, for formats that are written
/// row by row.
public final class MergedTensors: TensorSource {
  /// All tensors' names.
  public let names: [String]
  private let model: MergedModel
  private let places: [String: Int]
  /// The tensor that was asked for last.
  private var current: (name: String, value: Tensor)?

  /// The weights of `model`.
  public init(_ model: MergedModel) {
    self.model = model
    names = model.model.network.inventory.tensors.map(\.path)
    places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The extents of a tensor.
  public func shape(of name: String) -> [Int]? {
    places[name].map { model.model.network.inventory.tensors[$0].shape }
  }

  /// Reads rows of a tensor.
  public func read(
    _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    let value = try tensor(name)
    let part = try Torch.checked {
      (value.shape.count > 1 ? value.narrow(0, rows.lowerBound, rows.count) : value).to(.float32)
    }
    try part.withBytes { bytes in
      guard bytes.count == values.count * 4 else {
        throw AnnealError(
          .failed, "rows \(rows) of \(name) have \(bytes.count) bytes; \(values.count * 4) expected"
        )
      }
      UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
    }
  }

  private func tensor(_ name: String) throws -> Tensor {
    if let current, current.name == name { return current.value }
    guard let place = places[name] else {
      throw AnnealError(
        .model, "the tensor \(name) is missing", at: .init(file: model.model.folder))
    }
    if let current, let last = places[current.name] {
      // What lies on a streamed file was used for the last time.
      model.model.network.inventory.tensors[last].letGo()
    }
    current = nil
    let weight = model.model.network.inventory.tensors[place]
    let value = try Torch.checked { withoutGradient { model.merged(weight).value } }
    current = (name, value)
    return value
  }
}
