/// What a run tells about itself while it goes on.
public struct ProgressState: Sendable, Equatable {
  /// Optimizer steps done.
  public var step: Int
  /// Optimizer steps of the whole run.
  public var totalSteps: Int
  /// Training loss, in nats a trained token.
  public var loss: Double?
  /// The last evaluation's loss, in nats a token.
  public var evalLoss: Double?
  /// Tokens a second.
  public var tokensPerSecond: Double?
  /// Seconds until the end, at the speed so far.
  public var secondsLeft: Double?
  /// Largest memory that tensors have taken, in bytes.
  public var peakBytes: Int?

  /// The state after `step` of `totalSteps`.
  public init(
    step: Int, totalSteps: Int, loss: Double? = nil, evalLoss: Double? = nil,
    tokensPerSecond: Double? = nil, secondsLeft: Double? = nil, peakBytes: Int? = nil
  ) {
    self.step = step
    self.totalSteps = totalSteps
    self.loss = loss
    self.evalLoss = evalLoss
    self.tokensPerSecond = tokensPerSecond
    self.secondsLeft = secondsLeft
    self.peakBytes = peakBytes
  }

  fileprivate var facts: [String] {
    var facts: [String] = []
    if let loss { facts.append("loss \(loss.fixed(3))") }
    if let evalLoss { facts.append("eval \(evalLoss.fixed(3))") }
    if let tokensPerSecond { facts.append("\(tokensPerSecond.brief(3)) tokens/s") }
    if step < totalSteps, let secondsLeft { facts.append("\(Amount.clock(secondsLeft)) left") }
    if let peakBytes { facts.append(Amount.bytes(peakBytes)) }
    return facts
  }
}

/// A run's state as one line of text.
public enum ProgressLine {
  /// A plain line, for logs and pipes.
  public static func plain(_ state: ProgressState) -> String {
    (["step \(state.step)/\(state.totalSteps)"] + state.facts).joined(separator: "  ")
  }

  /// A line of at most `width` columns with a bar, to be drawn over the line before.
  ///
  /// What has the least room goes first: the bar shrinks, then facts go from the end.
  public static func bar(_ state: ProgressState, width: Int, hasColor: Bool = false) -> String {
    let total = max(1, state.totalSteps)
    let share = min(1, max(0, Double(state.step) / Double(total)))
    let percent = "\(Int(share * 100))%"
    let head = String(repeating: " ", count: max(0, 4 - percent.count)) + percent
    var facts = ["\(state.step)/\(state.totalSteps)"] + state.facts
    while head.count + facts.joined(separator: "  ").count + 12 > width, facts.count > 1 {
      facts.removeLast()
    }
    let tail = facts.joined(separator: "  ")
    let room = min(30, width - head.count - tail.count - 3)
    guard room >= 4 else { return String("\(head) \(tail)".prefix(max(0, width))) }
    let filled = Int((share * Double(room)).rounded(.down))
    let done = String(repeating: "━", count: filled)
    let rest = String(repeating: "─", count: room - filled)
    let drawn = hasColor ? "\u{1B}[32m\(done)\u{1B}[90m\(rest)\u{1B}[0m" : done + rest
    return "\(head) \(drawn)  \(tail)"
  }
}
