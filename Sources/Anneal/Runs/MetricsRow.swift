public import AnnealFiles
internal import OrderedCollections

/// One row of a run's metrics: what was measured at an optimizer step.
///
/// A value that was not measured at a step is nil: an empty cell in CSV, `null` in JSON.
public struct MetricsRow: Sendable, Equatable {
  /// Optimizer steps done; row 0 holds the evaluation of the base.
  public var step: Int
  /// Passes over the training data done, with a fraction.
  public var epoch: Double
  /// Tokens that went through the model so far.
  public var totalTokens: Int
  /// Tokens that bore loss so far.
  public var trainedTokens: Int
  /// Mean training loss since the row before, in nats a trained token.
  public var loss: Double?
  /// Share of trained tokens that the model would have chosen itself, 0 to 1.
  public var tokenAccuracy: Double?
  /// The learning rate of this step.
  public var learningRate: Double?
  /// The gradient's norm before clipping.
  public var gradNorm: Double?
  /// Tokens a second since the row before, evaluation and saving not counted.
  public var tokensPerSecond: Double?
  /// Seconds of the run so far, all of it counted.
  public var seconds: Double
  /// Largest memory that tensors have taken so far, in bytes.
  public var peakBytes: Int?
  /// Mean loss on the evaluation data, in nats a token.
  public var evalLoss: Double?
  /// `exp` of the evaluation loss.
  public var evalPerplexity: Double?
  /// Share of evaluation tokens that the model would have chosen itself, 0 to 1.
  public var evalTokenAccuracy: Double?

  /// A row with nothing measured yet.
  public init(
    step: Int, epoch: Double = 0, totalTokens: Int = 0, trainedTokens: Int = 0, seconds: Double = 0
  ) {
    self.step = step
    self.epoch = epoch
    self.totalTokens = totalTokens
    self.trainedTokens = trainedTokens
    self.seconds = seconds
  }
}

extension MetricsRow {
  /// The names of the columns, in their order.
  public static let columns = fields.map(\.name)

  /// The row as a line of CSV, without the line's end.
  public var csv: String {
    Self.fields.map { Self.cell($0.value(self)) }.joined(separator: ",")
  }

  /// The row as a JSON object.
  public var json: JSON {
    .object(.init(uniqueKeysWithValues: Self.fields.map { ($0.name, $0.value(self)) }))
  }

  /// The row that a JSON object holds.
  init?(json: JSON) {
    guard json.object != nil else { return nil }
    self.init(step: -1)
    for field in Self.fields {
      guard let number = json[field.name]?.number else { continue }
      guard field.store(number, &self) else { return nil }
    }
    if step < 0 { return nil }
  }

  /// The row that `cells` hold under `columns`; columns that are not known are left out.
  ///
  /// - Returns: nil when the step is missing or a cell is not a number.
  init?(columns: [Substring], cells: [Substring]) {
    guard columns.count == cells.count else { return nil }
    self.init(step: -1)
    for (name, cell) in zip(columns, cells) {
      guard let field = Self.fields.first(where: { $0.name == name }), !cell.isEmpty else {
        continue
      }
      guard let number = Double(cell), field.store(number, &self) else { return nil }
    }
    if step < 0 { return nil }
  }

  /// A column: how it is called, read and written.
  private struct Field: Sendable {
    let name: String
    let value: @Sendable (MetricsRow) -> JSON
    let store: @Sendable (Double, inout MetricsRow) -> Bool

    init(_ name: String, _ path: any WritableKeyPath<MetricsRow, Int> & Sendable) {
      self.name = name
      value = { .integer($0[keyPath: path]) }
      store = { number, row in
        guard let whole = Int(exactly: number) else { return false }
        row[keyPath: path] = whole
        return true
      }
    }

    init(_ name: String, _ path: any WritableKeyPath<MetricsRow, Int?> & Sendable) {
      self.name = name
      value = { $0[keyPath: path].map { .integer($0) } ?? .null }
      store = { number, row in
        row[keyPath: path] = Int(exactly: number)
        return row[keyPath: path] != nil
      }
    }

    init(_ name: String, _ path: any WritableKeyPath<MetricsRow, Double> & Sendable) {
      self.name = name
      value = { .number($0[keyPath: path]) }
      store = { number, row in
        row[keyPath: path] = number
        return true
      }
    }

    init(_ name: String, _ path: any WritableKeyPath<MetricsRow, Double?> & Sendable) {
      self.name = name
      value = { $0[keyPath: path].map { .number($0) } ?? .null }
      store = { number, row in
        row[keyPath: path] = number
        return true
      }
    }
  }

  private static let fields: [Field] = [
    Field("step", \.step), Field("epoch", \.epoch), Field("total_tokens", \.totalTokens),
    Field("trained_tokens", \.trainedTokens), Field("loss", \.loss),
    Field("token_accuracy", \.tokenAccuracy), Field("learning_rate", \.learningRate),
    Field("grad_norm", \.gradNorm), Field("tokens_per_second", \.tokensPerSecond),
    Field("seconds", \.seconds), Field("peak_bytes", \.peakBytes),
    Field("eval_loss", \.evalLoss), Field("eval_perplexity", \.evalPerplexity),
    Field("eval_token_accuracy", \.evalTokenAccuracy),
  ]

  private static func cell(_ value: JSON) -> String {
    switch value {
    case .integer(let number): String(number)
    case .number(let number): "\(number)"
    default: ""
    }
  }
}
