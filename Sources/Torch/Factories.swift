internal import CTorch

extension Tensor {
  /// Values to be written before they are read.
  public static func empty(
    _ shape: [Int], _ dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor {
    make(of: []) { ct_empty(wide(shape), Int64(shape.count), dtype.code, device.bridged, $0) }
  }

  /// `value` everywhere.
  public static func full(
    _ shape: [Int], _ value: Double, _ dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor {
    make(of: []) {
      ct_full(wide(shape), Int64(shape.count), value, dtype.code, device.bridged, $0)
    }
  }

  /// Zeros.
  public static func zeros(
    _ shape: [Int], _ dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor { full(shape, 0, dtype, on: device) }

  /// Ones.
  public static func ones(
    _ shape: [Int], _ dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor { full(shape, 1, dtype, on: device) }

  /// `0 ..< count`, `[count]`.
  public static func arange(
    _ count: Int, _ dtype: DType = .int64, on device: Device = .cpu
  ) -> Tensor {
    make(of: []) { ct_arange(Int64(count), dtype.code, device.bridged, $0) }
  }

  /// float32 `values`, in one dimension or in `shape`.
  public init(_ values: [Float], shape: [Int]? = nil, on device: Device = .cpu) {
    self.init(copying: values, shape, .float32, device)
  }

  /// int64 `values`, in one dimension or in `shape`.
  public init(_ values: [Int], shape: [Int]? = nil, on device: Device = .cpu) {
    self.init(copying: values.map(Int64.init), shape, .int64, device)
  }

  /// int32 `values`, in one dimension or in `shape`.
  public init(_ values: [Int32], shape: [Int]? = nil, on device: Device = .cpu) {
    self.init(copying: values, shape, .int32, device)
  }

  /// Boolean `values`, in one dimension or in `shape`.
  public init(_ values: [Bool], shape: [Int]? = nil, on device: Device = .cpu) {
    self.init(copying: values, shape, .bool, device)
  }

  /// A float32 scalar, `[]`.
  public init(_ value: Double) { self = Tensor.full([], value) }

  private init<Value>(copying values: [Value], _ shape: [Int]?, _ type: DType, _ device: Device) {
    let shape = shape ?? [values.count]
    let made = values.withUnsafeBytes { Tensor(copying: $0, shape: shape, dtype: type) }
    self = device == .cpu ? made : made.to(device)
  }

  /// A copy of `bytes`, row-major values of kind `dtype`, on the processor.
  public init(copying bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) {
    self = Tensor.make(of: []) {
      ct_from_bytes(
        bytes.baseAddress, Int64(bytes.count), wide(shape), Int64(shape.count), dtype.code, $0)
    }
  }

  /// A tensor on `bytes` themselves, without copying unless they are not aligned for `dtype`.
  ///
  /// `owner` is kept alive until the last tensor on them is gone. Not to be written to.
  public init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, owner: AnyObject) {
    let address = UInt(bitPattern: bytes.baseAddress)
    guard CheckedScope.isIntact, bytes.count > 0, address % UInt(dtype.bytes) == 0 else {
      self.init(copying: bytes, shape: shape, dtype: dtype)
      return
    }
    self = Tensor.make(of: []) {
      ct_from_owned(
        bytes.baseAddress, Int64(bytes.count), wide(shape), Int64(shape.count), dtype.code,
        Unmanaged.passRetained(owner).toOpaque(),
        { owner in
          if let owner { Unmanaged<AnyObject>.fromOpaque(owner).release() }
        }, $0)
    }
  }
}

/// Extents as the bridge wants them.
func wide(_ shape: [Int]) -> [Int64] { shape.map(Int64.init) }
