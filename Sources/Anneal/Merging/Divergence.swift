internal import AnnealNeural
internal import AnnealTorch

/// How far two models are from each other in what they would say next.
public struct Divergence: Sendable, Hashable {
  /// Tokens after which their predictions were compared.
  public var tokens: Int
  /// The mean Kullback–Leibler divergence of the second model from the first, nats/token.
  public var meanKL: Double
  /// The largest absolute difference of a logit.
  public var largestLogitDifference: Double
  /// The share of tokens after which both find the same token most likely, 0…1.
  public var agreement: Double

  /// No more tokens than this are compared, so that their predictions fit into memory.
  static let tokenLimit = 512
}

/// What a model predicts after each token of some texts.
struct Predictions {
  /// Logits, `[N, V]`, float32, a text each.
  let logits: [Tensor]

  /// The predictions of `model`, with the adapter that is on.
  init(of model: LanguageModel, on texts: [[Int]]) throws {
    logits = try texts.map { ids in
      try Torch.checked {
        withoutGradient {
          var pass = Pass.document(ids.count, on: model.network.device)
          pass.attachments = model.attachments
          let tokens = Tensor(ids).to(model.network.device)
          let hidden = model.network.hiddenStates(tokens, in: pass)
          return model.network.head.logits(hidden).to(.cpu)
        }
      }
    }
  }

  /// The text and the token after which `other` is furthest from this.
  func worst(in other: Predictions) throws -> (text: Int, token: Int) {
    var worst = (text: 0, token: 0, distance: -1.0)
    try Torch.checked {
      withoutGradient {
        for (text, (mine, others)) in zip(logits, other.logits).enumerated() {
          let width = min(mine.size(1), others.size(1))
          let p = mine.narrow(1, 0, width).logSoftmax(-1)
          let q = others.narrow(1, 0, width).logSoftmax(-1)
          let distances = (p.exp() * (p - q)).sum(-1).floats()
          for (token, distance) in distances.enumerated() where Double(distance) > worst.distance {
            worst = (text, token, Double(distance))
          }
        }
      }
    }
    return (worst.text, worst.token)
  }

  /// How far `other`, on the same texts, is from this.
  func divergence(to other: Predictions) throws -> Divergence {
    var result = Divergence(tokens: 0, meanKL: 0, largestLogitDifference: 0, agreement: 0)
    try Torch.checked {
      withoutGradient {
        for (mine, others) in zip(logits, other.logits) {
          // Rows of an embedding that only fill up may be missing in one of them.
          let width = min(mine.size(1), others.size(1))
          let (a, b) = (mine.narrow(1, 0, width), others.narrow(1, 0, width))
          let (p, q) = (a.logSoftmax(-1), b.logSoftmax(-1))
          result.tokens += a.size(0)
          result.meanKL += (p.exp() * (p - q)).sum().item()
          result.largestLogitDifference = max(
            result.largestLogitDifference, (a - b).abs().max().item())
          result.agreement += (a.argmax(-1) .== b.argmax(-1)).to(.float32).sum().item()
        }
      }
    }
    let count = Double(max(1, result.tokens))
    // Rounding can bring what is nothing below it.
    result.meanKL = max(0, result.meanKL / count)
    result.agreement /= count
    return result
  }
}

extension LanguageModel {
  /// The ids of texts to compare models on: rows of data files, or a few sentences.
  ///
  /// - Parameter limit: tokens at most, over all.
  func probes(
    _ files: [String], rows: Int = 16, limit: Int = Divergence.tokenLimit
  ) throws -> [[Int]] {
    let each = min(64, network.configuration.maximumPositions)
    let texts =
      files.isEmpty
      ? ProbeSentences.all.map { tokenizer.encode($0) }
      : try EvaluationRows(files: files, limit: rows, maxLength: each, encoder: encoder)
        .examples.map { $0.ids.map(Int.init) }
    var left = limit
    return texts.compactMap { ids in
      let part = Array(ids.prefix(min(each, left)))
      left -= part.count
      return part.isEmpty ? nil : part
    }
  }
}

/// Sentences of several kinds, to compare models on when there is no data.
enum ProbeSentences {
  static let all = [
    "The capital of France is Paris, and the river that runs through it is called the Seine.",
    "Question: What is 17 + 25?\nAnswer: 42. First add 17 and 20, which makes 37; then add 5.",
    "def area(width, height):\n    return width * height\n\nprint(area(3, 4))",
    #"{"name": "Ada", "born": 1815, "languages": ["English", "French"]}"#,
    "Once upon a time there was a small dog that wanted to see the world beyond the garden.",
    "Bitte schreiben Sie mir bis Freitag, ob Sie an der Sitzung teilnehmen können.",
  ]
}
