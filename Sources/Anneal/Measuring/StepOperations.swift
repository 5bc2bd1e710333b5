internal import AnnealDatasets
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// The multiplications and additions of a training step that no way of computing it can leave out,
/// two for each pair: products with weights, forward and back, and causal attention.
///
/// What is computed a second time to save memory is not counted.
struct StepOperations {
  let model: any CausalModel
  let attachments: Int
  let trainsWeights: Bool

  /// The operations of one pass forward and back over `batch`.
  func count(_ batch: PackedBatch) -> Double {
    let (tokens, losses) = (Double(batch.ids.count), Double(batch.lossTokens))
    let head = Double(model.head.weight.shape.reduce(1, *))
    var sum = 0.0
    for linear in blockLinears {
      let values = Double(linear.site.inputs * linear.site.outputs)
      // What goes into the first block needs no gradient unless the embedding is trained.
      let isFirst =
        linear.site.path.hasPrefix(model.blocks[0].path + ".")
        && [Role.query, .key, .value].contains(linear.site.role)
      let products = 2.0 + (trainsWeights ? 1 : 0) - (isFirst && !trainsWeights ? 1 : 0)
      sum += 2 * values * tokens * products
    }
    sum += 2 * head * losses * (trainsWeights ? 3 : 2)
    sum += 6 * Double(attachments) * tokens
    return sum + attention(batch)
  }

  /// Two products forward and four back, of which causality leaves half.
  private func attention(_ batch: PackedBatch) -> Double {
    let c = model.configuration
    let squares = zip(batch.bounds, batch.bounds.dropFirst()).reduce(0.0) { sum, ends in
      sum + Double((ends.1 - ends.0) * (ends.1 - ends.0))
    }
    return 6 * Double(c.layers * c.heads * c.headWidth) * squares
  }

  var blockLinears: [Linear] {
    model.inventory.linears.filter { linear in
      model.blocks.contains { linear.site.path.hasPrefix($0.path + ".") }
    }
  }

  /// The machine's rate of matrix products at the model's own shapes, operations a second: of each
  /// shape the best of `repeats` runs, weighted as a step weights them.
  ///
  /// - Parameter rows: tokens of a micro-batch.
  func matrixRate(rows: Int, repeats: Int) throws -> Double {
    var shapes: [[Int]: Int] = [:]
    for linear in blockLinears {
      shapes[[linear.site.outputs, linear.site.inputs], default: 0] += 1
    }
    let headRows = Swift.min(rows, 320)
    var (operations, seconds) = (0.0, 0.0)
    for (shape, number, count) in shapes.map({ ($0.key, $0.value, rows) })
      + [(model.head.weight.shape, 1, headRows)]
    {
      let one = 2 * Double(shape[0] * shape[1] * count)
      let scale = Double(number) * Double(rows) / Double(count)
      seconds += scale * (try productSeconds(shape, rows: count, repeats: repeats))
      operations += scale * 2 * one
    }
    return operations / seconds
  }

  /// Seconds of `x·Wᵀ` and of `dy·W`.
  private func productSeconds(_ shape: [Int], rows: Int, repeats: Int) throws -> Double {
    let random = { (shape: [Int]) in
      Tensor.normal(shape, deviation: 1, key: RandomKey(seed: 1, name: "\(shape)"))
        .to(model.dtype).to(model.device)
    }
    let (weight, x, dy) = (random(shape), random([rows, shape[1]]), random([rows, shape[0]]))
    return try withoutGradient {
      try Measured.best(of: repeats) { try finished { Tensor.linear(x, weight, nil) } }
        + Measured.best(of: repeats) { try finished { dy.matmul(weight) } }
    }
  }

  /// Runs `body` and waits for the device.
  private func finished(_ body: () -> Tensor) throws {
    try Torch.checked {
      let result = body()
      if model.device != .cpu { _ = result.select(0, 0).select(0, 0).item() }
    }
  }
}
