internal import AnnealEvaluation
public import AnnealFiles

extension Comparison {
  /// The comparison as the command line reports it.
  ///
  /// - Parameters:
  ///   - metric: what decides.
  ///   - samples: how many replies to show side by side.
  public func json(by metric: String, samples: Int = 5) -> JSON {
    [
      "verdict": decision(by: metric)?.json ?? .null,
      "base": base.json, "tuned": tuned.json, "difference": JSON(members: differences),
      "rows": .integer(rows),
      "probes": .array(probes.map(\.json)), "judging": judging?.json ?? .null,
      "facts": JSON(members: facts.map { ($0.name, .string($0.value)) }),
      "samples": .array(
        self.samples(samples).map { before, after in
          [
            "prompt": .string(after.prompt), "reference": .string(after.reference),
            "base": .string(before.reply), "tuned": .string(after.reply),
          ]
        }),
    ]
  }

  private var differences: [(String, JSON)] {
    var differences: [(String, JSON)] = []
    if let before = base.loss, let after = tuned.loss {
      differences = [
        ("loss", .number(after.loss - before.loss)),
        ("perplexity", .number(after.perplexity - before.perplexity)),
        ("token_accuracy", .number(after.tokenAccuracy - before.tokenAccuracy)),
      ]
    }
    if let interval = lossDifference { differences.append(("loss_interval", interval.json)) }
    for metric in tuned.scores.map(\.name) {
      guard let interval = difference(metric) else { continue }
      differences.append((metric, .number(interval.mean)))
      differences.append((metric + "_interval", interval.json))
    }
    return differences
  }
}

extension Comparison.Probe {
  fileprivate var json: JSON {
    [
      "name": .string(name), "base_loss": .number(base.loss), "tuned_loss": .number(tuned.loss),
      "difference": .number(tuned.loss - base.loss),
      "interval": difference?.json ?? .null,
    ]
  }
}
