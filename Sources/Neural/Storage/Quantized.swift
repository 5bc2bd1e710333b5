public import AnnealTorch

/// How the weights of a model's linear maps are coded while they are loaded.
///
/// Embeddings, norms, biases and the head stay as they are, as in QLoRA (arXiv 2305.14314).
public struct Quantization: Sendable, Equatable {
  /// How a value is coded.
  public var kind: QuantizedWeight.Kind
  /// Values that share a scale; int8 takes a row.
  public var blockSize: Int
  /// Whether the scales are coded too.
  public var isDouble: Bool

  /// A way to code weights.
  public init(kind: QuantizedWeight.Kind, blockSize: Int = 64, isDouble: Bool = false) {
    self.kind = kind
    self.blockSize = blockSize
    self.isDouble = isDouble
  }
}

/// A weight held in codes of 4 or 8 bits, which is decoded for each product.
public final class Quantized: WeightStorage, ModelTensor {
  /// The checkpoint's key of the weight, such as `model.layers.0.mlp.up_proj.weight`.
  public let path: String
  /// The codes and their scales.
  public let weight: QuantizedWeight
  private let dtype: DType

  /// A weight in codes that decodes to `dtype`.
  public init(path: String, _ weight: QuantizedWeight, as dtype: DType) {
    self.path = path
    self.weight = weight
    self.dtype = dtype
  }

  /// `[out, in]`.
  public var shape: [Int] { weight.shape }

  /// What the codes and scales take.
  public var byteCount: Int { weight.byteCount }

  /// The codes.
  public var stored: Tensor { weight.codes }

  /// `x·Wᵀ + b` and the updates; the decoded weight lives as long as the product takes.
  public func product(
    _ input: LinearInput, bias: Tensor?, updates: [LowRankUpdate], generates: Bool
  ) -> Tensor {
    lowRankLinear(input, weight: weight, bias: bias, updates: updates, generates: generates)
  }

  /// The values that the codes stand for.
  public func dense() -> Tensor { weight.dequantized(as: dtype) }
}
