internal import CTorch
public import AnnealFiles

/// A tensor on the pages of a mapped file, which can leave memory and come back.
///
/// Not to be written to: what is let go is read from the file again.
public struct MappedTensor {
  /// The values, in the file's type, on the processor.
  public let tensor: Tensor

  /// The tensor `entry` of `file`; nil where its bytes cannot be used in place.
  public init?(reading entry: SafetensorsEntry, of file: SafetensorsFile) throws {
    let bytes = file.bytes(of: entry)
    guard let dtype = DType(safetensors: entry.dtype), let start = bytes.baseAddress,
      UInt(bitPattern: start) % UInt(dtype.bytes) == 0
    else { return nil }
    tensor = try Tensor(reading: entry, of: file)
  }

  /// Takes the pages out of this process; the next use reads them again.
  public func letGo() { Tensor.perform(on: [tensor]) { ct_let_go(tensor.pointer) } }
}

/// `x·Wᵀ + b + Σ scale·((x∘mask)·Aᵀ)·Bᵀ` with W in memory only while it is multiplied by, forward and
/// again for the gradient.
///
/// On the processor the product uses the file's pages themselves, where W has x's kind; elsewhere W
/// is copied to x's device for it.
///
/// - Parameters:
///   - input: x, `[N, in]`.
///   - weight: `[out, in]`, frozen.
///   - next: what is used after it, read ahead; `previous` on the way back.
///   - bias: `[out]`.
/// - Returns: `[N, out]`.
public func lowRankLinear(
  _ input: LinearInput, weight: MappedTensor, next: MappedTensor?, previous: MappedTensor?,
  bias: Tensor?, updates: [LowRankUpdate]
) -> Tensor {
  let operands =
    input.tensors + [weight.tensor] + [next?.tensor, previous?.tensor, bias].compactMap { $0 }
    + updates.flatMap(\.tensors)
  return Tensor.make(of: operands) { out in
    let list = updates.map(\.bridged)
    let streamed = ct_streamed(
      weight: weight.tensor.pointer, next_or_null: next?.tensor.pointer,
      previous_or_null: previous?.tensor.pointer)
    return withUnsafePointer(to: streamed) { weight in
      withUnsafePointer(to: input.bridged()) {
        ct_streamed_linear($0, weight, bias?.pointer, list, Int64(list.count), out)
      }
    }
  }
}
