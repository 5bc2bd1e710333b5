internal import CTorch

/// A matrix `[out, in]` in codes of 4 or 8 bits, with a scale for each block of values.
///
/// Layout and numbers are those of bitsandbytes. Papers: arXiv 2305.14314 (NF4, double quantisation),
/// arXiv 2208.07339 (rowwise int8).
public struct QuantizedWeight {
  /// A data type of codes.
  public enum Kind: String, Sendable, CaseIterable {
    /// 4 bits whose 16 values are quantiles of the normal distribution.
    case nf4
    /// 4-bit floating point: sign, two bits of exponent, one of mantissa.
    case fp4
    /// 8-bit whole numbers with one scale a row.
    case int8

    /// What the 16 codes of a 4-bit type stand for at a scale of 1.
    public var values: [Float] {
      guard self != .int8 else { return [] }
      let codes = Tensor((0..<8).map { $0 * 0x22 + 1 }).to(.uint8)
      let all = QuantizedWeight(
        kind: self, shape: [1, 16], blockSize: 16, codes: codes, scales: .ones([1]), nested: nil)
      return all.dequantized(as: .float32).floats()
    }

    var code: ct_code_kind {
      switch self {
      case .nf4: CT_CODE_NF4
      case .fp4: CT_CODE_FP4
      case .int8: CT_CODE_INT8
      }
    }
  }

  /// Scales that are codes themselves: 8 bits each, in blocks of 256.
  public struct NestedScales {
    /// The greatest deviation of each block of scales, float32.
    public let scales: Tensor
    /// The mean of all scales, which the deviations are from.
    public let offset: Double

    /// Scales of scales.
    public init(scales: Tensor, offset: Double) {
      self.scales = scales
      self.offset = offset
    }
  }

  /// How a value is coded.
  public let kind: Kind
  /// `[out, in]`.
  public let shape: [Int]
  /// Values in row order that share a scale; a whole row for int8.
  public let blockSize: Int
  /// uint8, two 4-bit codes in each, the earlier in the upper half; or int8.
  public let codes: Tensor
  /// The greatest magnitude of each block: float32, or uint8 codes where they are `nested`.
  public let scales: Tensor
  /// Double quantisation.
  public let nested: NestedScales?

  /// What the 256 codes of nested scales stand for at a scale of 1.
  public static let scaleValues: [Float] = {
    // Pairs of the code for 1, so that each block's first value is its scale.
    let ones = Tensor(Array(repeating: 0xFF, count: 256)).to(.uint8)
    let all = QuantizedWeight(
      kind: .nf4, shape: [256, 2], blockSize: 2, codes: ones,
      scales: Tensor(Array(0..<256)).to(.uint8),
      nested: NestedScales(scales: .ones([1]), offset: 0))
    return all.dequantized(as: .float32).select(1, 0).floats()
  }()

  /// A weight whose codes are there already.
  public init(
    kind: Kind, shape: [Int], blockSize: Int, codes: Tensor, scales: Tensor, nested: NestedScales?
  ) {
    self.kind = kind
    self.shape = shape
    self.blockSize = blockSize
    self.codes = codes
    self.scales = scales
    self.nested = nested
  }

  /// The codes of `weight`, `[out, in]`.
  ///
  /// - Parameters:
  ///   - blockSize: values that share a scale, an even number up to 4096; int8 takes a row.
  ///   - doubleQuantization: codes for the scales too, 0.37 bits a value less at blocks of 64.
  public init(
    _ weight: Tensor, as kind: Kind, blockSize: Int = 64, doubleQuantization: Bool = false
  ) {
    self.kind = kind
    shape = weight.shape
    self.blockSize = kind == .int8 ? max(weight.shape.last ?? 1, 1) : blockSize
    let block = Int64(self.blockSize)
    let first = Tensor.pair(of: [weight]) {
      ct_quantize(weight.pointer, kind.code, block, $0, $1)
    }
    codes = first.0
    guard doubleQuantization, kind != .int8 else {
      scales = first.1
      nested = nil
      return
    }
    var offset = 0.0
    let second = Tensor.pair(of: [first.1]) {
      ct_quantize_scales(first.1.pointer, $0, $1, &offset)
    }
    scales = second.0
    nested = NestedScales(scales: second.1, offset: offset)
  }

  /// What it takes, in bytes.
  public var byteCount: Int {
    [codes, scales, nested?.scales].compactMap { $0 }.reduce(0) {
      $0 + $1.shape.reduce(1, *) * $1.dtype.bytes
    }
  }

  /// The weight on `device`.
  public func to(_ device: Device) -> QuantizedWeight {
    QuantizedWeight(
      kind: kind, shape: shape, blockSize: blockSize, codes: codes.to(device),
      scales: scales.to(device),
      nested: nested.map { NestedScales(scales: $0.scales.to(device), offset: $0.offset) })
  }

  /// The values, `[out, in]`.
  public func dequantized(as dtype: DType) -> Tensor {
    Tensor.make(of: tensors) { out in
      withUnsafePointer(to: bridged) { ct_dequantize($0, dtype.code, out) }
    }
  }

  var tensors: [Tensor] { [codes, scales] + [nested?.scales].compactMap { $0 } }

  var bridged: ct_codes {
    ct_codes(
      codes: codes.pointer, scales: scales.pointer, nested_or_null: nested?.scales.pointer,
      offset: nested?.offset ?? 0, rows: Int64(shape.first ?? 0), columns: Int64(shape.last ?? 0),
      block: Int64(blockSize), kind: kind.code)
  }
}

/// `x·Wᵀ + b + Σ scale·((x∘mask)·Aᵀ)·Bᵀ` with W decoded for this product, in x's kind.
///
/// The gradient decodes it again; only the codes are kept.
///
/// - Parameters:
///   - input: x, `[N, in]`.
///   - bias: `[out]`.
///   - generates: whether a few rows may be multiplied by the codes' values as they are, not rounded
///     to x's kind first; never where gradients are recorded.
/// - Returns: `[N, out]`.
public func lowRankLinear(
  _ input: LinearInput, weight: QuantizedWeight, bias: Tensor?, updates: [LowRankUpdate],
  generates: Bool = false
) -> Tensor {
  let operands =
    input.tensors + weight.tensors + [bias].compactMap { $0 } + updates.flatMap(\.tensors)
  return Tensor.make(of: operands) { out in
    let list = updates.map(\.bridged)
    return withUnsafePointer(to: weight.bridged) { weight in
      withUnsafePointer(to: input.bridged(generates: generates)) {
        ct_quantized_linear($0, weight, bias?.pointer, list, Int64(list.count), out)
      }
    }
  }
}
