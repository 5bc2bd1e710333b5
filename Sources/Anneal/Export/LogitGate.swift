internal import AnnealExport
internal import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What asking an exported file and its model the same has found.
public struct LogitParity: Sendable, Hashable {
  /// How far the file is from the model.
  public var found: Divergence
  /// How far it may be: of the model with noise of the size of the measured rounding.
  public var bound: Double
}

/// Loads an exported file as a model and compares what it predicts with what the model does.
///
/// Weights that are rounded predict otherwise, so the bound is measured: the same model is asked
/// again with random noise in every tensor, as large as the rounding that was found in it. A file that is
/// further off than two and a half times that is another model: its settings, its order of rows or
/// its tensors.
struct LogitGate {
  /// The model with its adapter worked in, in float32.
  private let load: () throws -> LanguageModel
  private let probes: [[Int]]
  private let expected: Predictions

  /// What rounding in float32 alone may do, nats/token.
  private static let floor = 1e-7
  /// How many times the noise's divergence a file may have.
  ///
  /// The noise is one draw, a quarter up or down, and rounding is not quite random: files of ten
  /// types of two trained models had 0.2 to 1.7 times as much.
  private static let factor = 2.5

  /// Bytes that a gate takes for a model of `values` values: two models in float32.
  static func bytes(values: Int) -> Int { values * 8 + (256 << 20) }

  /// Asks the model in `folder`.
  init(model folder: String, adapter: String?, template: String?) throws {
    load = {
      try LanguageModel.load(from: folder, adapter: adapter, as: .float32, template: template)
    }
    let model = try load()
    probes = try model.probes([])
    expected = try Predictions(of: model, on: probes)
  }

  /// Compares the file at `path`.
  ///
  /// - Parameter errors: the root-mean-square error of each tensor relative to its own, by the names
  ///   that the model has for them.
  /// - Throws: `AnnealError` of code `gate` that names the text and the token that differ most.
  func check(_ path: String, errors: [String: Double]) throws -> LogitParity {
    let written = try predictions(of: path)
    let found = try expected.divergence(to: written)
    let noise = try disturbed(by: errors)
    let bound = max(Self.floor, noise.meanKL * Self.factor)
    guard found.meanKL <= bound else {
      let place = try expected.worst(in: written)
      let text = try load().tokenizer.decode(Array(probes[place.text].prefix(place.token + 1)))
      throw AnnealError(
        .gate,
        "the written model predicts something else: \(found.meanKL.brief(3)) nats/token from the "
          + "model, and rounding explains \(bound.brief(3)); it differs most after "
          + String(reflecting: String(text.suffix(40))),
        at: .init(file: path),
        remedy: "Nothing was written. The file would not have been the model.")
    }
    return LogitParity(found: found, bound: bound)
  }

  /// What the file at `path` predicts, which may have a name that does not say what it is.
  private func predictions(of path: String) throws -> Predictions {
    let link = path + ".gguf"
    guard symlink(Folder.resolved(path), link) == 0 else {
      throw AnnealError(.storage, "a link to the file cannot be made", at: .init(file: path))
    }
    defer { unlink(link) }
    return try Predictions(of: LanguageModel.load(from: link, as: .float32), on: probes)
  }

  /// How far noise of the size of the errors leads.
  private func disturbed(by errors: [String: Double]) throws -> Divergence {
    let model = try load()
    let merged = model.merged()
    try Torch.checked {
      withoutGradient {
        let values = model.network.inventory.weights.map { ($0, merged.merged($0).value) }
        model.detach()
        for (weight, value) in values {
          weight.value = Self.noisy(value.to(.float32), errors[weight.path] ?? 0, weight.path)
        }
      }
    }
    return try expected.divergence(to: Predictions(of: model, on: probes))
  }

  private static func noisy(_ value: Tensor, _ error: Double, _ name: String) -> Tensor {
    guard error > 0 else { return value }
    let size = (value.sumOfSquares() / Double(max(1, value.count))).squareRoot()
    // A stream of its own: fresh weights are drawn by their names, and noise must not be a multiple.
    let key = RandomKey(seed: 17, name: "rounding of " + name)
    return value + .normal(value.shape, deviation: size * error, key: key)
  }
}
