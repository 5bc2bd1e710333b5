public import AnnealTorch

/// SwiGLU feed-forward: `down(silu(gate(x)) · up(x))`, `[N, D]` → `[N, D]` (arXiv 2002.05202).
public final class GatedFeedForward {
  let gate, up, down: Linear

  /// Loads a feed-forward.
  public init(_ c: DecoderConfiguration, _ weights: Weights) throws {
    let bias = c.hasFeedForwardBias
    gate = try Linear(c.width, c.hidden, .gate, bias: bias, weights / "gate_proj")
    up = try Linear(c.width, c.hidden, .up, bias: bias, weights / "up_proj")
    down = try Linear(c.hidden, c.width, .down, bias: bias, weights / "down_proj")
  }

  /// What the feed-forward adds to the residual stream, `[N, D]` → `[N, D]`.
  public func callAsFunction(_ x: Tensor, in pass: Pass) -> Tensor {
    let input = LinearInput.swiGLU(gate: gate(x, in: pass), up: up(x, in: pass))
    return down(pass.keepsOnlyProducts ? input : .values(input.tensor), in: pass)
  }
}
