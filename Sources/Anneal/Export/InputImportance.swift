internal import AnnealDatasets
public import AnnealExport
internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

extension LanguageModel {
  /// What errors of the weights weigh on the rows of data files: the mean square of each input of
  /// every linear map, with the adapter that is on.
  ///
  /// - Parameter rows: how many rows are read, from the first.
  public func importance(
    on files: [String], rows: Int = 128, maxLength: Int = 512
  ) throws -> ImportanceMatrix {
    let examples = try EvaluationRows(
      files: files, limit: rows, maxLength: min(maxLength, network.configuration.maximumPositions),
      encoder: encoder
    ).examples
    let recorders = network.inventory.linears.map { ($0.site, InputSquares()) }
    var attached = attachments
    for (site, recorder) in recorders { attached[site, default: []].append(recorder) }
    for example in examples where !example.ids.isEmpty {
      try Torch.checked {
        withoutGradient {
          var pass = Pass.document(example.ids.count, on: network.device)
          pass.attachments = attached
          let ids = Tensor(example.ids.map(Int.init)).to(network.device)
          _ = network.hiddenStates(ids, in: pass)
        }
      }
    }
    let squares = recorders.compactMap { site, recorder in
      recorder.mean.map { (site.path, $0) }
    }
    guard !squares.isEmpty else {
      throw AnnealError(
        .data, "there is nothing in the rows to measure importance on",
        at: files.first.map { .init(file: $0) })
    }
    return ImportanceMatrix(byPath: squares)
  }
}

/// Adds up the squares of what goes into a linear map, and changes nothing.
private final class InputSquares: Attachment {
  private var sum: Tensor?
  private var count = 0

  var parameters: [(name: String, value: Tensor)] { [] }

  func merged(into weight: Tensor) -> Tensor? { nil }

  func callAsFunction(
    _ x: Tensor, around base: (Tensor) -> Tensor, in pass: Pass
  ) -> Tensor {
    let values = x.to(.float32)
    let squares = (values * values).sum(0)
    sum = sum.map { $0 + squares } ?? squares
    count += x.shape[0]
    return base(x)
  }

  /// The mean square of each input; nil when the map was not used.
  var mean: [Float]? {
    sum.map { sum in sum.floats().map { $0 / Float(max(1, count)) } }
  }
}
