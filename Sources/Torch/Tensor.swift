internal import CTorch

/// Numbers in a rectangular arrangement, on a device.
///
/// A value of reference kind: copies share storage, and the storage goes with the last of them.
/// Not `Sendable`. Operations do not throw: see `Torch.checked(_:)`.
public struct Tensor {
  /// Owns the bridge's tensor.
  private final class Handle {
    let pointer: OpaquePointer?
    init(_ pointer: OpaquePointer?) { self.pointer = pointer }
    deinit { ct_tensor_release(pointer) }
  }

  private let handle: Handle

  /// The bridge's tensor, nil for the empty tensor that a failed operation returns.
  ///
  /// Valid while this tensor lives.
  var pointer: OpaquePointer? { handle.pointer }

  /// Takes over a tensor that the bridge made.
  init(owning pointer: OpaquePointer?) { handle = Handle(pointer) }

  private static var empty: Tensor { Tensor(owning: nil) }

  /// The tensor that `body` writes, or an empty one after a failure in the scope.
  ///
  /// `operands` live until the end and describe a failure.
  static func make(
    of operands: [Tensor], _ body: (UnsafeMutablePointer<OpaquePointer?>) -> OpaquePointer?
  ) -> Tensor {
    var made: OpaquePointer?
    perform(on: operands) { body(&made) }
    return Tensor(owning: made)
  }

  /// The two tensors that `body` writes, or empty ones after a failure in the scope.
  static func pair(
    of operands: [Tensor],
    _ body: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<OpaquePointer?>) ->
      OpaquePointer?
  ) -> (Tensor, Tensor) {
    var first: OpaquePointer?
    var second: OpaquePointer?
    perform(on: operands) { body(&first, &second) }
    return (Tensor(owning: first), Tensor(owning: second))
  }

  /// Runs `body` unless an earlier operation of the scope failed, and reports its failure.
  static func perform(on operands: [Tensor], _ body: () -> OpaquePointer?) {
    guard CheckedScope.isIntact else { return }
    withExtendedLifetime(operands) {
      if let failure = body() {
        CheckedScope.report(TorchError(releasing: failure, operands: operands))
      }
    }
  }

  /// A fact that `body` writes, or `fallback` where there is none.
  private func fact<Fact>(
    _ fallback: Fact, _ body: (OpaquePointer?, UnsafeMutablePointer<Fact>) -> OpaquePointer?
  ) -> Fact {
    guard pointer != nil else { return fallback }
    var value = fallback
    Tensor.perform(on: [self]) { body(pointer, &value) }
    return value
  }
}

extension Tensor {
  /// The number of dimensions.
  public var rank: Int { Int(fact(Int64(0)) { ct_rank($0, $1) }) }

  /// The extents, outermost first.
  public var shape: [Int] {
    var extents = [Int64](repeating: 0, count: rank)
    guard !extents.isEmpty else { return [] }
    Tensor.perform(on: [self]) { ct_shape(pointer, &extents) }
    return extents.map(Int.init)
  }

  /// The number of values.
  public var count: Int { Int(fact(Int64(0)) { ct_count($0, $1) }) }

  /// The extent of one dimension; negative dimensions count from the last, which is -1.
  public func size(_ dimension: Int) -> Int {
    Int(fact(Int64(0)) { ct_size($0, Int64(dimension), $1) })
  }

  /// The kind of the values.
  public var dtype: DType {
    DType(code: fact(DType.float32.code) { ct_dtype($0, $1) }) ?? .float32
  }

  /// Where the values lie.
  public var device: Device { Device(fact(Device.cpu.bridged) { ct_device_of($0, $1) }) }

  /// Whether operations on this tensor are recorded for gradients.
  public var requiresGradient: Bool { fact(false) { ct_requires_gradient($0, $1) } }

  /// Whether the values lie in row-major order without gaps.
  public var isContiguous: Bool { fact(false) { ct_is_contiguous($0, $1) } }

  /// The only value of a tensor of one value, whatever its kind; waits for the device.
  public func item() -> Double { fact(0.0) { ct_item($0, $1) } }

  /// Whether no value is infinite or not a number; waits for the device once.
  public func allFinite() -> Bool { fact(false) { ct_all_finite($0, $1) } }

  /// All values in row-major order, as float32; waits for the device.
  public func floats() -> [Float] {
    to(.float32).withBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// All values in row-major order, as whole numbers; waits for the device.
  public func ints() -> [Int] {
    to(.int64).withBytes { $0.bindMemory(to: Int64.self).map(Int.init) }
  }

  /// Gives `body` the values in row-major order on the processor, copied only if they lie otherwise.
  ///
  /// The bytes are valid during the call.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let packed = detached().to(.cpu).contiguous()
    return try withExtendedLifetime(packed) {
      var start: UnsafeRawPointer?
      var bytes: Int64 = 0
      Tensor.perform(on: [packed]) { ct_bytes(packed.pointer, &start, &bytes) }
      return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(bytes)))
    }
  }
}

extension Tensor: CustomStringConvertible {
  /// Kind, shape and device, such as `float32[2, 3] cpu`.
  public var description: String { pointer == nil ? "empty" : "\(summary) \(device)" }

  /// Kind and shape, asked of the bridge itself: also known after a failure in the scope.
  var summary: String {
    guard let pointer else { return "empty" }
    var code: Int32 = 0
    var rank: Int64 = 0
    ct_error_release(ct_dtype(pointer, &code))
    ct_error_release(ct_rank(pointer, &rank))
    var extents = [Int64](repeating: 0, count: Int(rank))
    ct_error_release(ct_shape(pointer, &extents))
    return "\(DType(code: code)?.rawValue ?? "unknown")\(extents)"
  }
}
