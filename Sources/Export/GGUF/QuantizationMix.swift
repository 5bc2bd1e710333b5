internal import AnnealFiles

/// Which format each tensor of a file gets: the usual mixes, by the names that everybody uses.
///
/// The rules are llama.cpp's (`llama-quantize`), so that a name means the same bits everywhere: norms
/// and biases stay numbers of 32 bits, the output gets more bits than the rest, and in the mixes of
/// medium size so do the values and the second feed-forward map of some layers.
public struct QuantizationMix: Sendable {
  /// The mix's name, such as `Q4_K_M`.
  public let name: String
  /// The number of `general.file_type`.
  let fileType: UInt32
  /// The format of most tensors.
  let base: any BlockFormat.Type
  /// Exceptions, by the end of a tensor's name.
  let raised: @Sendable (Place) -> (any BlockFormat.Type)?

  /// Where a tensor stands.
  struct Place: Sendable {
    /// The tensor's name without number and `.weight`, such as `ffn_down`.
    var role: String
    var layer: Int
    var layers: Int
    /// How many query heads share a key/value head.
    var sharing: Int

    /// Whether the layer is one of those that pay for more bits: the first and the last eighth, and
    /// every third between.
    var matters: Bool {
      layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2
    }
  }

  /// The mix called `name`, in any case.
  ///
  /// - Throws: `AnnealError` of code `usage` with the names that there are.
  public static func named(_ name: String) throws -> QuantizationMix {
    let upper = name.uppercased()
    if let found = all.first(where: { $0.name == upper }) { return found }
    let names = all.map(\.name)
    let guess = nearest(to: upper, among: names).map { "Did you mean \($0)? " } ?? ""
    throw AnnealError(
      .usage, "there is no type '\(name)'",
      remedy: "\(guess)Types: \(names.joined(separator: ", ")).")
  }

  /// The format of a tensor.
  func format(
    of name: String, shape: [Int], layer: Int?, layers: Int, sharing: Int, isOutput: Bool
  ) -> any BlockFormat.Type {
    guard shape.count > 1, name.hasSuffix(".weight") else { return Self.format("F32") }
    guard base.valuesPerBlock > 1 else { return base }
    var format = base
    if isOutput {
      format = base.name == "Q8_0" ? base : Self.format("Q6_K")
    } else if let layer {
      let role = name.split(separator: ".").dropLast().last.map(String.init) ?? name
      format = raised(.init(role: role, layer: layer, layers: layers, sharing: sharing)) ?? base
    }
    return Self.fallback(format, width: shape.last ?? 1)
  }

  /// The nearest format in which rows of `width` values are whole blocks.
  private static func fallback(
    _ format: any BlockFormat.Type, width: Int
  ) -> any BlockFormat.Type {
    if format.fits(width: width) { return format }
    let smaller = [
      "Q2_K": "Q4_0", "Q3_K": "Q4_0", "Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0",
    ]
    let next = Self.format(smaller[format.name] ?? "F16")
    return next.fits(width: width) ? next : Self.format("F16")
  }

  fileprivate static func format(_ name: String) -> any BlockFormat.Type {
    BlockFormats.named(name) ?? BlockFormats.all[0]
  }
}

extension QuantizationMix {
  /// The mixes that there are, one line each.
  public static let all: [QuantizationMix] = [
    .init("F32", 0, "F32"),
    .init("F16", 1, "F16"),
    .init("BF16", 32, "BF16"),
    .init("Q8_0", 7, "Q8_0"),
    .init("Q6_K", 18, "Q6_K"),
    .init("Q5_K_M", 17, "Q5_K", medium),
    .init("Q5_K_S", 16, "Q5_K"),
    .init("Q5_0", 8, "Q5_0"),
    .init("Q5_1", 9, "Q5_1"),
    .init("Q4_K_M", 15, "Q4_K", medium),
    .init("Q4_K_S", 14, "Q4_K", smallFour),
    .init("Q4_0", 2, "Q4_0"),
    .init("Q4_1", 3, "Q4_1"),
    .init("Q3_K_L", 13, "Q3_K", largeThree),
    .init("Q3_K_M", 12, "Q3_K", mediumThree),
    .init("Q3_K_S", 11, "Q3_K"),
    .init("Q2_K", 10, "Q2_K", two),
  ]

  private init(
    _ name: String, _ fileType: UInt32, _ base: String,
    _ raised: @escaping @Sendable (Place) -> String? = { _ in nil }
  ) {
    self.name = name
    self.fileType = fileType
    self.base = Self.format(base)
    self.raised = { raised($0).map(Self.format) }
  }

  private static let medium: @Sendable (Place) -> String? = { place in
    ["attn_v", "ffn_down"].contains(place.role) && place.matters ? "Q6_K" : nil
  }

  private static let smallFour: @Sendable (Place) -> String? = { place in
    switch place.role {
    case "attn_v": place.layer < 4 ? "Q5_K" : nil
    case "ffn_down": place.layer < place.layers / 8 ? "Q5_K" : nil
    default: nil
    }
  }

  private static let largeThree: @Sendable (Place) -> String? = { place in
    ["attn_v", "ffn_down", "attn_output"].contains(place.role) ? "Q5_K" : nil
  }

  private static let mediumThree: @Sendable (Place) -> String? = { place in
    switch place.role {
    case "attn_v": place.layer < 2 ? "Q5_K" : "Q4_K"
    case "ffn_down": place.layer < place.layers / 16 ? "Q5_K" : "Q4_K"
    case "attn_output": "Q4_K"
    default: nil
    }
  }

  private static let two: @Sendable (Place) -> String? = { place in
    switch place.role {
    case "attn_v": place.sharing >= 4 ? "Q4_K" : "Q3_K"
    case "ffn_down", "attn_output": "Q3_K"
    default: nil
    }
  }
}

extension QuantizationMix {
  /// The format of rows too narrow for the mix's own.
  var fallbackOfNarrowRows: any BlockFormat.Type { Self.format("F16") }
}
