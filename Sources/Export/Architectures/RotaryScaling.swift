internal import AnnealFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The rotation of positions, as `config.json` has it: `rope_theta` and `rope_scaling`, or
/// `rope_parameters` of newer files, which holds both.
struct RotaryScaling {
  /// The base of the frequencies.
  let base: Double
  /// What positions are divided by.
  private(set) var factor: Double?
  /// What each frequency is divided by (Llama 3.1); empty for nothing.
  private(set) var frequencyFactors: [Float] = []

  init(_ file: ConfigurationFile, headWidth: Int, positions: Int) throws {
    let parameters = file.member("rope_parameters") ?? file.member("rope_scaling")
    base = try file.number(
      "rope_theta", default: try parameters?.number("rope_theta", default: 10_000) ?? 10_000)
    guard let parameters else { return }
    let kind = try parameters.string("rope_type") ?? parameters.string("type") ?? "default"
    switch kind {
    case "default": break
    case "linear": factor = try parameters.number("factor", default: 1)
    case "llama3":
      frequencyFactors = Self.frequencyFactors(
        base: base, headWidth: headWidth, factor: try parameters.number("factor", default: 8),
        low: try parameters.number("low_freq_factor", default: 1),
        high: try parameters.number("high_freq_factor", default: 4),
        original: try parameters.number(
          "original_max_position_embeddings", default: Double(positions)))
    default:
      throw file.error(
        "rope_scaling",
        "the rotary scaling '\(kind)' cannot be written; expected default, linear or llama3")
    }
  }

  /// The metadata, without the architecture's name in front.
  var metadata: [(name: String, value: GGUFValue)] {
    let base: (name: String, value: GGUFValue) = ("rope.freq_base", .float32(Float(base)))
    guard let factor else { return [base] }
    return [
      base, ("rope.scaling.type", .string("linear")),
      ("rope.scaling.factor", .float32(Float(factor))),
    ]
  }

  /// Llama 3.1's rule: waves that fit the first training's context often stay, those that hardly fit
  /// are stretched by `factor`, and those between by something between.
  private static func frequencyFactors(
    base: Double, headWidth: Int, factor: Double, low: Double, high: Double, original: Double
  ) -> [Float] {
    (0..<headWidth / 2).map { index in
      let exponent = Double(2 * index) / Double(headWidth)
      let wavelength: Double = 2 * Double.pi * pow(base, exponent)
      if wavelength < original / high { return 1 }
      if wavelength > original / low { return Float(factor) }
      let smooth = (original / wavelength - low) / (high - low)
      return Float(1 / ((1 - smooth) / factor + smooth))
    }
  }
}
