public import AnnealTorch

/// A model that predicts the next token: an embedding, blocks, a final norm and a head.
///
/// Trainers, engines and evaluators know only this. Full logits are never part of it.
public protocol CausalModel: AnyObject {
  /// The values the model was built with.
  var configuration: DecoderConfiguration { get }
  /// Every tensor and linear map, in the order in which they were built.
  var inventory: Inventory { get }
  /// What is computed once for a whole pass, such as rotary tables, filled in.
  func prepared(_ pass: Pass) -> Pass
  /// The tokens' vectors, `[N]` → `[N, D]`.
  func embed(_ ids: Tensor, in pass: Pass) -> Tensor
  /// The blocks, first to last.
  var blocks: [any Block] { get }
  /// The final norm, `[N, D]` → `[N, D]`.
  func finish(_ x: Tensor) -> Tensor
  /// The projection onto the vocabulary.
  var head: Head { get }
  /// The table of token vectors.
  var embedding: Embedding { get }
}

extension CausalModel {
  /// Final hidden states, `[N]` → `[N, D]`, of a prepared or unprepared pass.
  public func hiddenStates(_ ids: Tensor, in pass: Pass) -> Tensor {
    let pass = prepared(pass)
    let x = blocks.reduce(embed(ids, in: pass)) { x, block in block(x, in: pass) }
    return finish(x)
  }

  /// Where the model's tensors are.
  public var device: Device { embedding.weight.value.device }

  /// The type of the residual stream.
  public var dtype: DType { embedding.weight.value.dtype }

  /// Values in all tensors.
  public var parameterCount: Int { inventory.tensors.reduce(0) { $0 + $1.count } }

  /// Bytes of all tensors.
  public var parameterBytes: Int { inventory.tensors.reduce(0) { $0 + $1.byteCount } }
}

/// The common shape of decoder-only models: pre-norm blocks between an embedding and a head.
public final class Decoder: CausalModel {
  /// The values the model was built with.
  public let configuration: DecoderConfiguration
  /// Every tensor and linear map.
  public let inventory: Inventory
  /// The table of token vectors.
  public let embedding: Embedding
  /// The blocks, first to last.
  public let blocks: [any Block]
  /// The projection onto the vocabulary.
  public let head: Head
  private let norm: RMSNorm

  /// Loads a decoder laid out as Hugging Face's Llama is.
  public init(_ c: DecoderConfiguration, _ weights: Weights) throws {
    let model = weights / "model"
    configuration = c
    embedding = try Embedding(c.vocabularySize, c.width, model / "embed_tokens")
    blocks = try (0..<c.layers).map { layer in
      try DecoderBlock(c, layer: layer, model / "layers" / layer)
    }
    norm = try RMSNorm(c.width, epsilon: c.normEpsilon, model / "norm")
    head =
      c.tiesEmbedding
      ? Head(tiedTo: embedding) : try Head(c.vocabularySize, c.width, weights / "lm_head")
    inventory = weights.inventory
  }

  /// The pass with its rotary tables.
  public func prepared(_ pass: Pass) -> Pass {
    guard pass.rotary == nil else { return pass }
    var pass = pass
    pass.rotary = configuration.rotary.tables(pass.positions)
    return pass
  }

  /// The tokens' vectors, `[N]` → `[N, D]`.
  public func embed(_ ids: Tensor, in pass: Pass) -> Tensor { embedding(ids) }

  /// The final norm, `[N, D]` → `[N, D]`.
  public func finish(_ x: Tensor) -> Tensor { norm(x) }
}
