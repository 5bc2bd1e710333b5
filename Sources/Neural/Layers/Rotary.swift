public import AnnealTorch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rotary position embedding: pairs of values turn by an angle that grows with the position.
///
/// Paper: arXiv 2104.09864. The halves of a head are paired, as Hugging Face's checkpoints are laid
/// out, not neighbours.
public struct Rotary: Sendable, Hashable {
  /// How a model stretches the angles beyond the lengths it was first trained on.
  public enum Scaling: Sendable, Hashable {
    /// Angles as they are.
    case none
    /// Positions divided by `factor` (arXiv 2306.15595).
    case linear(factor: Double)
    /// Llama 3.1's: slow frequencies divided by `factor`, fast ones kept, a ramp between.
    case llama3(factor: Double, low: Double, high: Double, original: Double)
  }

  /// The base of the geometric series of wavelengths.
  public var base: Double
  /// The width of a head.
  public var headWidth: Int
  /// How angles are stretched.
  public var scaling: Scaling

  /// A rotary embedding.
  public init(base: Double, headWidth: Int, scaling: Scaling = .none) {
    self.base = base
    self.headWidth = headWidth
    self.scaling = scaling
  }

  /// Radians a position turns each pair, `headWidth / 2` values, in float32 as the reference has them.
  public var frequencies: [Float] {
    (0..<headWidth / 2).map { pair in
      let exponent = Float(2 * pair) / Float(headWidth)
      return scaled(1 / powf(Float(base), exponent))
    }
  }

  private func scaled(_ frequency: Float) -> Float {
    switch scaling {
    case .none: return frequency
    case .linear(let factor): return frequency / Float(factor)
    case .llama3(let factor, let low, let high, let original):
      let wavelength = 2 * Float.pi / frequency
      if wavelength < Float(original / high) { return frequency }
      if wavelength > Float(original / low) { return frequency / Float(factor) }
      let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
      return (1 - smooth) * frequency / Float(factor) + smooth * frequency
    }
  }

  /// Cosines and sines at `positions`, `[N]` → two of `[N, headWidth / 2]`, float32.
  public func tables(_ positions: Tensor) -> RotaryTables {
    let angles =
      positions.to(.float32).unsqueezed(1)
      * Tensor(frequencies, shape: [1, headWidth / 2]).to(positions.device)
    return RotaryTables(cosine: angles.cos(), sine: angles.sin())
  }
}

/// Cosines and sines of one pass, each `[N, E/2]`, float32.
public struct RotaryTables {
  /// The cosines.
  public var cosine: Tensor
  /// The sines.
  public var sine: Tensor

  /// `x` turned, `[N, H, E]` → `[N, H, E]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { rotated(x, cosine: cosine, sine: sine) }

  /// Heads of `width` turned, `[N, H·width]` → the same, in the memory of an `x` that is given up.
  public func inPlace(_ x: Tensor, width: Int) -> Tensor {
    rotatedInPlace(x, width: width, cosine: cosine, sine: sine)
  }
}
