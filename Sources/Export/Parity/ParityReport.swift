/// What reading a written file back found.
public struct ParityReport: Sendable, Hashable {
  /// Texts whose ids are the same.
  public var texts = 0
  /// Conversations whose text is the same.
  public var conversations = 0
  /// Tensors whose values are within their format's bound.
  public var tensors = 0
  /// The largest error of a row, relative to the row.
  public var largestError = 0.0
  /// The tensor it was found in.
  public var largestErrorTensor = ""
  /// The root-mean-square error of each tensor relative to its own size, by the model's names.
  public var errors: [String: Double] = [:]
}
