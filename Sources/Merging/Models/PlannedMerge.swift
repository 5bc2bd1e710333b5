internal import AnnealFiles
internal import AnnealTorch

/// One tensor of the new model, and what it is made of.
struct PlannedMerge {
  /// A tensor of a source.
  struct Source {
    /// Which of the models.
    var model: Int
    /// The tensor's name there.
    var name: String
    var isBase: Bool
    /// The method's parameters.
    var values: [String: Double]
  }

  /// Its name in the new model.
  var name: String
  var shape: [Int]
  /// The type that is computed in.
  var dtype: DType
  /// The type that is written.
  var outputType: DType
  var sources: [Source]
  /// The method's parameters.
  var values: [String: Double]

  /// Bytes written.
  var bytes: Int { shape.reduce(outputType.bytes, *) }
}

/// Where a tensor stands in a model: in a numbered layer, or before or after all of them.
enum TensorPlace {
  static let prefix = "model.layers."

  /// The layer's number and the rest of the name; nil for what is in no layer.
  static func layer(of name: String) -> (number: Int, rest: String)? {
    guard name.hasPrefix(prefix) else { return nil }
    let words = name.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
    guard words.count == 2, let number = Int(words[0]), number >= 0 else { return nil }
    return (number, String(words[1]))
  }

  /// Whether the tensor belongs to the tokens' table or to the head, with a row a token.
  static func hasRowsOfTokens(_ name: String) -> Bool {
    name.hasSuffix("embed_tokens.weight") || name == "lm_head.weight"
  }

  /// Whether it comes before the layers.
  static func isBefore(_ name: String) -> Bool { name.contains("embed_tokens") }
}
