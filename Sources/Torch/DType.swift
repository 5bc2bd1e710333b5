internal import CTorch

/// The kind of a tensor's values.
public enum DType: String, Sendable, CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8, uint8, bool
  case float8e4m3, float8e5m2
  case uint16, uint32, uint64

  /// Bytes a value.
  public var bytes: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool, .float8e4m3, .float8e5m2: 1
    }
  }

  /// Whether values have fractions.
  public var isFloating: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16, .float8e4m3, .float8e5m2: true
    default: false
    }
  }

  /// The bridge's number for this kind.
  var code: Int32 {
    let code =
      switch self {
      case .float64: CT_FLOAT64
      case .float32: CT_FLOAT32
      case .float16: CT_FLOAT16
      case .bfloat16: CT_BFLOAT16
      case .int64: CT_INT64
      case .int32: CT_INT32
      case .int16: CT_INT16
      case .int8: CT_INT8
      case .uint8: CT_UINT8
      case .bool: CT_BOOL
      case .float8e4m3: CT_FLOAT8_E4M3
      case .float8e5m2: CT_FLOAT8_E5M2
      case .uint16: CT_UINT16
      case .uint32: CT_UINT32
      case .uint64: CT_UINT64
      }
    return Int32(code)
  }

  private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { ($0.code, $0) })

  /// The kind with the bridge's number `code`.
  init?(code: Int32) {
    guard let found = DType.byCode[code] else { return nil }
    self = found
  }
}
