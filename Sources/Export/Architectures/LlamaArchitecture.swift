internal import AnnealFiles

/// Llama 2, 3 and 3.x and their kin.
enum LlamaArchitecture: Architecture {
  static let modelType = "llama"
  static let name = "llama"
  static let pairsRotatedRows = true

  static func metadata(_ file: ConfigurationFile) throws -> [(name: String, value: GGUFValue)] {
    let shape = try DecoderShape(file)
    return [
      ("vocab_size", .uint32(UInt32(shape.vocabulary))),
      ("rope.dimension_count", .uint32(UInt32(shape.headWidth))),
    ]
  }
}

/// Mistral, which files know as a Llama.
enum MistralArchitecture: Architecture {
  static let modelType = "mistral"
  static let name = "llama"
  static let pairsRotatedRows = true

  static func metadata(_ file: ConfigurationFile) throws -> [(name: String, value: GGUFValue)] {
    try LlamaArchitecture.metadata(file)
  }

  static func check(_ file: ConfigurationFile) throws { try file.refuseWindow() }
}
