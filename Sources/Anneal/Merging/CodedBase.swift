internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// What the weights of a base are that were in codes while an adapter learned beside them.
public enum BasePrecision: String, Sendable, CaseIterable {
  /// The values that the codes stand for: what the adapter has seen.
  case dequantized
  /// The values before they were coded.
  case full
}

/// How an adapter's base was coded while it learned.
struct CodedBase {
  /// What the base was coded as, for messages.
  let name: String
  /// How weights that are stored in full are coded on loading; nil where the folder holds codes.
  let quantization: Quantization?
  /// The type that the codes stand for, where the run says it.
  let dtype: DType?

  /// The codes of the model in `folder`, or of the run that an adapter comes from; nil where the base
  /// was never in codes.
  ///
  /// - Throws: `AnnealError` of kind `usage` where adapters learned beside different codes.
  static func find(model folder: String, adapters: [String]) throws -> CodedBase? {
    let configuration = try ModelFolder(folder).configuration()
    if let codes = configuration.member("quantization_config") {
      let kind = try codes.string("bnb_4bit_quant_type") ?? codes.string("quant_method")
      let isFourBit = try codes.flag("load_in_4bit", default: false)
      return CodedBase(
        name: isFourBit ? kind ?? "4-bit codes" : "int8", quantization: nil, dtype: nil)
    }
    let found = adapters.compactMap { adapter in recorded(by: adapter).map { (adapter, $0) } }
    guard let first = found.first else { return nil }
    if let other = found.first(where: { $0.1.quantization != first.1.quantization }) {
      throw AnnealError(
        .usage,
        "\(first.0) learned beside a base in \(first.1.name) and \(other.0) in \(other.1.name)",
        remedy: "Merge them one after another, each with its own --base-precision.")
    }
    return first.1
  }

  /// What the recipe of a run says about its base, beside its folders `best` and `last`.
  private static func recorded(by adapter: String) -> CodedBase? {
    let path = Folder.resolved(adapter) + "/../recipe.yaml"
    guard Folder.holdsFile(path), let recipe = try? Recipe(file: path),
      let quantization = recipe.quantization
    else { return nil }
    return CodedBase(
      name: quantization.kind.rawValue, quantization: quantization,
      dtype: recipe.dtype(on: .cpu))
  }

  /// What a user has to choose.
  func choice(isStored: Bool) -> AnnealError {
    let full =
      isStored
      ? "--base-precision full --base DIR into the values before they were coded, in DIR"
      : "--base-precision full into the values as they are stored"
    return AnnealError(
      .usage,
      "the adapter learned beside a base in codes (\(name)); in other values it says something else",
      remedy: "Choose: --base-precision dequantized works it into the values that the codes stand "
        + "for, \(full). How far the result is from the coded base with its adapter is measured "
        + "and told either way.")
  }
}
