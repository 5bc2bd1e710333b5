public import AnnealFiles

extension DType {
  private static let formatNames: [(DType, String)] = [
    (.float64, "F64"), (.float32, "F32"), (.float16, "F16"), (.bfloat16, "BF16"), (.int64, "I64"),
    (.int32, "I32"), (.int16, "I16"), (.int8, "I8"), (.uint8, "U8"), (.bool, "BOOL"),
    (.float8e4m3, "F8_E4M3"), (.float8e5m2, "F8_E5M2"), (.uint16, "U16"), (.uint32, "U32"),
    (.uint64, "U64"),
  ]

  /// The kind with the safetensors name `name`, such as `BF16`.
  public init?(safetensors name: String) {
    guard let found = DType.formatNames.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }

  /// The kind's name in safetensors files, such as `BF16`.
  public var safetensorsName: String {
    DType.formatNames.first { $0.0 == self }?.1 ?? rawValue
  }
}

extension Tensor {
  /// The tensor `entry` of `file`, on the mapped file itself.
  ///
  /// Nothing is copied, and pages are read when they are used. Not to be written to; `file` stays
  /// mapped while the tensor lives.
  ///
  /// - Throws: `AnnealError` of kind `model` when libtorch lacks the entry's type.
  public init(reading entry: SafetensorsEntry, of file: SafetensorsFile) throws {
    guard let dtype = DType(safetensors: entry.dtype) else {
      throw AnnealError(
        .model, "tensor \(entry.name) has the type \(entry.dtype), which cannot be computed with",
        at: .init(file: file.path))
    }
    let bytes = file.bytes(of: entry)
    self = try Torch.checked {
      Tensor(bytes: bytes, shape: entry.shape, dtype: dtype, owner: file)
    }
  }
}

/// Tensors in safetensors files.
public enum TensorFile {
  /// All tensors of the file at `path`, in file order, on the mapped file.
  public static func read(_ path: String) throws -> [(String, Tensor)] {
    let file = try SafetensorsFile(path: path)
    return try file.names.compactMap { name in
      try file.entry(name).map { (name, try Tensor(reading: $0, of: file)) }
    }
  }

  /// Writes `tensors` to `path`, atomically, one in memory at a time.
  public static func write(
    _ tensors: [(String, Tensor)], to path: String, metadata: [String: String] = [:]
  ) throws {
    let list = tensors.map { name, tensor in
      SafetensorsTensor(
        name: name, dtype: tensor.dtype.safetensorsName, shape: tensor.shape,
        withBytes: { body in try Torch.checked { try tensor.withBytes(body) } })
    }
    try SafetensorsWriter.write(to: path, metadata: metadata, tensors: list)
  }
}
