public import AnnealDatasets
public import AnnealNeural
public import AnnealTorch

/// A packed batch as tensors on a device.
public struct BatchTensors {
  /// Token ids, `[N]`, int64.
  public let ids: Tensor
  /// Positions and document bounds.
  public var pass: Pass
  /// The positions whose next token is learned, `[M]`, int64.
  public let lossPositions: Tensor
  /// The tokens that follow them, `[M]`, int64.
  public let targets: Tensor
  /// Loss-bearing positions, `M`.
  public let lossTokens: Int

  /// Moves `batch` to `device`.
  public init(
    _ batch: PackedBatch, attachments: [Site: [any Attachment]], on device: Device
  ) {
    ids = Tensor(batch.ids).to(.int64).to(device)
    pass = Pass(
      positions: Tensor(batch.positions).to(.int64).to(device), bounds: batch.bounds)
    pass.attachments = attachments
    lossPositions = Tensor(batch.lossPositions).to(device)
    targets = Tensor(batch.lossTargets).to(.int64).to(device)
    lossTokens = batch.lossTokens
  }
}
