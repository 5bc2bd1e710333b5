internal import AnnealFiles

/// What the products of an adapter's factors are multiplied by, and what a file can say of it.
struct AdapterScales {
  /// What the file says: readers multiply by it over the rank.
  let alpha: Float
  private let own: Double
  private let isStabilized: Bool
  /// Numerators for some maps, in the order in which they are tried.
  private let patterns: [(key: String, alpha: Double)]

  /// The scales that an `adapter_config.json` asks for.
  ///
  /// - Throws: `AnnealError` of code `model` where a pattern has more than a name in it.
  init(_ settings: ConfigurationFile) throws {
    own = try settings.number("lora_alpha", default: 8)
    isStabilized = try settings.flag("use_rslora", default: false)
    patterns = try (settings.json["alpha_pattern"]?.members ?? []).map {
      member -> (key: String, alpha: Double) in
      guard !member.key.isEmpty, member.key.utf8.allSatisfy(Self.isPlain),
        let alpha = member.value.number
      else {
        throw settings.error(
          "alpha_pattern",
          "found '\(member.key)': \(member.value.text()); expected a map's name, or its end, and a "
            + "number",
          remedy: "Write out what the pattern stands for, such as layers.0.self_attn.q_proj.")
      }
      return (member.key, alpha)
    }
    // Readers take 0 for a scale of 1; a scale of 0 goes into the factor.
    let written = Float(own == 0 ? 1 : own)
    guard written.isNormal else {
      throw settings.error("lora_alpha", "lora_alpha is \(own), which a GGUF file cannot hold")
    }
    alpha = written
  }

  /// What the update at `site` is multiplied by.
  func scale(of site: String, rank: Int) -> Double {
    let found = patterns.first { Self.fits(site, $0.key) }?.alpha ?? own
    return found / (isStabilized ? Double(rank).squareRoot() : Double(rank))
  }

  /// What the second factor is to be multiplied by, since readers know one alpha for all.
  func correction(of site: String, rank: Int) -> Float {
    Float(scale(of: site, rank: rank) * Double(rank) / Double(alpha))
  }

  /// PEFT's rule: the path, or its end behind a dot.
  ///
  /// The key is a regular expression there, in which a dot is any sign.
  private static func fits(_ site: String, _ key: String) -> Bool {
    let (path, end) = (Array(site.utf8), Array(key.utf8))
    let start = path.count - end.count
    guard start == 0 || start > 0 && path[start - 1] == UInt8(ascii: ".") else { return false }
    return zip(path[start...], end).allSatisfy { $1 == UInt8(ascii: ".") || $0 == $1 }
  }

  /// Whether a sign means itself in a regular expression, or is a dot.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
