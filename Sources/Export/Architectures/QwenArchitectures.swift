internal import AnnealFiles

/// Qwen 2 and 2.5.
enum Qwen2Architecture: Architecture {
  static let modelType = "qwen2"
  static let name = "qwen2"
  static let pairsRotatedRows = false

  static func check(_ file: ConfigurationFile) throws {
    if try file.flag("use_sliding_window", default: false) { try file.refuseWindow() }
  }
}

/// Qwen 3, dense.
enum Qwen3Architecture: Architecture {
  static let modelType = "qwen3"
  static let name = "qwen3"
  static let pairsRotatedRows = false

  static func check(_ file: ConfigurationFile) throws { try Qwen2Architecture.check(file) }
}
