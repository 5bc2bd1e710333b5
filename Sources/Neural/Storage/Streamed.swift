public import AnnealTorch

/// A frozen weight that stays in its file: its pages are in memory only while a product uses them.
///
/// Models larger than memory can be trained beside so, at the speed at which the file is read:
/// once for the forward pass and once for the way back, and once more where activations are
/// recomputed.
public final class Streamed: WeightStorage, ModelTensor {
  /// The checkpoint's key of the weight, such as `model.layers.0.mlp.up_proj.weight`.
  public let path: String
  /// The weight in its file, `[out, in]`.
  public let mapped: MappedTensor
  /// The type it is computed with; another than the file's is made for each product.
  public let dtype: DType
  private let device: Device
  private weak var next: Streamed?
  private weak var previous: Streamed?

  /// A weight on a mapped file that computes in `dtype` on `device`.
  init(path: String, _ mapped: MappedTensor, as dtype: DType, on device: Device) {
    self.path = path
    self.mapped = mapped
    self.dtype = dtype
    self.device = device
  }

  /// Tells that this weight is used after `other`.
  func follows(_ other: Streamed) {
    previous = other
    other.next = self
  }

  /// `[out, in]`.
  public var shape: [Int] { mapped.tensor.shape }

  /// What the values take in the file; in memory they take nothing between products.
  public var byteCount: Int { count * mapped.tensor.dtype.bytes }

  /// It is in memory only while it is used.
  public var isStreamed: Bool { true }

  /// The values in the file.
  public var stored: Tensor { mapped.tensor }

  /// `x·Wᵀ + b` and the updates.
  public func product(
    _ input: LinearInput, bias: Tensor?, updates: [LowRankUpdate], generates: Bool
  ) -> Tensor {
    lowRankLinear(
      input, weight: mapped, next: next?.mapped, previous: previous?.mapped, bias: bias,
      updates: updates)
  }

  /// Takes the file's pages out of memory.
  public func letGo() { mapped.letGo() }

  /// The values in the type and place of computation.
  public func dense() -> Tensor { mapped.tensor.to(dtype).to(device) }
}
