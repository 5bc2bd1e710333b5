internal import CTorch

/// `silu(gate) · up`, computed in float32 and rounded once; keeps only its operands.
///
/// Paper: arXiv 2002.05202.
public func swiGLU(_ gate: Tensor, _ up: Tensor) -> Tensor {
  Tensor.make(of: [gate, up]) { ct_gated(gate.pointer, up.pointer, false, $0) }
}

/// `gelu(gate) · up` with the hyperbolic tangent form of GELU; keeps only its operands.
///
/// Paper: arXiv 2002.05202.
public func geGLU(_ gate: Tensor, _ up: Tensor) -> Tensor {
  Tensor.make(of: [gate, up]) { ct_gated(gate.pointer, up.pointer, true, $0) }
}
