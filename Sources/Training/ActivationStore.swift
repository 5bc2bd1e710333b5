internal import AnnealFiles
internal import AnnealTorch

/// Where the inputs of recomputed blocks wait for the way back: beside the device, not on it.
///
/// For a model on a GPU that is the processor's memory; for one on the processor a scratch file,
/// `[N, D]` in the stream's type for each recomputed block.
final class ActivationStore {
  private let file: ScratchFile?

  /// A store for a model on `device`; a scratch file goes into `folder`.
  init(for device: Device, in folder: String) throws {
    file = device == .cpu ? try ScratchFile(in: folder) : nil
  }

  /// Begins a forward pass: nothing of the last one is needed any more.
  func begin() { file?.rewind() }

  /// Takes `x`, which is then to be let go.
  func keep(_ x: Tensor) throws -> Kept {
    guard let file else { return .elsewhere(x.to(.cpu), device: x.device) }
    let range = try x.withBytes { try file.append($0) }
    // After a failure in the scope there is nothing to keep.
    return range.isEmpty ? .here(x) : .inFile(file, range, shape: x.shape, x.dtype)
  }

  /// An activation, wherever it waits.
  enum Kept {
    case here(Tensor)
    case elsewhere(Tensor, device: Device)
    case inFile(ScratchFile, Range<Int>, shape: [Int], DType)

    /// The activation where the model computes.
    func tensor() throws -> Tensor {
      switch self {
      case .here(let x): return x
      case .elsewhere(let x, let device): return x.to(device)
      case .inFile(let file, let range, let shape, let dtype):
        let mapped = try file.map(range)
        return Tensor(bytes: mapped.bytes, shape: shape, dtype: dtype, owner: mapped)
      }
    }
  }
}
