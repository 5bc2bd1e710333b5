/// What a linear map does inside its block; adapters choose their targets by it.
public enum Role: String, Sendable, Hashable, CaseIterable {
  /// The attention's query projection.
  case query
  /// The attention's key projection.
  case key
  /// The attention's value projection.
  case value
  /// The attention's output projection.
  case attentionOutput
  /// The feed-forward's gate.
  case gate
  /// The feed-forward's expansion.
  case up
  /// The feed-forward's contraction.
  case down
  /// The projection onto the vocabulary.
  case head
}

/// One linear map of a model: where it lies in the checkpoint and how large it is.
public struct Site: Hashable, Sendable {
  /// The checkpoint's path without `.weight`, such as `model.layers.0.self_attn.q_proj`.
  public let path: String
  /// What the map does.
  public let role: Role
  /// The width of what it takes in.
  public let inputs: Int
  /// The width of what it puts out.
  public let outputs: Int

  /// A site at `path`.
  public init(path: String, role: Role, inputs: Int, outputs: Int) {
    self.path = path
    self.role = role
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The path's last word, such as `q_proj`.
  public var name: Substring { path.split(separator: ".").last ?? Substring(path) }

  /// Two sites of one model are the same when their paths are.
  public static func == (a: Site, b: Site) -> Bool { a.path == b.path }

  /// Hashes the path.
  public func hash(into hasher: inout Hasher) { hasher.combine(path) }
}
