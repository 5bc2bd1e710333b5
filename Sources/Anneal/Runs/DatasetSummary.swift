internal import AnnealFiles

/// What one of several data sets was in a run.
public struct DatasetSummary: Sendable, Equatable {
  /// Its path.
  public var name: String
  /// Its rows in an epoch, those that come again counted each time.
  public var rows: Int
  /// Its tokens so far.
  public var tokens: Int
  /// Those of them that bore loss.
  public var trainedTokens: Int
  /// Its share of the tokens that bore loss, 0 to 1.
  public var share: Double
  /// Mean training loss over the whole run, in nats a trained token.
  public var loss: Double?
  /// The same over the last row of `datasets.csv`.
  public var lastLoss: Double?

  /// The object in `summary.json`.
  var json: JSON {
    [
      "name": .string(name), "rows": .integer(rows), "tokens": .integer(tokens),
      "trained_tokens": .integer(trainedTokens), "share": .number(share),
      "loss": loss.map { .number($0) } ?? .null,
      "last_loss": lastLoss.map { .number($0) } ?? .null,
    ]
  }

  init(
    name: String, rows: Int, tokens: Int, trainedTokens: Int, share: Double, loss: Double?,
    lastLoss: Double?
  ) {
    (self.name, self.rows, self.tokens) = (name, rows, tokens)
    (self.trainedTokens, self.share) = (trainedTokens, share)
    (self.loss, self.lastLoss) = (loss, lastLoss)
  }

  init?(_ json: JSON) {
    guard let name = json["name"]?.string, let rows = json["rows"]?.integer else { return nil }
    self.init(
      name: name, rows: rows, tokens: json["tokens"]?.integer ?? 0,
      trainedTokens: json["trained_tokens"]?.integer ?? 0, share: json["share"]?.number ?? 0,
      loss: json["loss"]?.number, lastLoss: json["last_loss"]?.number)
  }
}
