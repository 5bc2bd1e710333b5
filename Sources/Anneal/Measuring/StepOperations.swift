internal import AnnealDatasets
internal import AnnealNeural
internal import AnnealTorch
internal import AnnealTraining

/// The multiplications and additions of a training step that no way of computing it can leave out,
/// two for each pair: products with weights, forward and back, and causal attention.
///
/// What is computed a second time to save memory is not counted, nor any gradient that nothing needs:
/// before the first trained tensor there is only the way forward.
struct StepOperations {
  let model: any CausalModel
  /// What is trained, by its name below the model, with its extents.
  let trained: [(name: String, shape: [Int])]

  /// The operations of one pass forward and back over `batch`.
  func count(_ batch: PackedBatch) -> Double {
    let tokens = Double(batch.ids.count)
    var sum = 0.0
    var hasGradient = trains(model.embedding.weight.path)
    for block in model.blocks {
      let own = trained.filter { $0.name.hasPrefix(block.path + ".") }
      let linears = blockLinears.filter { $0.site.path.hasPrefix(block.path + ".") }
      // Norms count with what comes first in the block.
      hasGradient =
        hasGradient
        || own.contains { name, _ in
          !linears.contains { name.hasPrefix($0.site.path + ".") }
        }
      for stage in Self.stages {
        let here = linears.filter { stage.contains($0.site.role) }
        for linear in here { sum += products(of: linear, passesOn: hasGradient) * tokens }
        hasGradient = hasGradient || here.contains { !trained(in: $0).isEmpty }
        if stage.contains(.query) { sum += attention(batch, hasGradient: hasGradient) }
      }
    }
    return sum + head(batch, hasGradient: hasGradient)
  }

  /// The maps of a block in the order in which one's input is the other's output.
  private static let stages: [Set<Role>] = [
    [.query, .key, .value], [.attentionOutput], [.gate, .up], [.down],
  ]

  private func trains(_ path: String) -> Bool { trained.contains { $0.name == path } }

  private func trained(in linear: Linear) -> [(name: String, shape: [Int])] {
    trained.filter { $0.name.hasPrefix(linear.site.path + ".") }
  }

  /// The operations for a token: the map forward, its input's gradient where it `passesOn`, and its
  /// weight's; for a factor beside it the same, and its output's gradient, which the other needs.
  private func products(of linear: Linear, passesOn: Bool) -> Double {
    let site = linear.site
    let weight = site.path + ".weight"
    let own = 1.0 + (passesOn ? 1 : 0) + (trains(weight) ? 1 : 0)
    let factors = trained(in: linear).filter { $0.name != weight && $0.shape.count == 2 }
    return factors.reduce(2 * own * Double(site.inputs * site.outputs)) { sum, factor in
      let readsInput = factor.shape[1] == site.inputs
      return sum + 2 * (readsInput && !passesOn ? 2 : 3) * Double(factor.shape.reduce(1, *))
    }
  }

  /// The head's way forward, the hidden states' gradient where anything before it is trained, and
  /// its weight's.
  private func head(_ batch: PackedBatch, hasGradient: Bool) -> Double {
    let path = model.head.weight.path
    let isBefore = hasGradient || trained.contains { $0.name != path }
    let products = 1.0 + (isBefore ? 1 : 0) + (trains(path) ? 1 : 0)
    return 2 * products * Double(model.head.weight.shape.reduce(1, *) * batch.lossTokens)
  }

  /// A block's two products forward and four back, of which causality leaves half.
  private func attention(_ batch: PackedBatch, hasGradient: Bool) -> Double {
    let c = model.configuration
    let squares = zip(batch.bounds, batch.bounds.dropFirst()).reduce(0.0) { sum, ends in
      sum + Double((ends.1 - ends.0) * (ends.1 - ends.0))
    }
    return (hasGradient ? 6 : 2) * Double(c.heads * c.headWidth) * squares
  }

  private var blockLinears: [Linear] {
    model.inventory.linears.filter { linear in
      model.blocks.contains { linear.site.path.hasPrefix($0.path + ".") }
    }
  }

  /// The machine's rate of matrix products at the model's own shapes, operations a second: of each
  /// shape the best of `repeats` runs, weighted as a step weights them.
  ///
  /// - Parameter rows: tokens of a micro-batch.
  func matrixRate(rows: Int, repeats: Int) throws -> Double {
    var shapes: [(shape: [Int], number: Int, rows: Int)] = []
    for linear in blockLinears {
      let shape = [linear.site.outputs, linear.site.inputs]
      if let known = shapes.firstIndex(where: { $0.shape == shape }) {
        shapes[known].number += 1
      } else {
        shapes.append((shape, 1, rows))
      }
    }
    shapes.append((model.head.weight.shape, 1, Swift.min(rows, 320)))
    let trainsWeights = blockLinears.contains { trains($0.site.path + ".weight") }
    var (operations, seconds) = (0.0, 0.0)
    for (shape, number, count) in shapes {
      let scale = Double(number) * Double(rows) / Double(count)
      let times = try productSeconds(shape, rows: count, repeats: repeats, ofWeight: trainsWeights)
      seconds += scale * times.reduce(0, +)
      operations += scale * Double(times.count) * 2 * Double(shape[0] * shape[1] * count)
    }
    return operations / seconds
  }

  /// Seconds of `x·Wᵀ`, of `dy·W` and, where weights are trained, of `dyᵀ·x`.
  private func productSeconds(
    _ shape: [Int], rows: Int, repeats: Int, ofWeight: Bool
  ) throws -> [Double] {
    let random = { (shape: [Int]) in
      Tensor.normal(shape, deviation: 1, key: RandomKey(seed: 1, name: "\(shape)"))
        .to(model.dtype).to(model.device)
    }
    let (weight, x, dy) = (random(shape), random([rows, shape[1]]), random([rows, shape[0]]))
    var products: [() -> Tensor] = [{ Tensor.linear(x, weight, nil) }, { dy.matmul(weight) }]
    if ofWeight { products.append { dy.transposed(0, 1).matmul(x) } }
    return try withoutGradient {
      try products.map { product in
        try Measured.best(of: repeats) { try finished(product) }
      }
    }
  }

  /// Runs `body` and waits for the device.
  private func finished(_ body: () -> Tensor) throws {
    try Torch.checked {
      _ = body()
      model.device.synchronize()
    }
  }
}
