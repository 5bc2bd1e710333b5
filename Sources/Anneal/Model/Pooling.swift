internal import AnnealFiles

/// How the hidden states of a text's tokens become one vector.
public enum Pooling: Sendable, Hashable {
  /// The mean of all.
  case mean
  /// That of the last token, which has seen all others.
  case last
  /// That of the first token, `[CLS]` where a model has one.
  case first

  /// The pooling that the `config.json` of Sentence Transformers' module in `path` names.
  ///
  /// - Throws: `AnnealError` when it names what is not known here.
  init(_ json: JSON, path: String) throws {
    let chosen = json.members.compactMap { key, value -> String? in
      if key == "pooling_mode" { return value.string }
      return key.hasPrefix("pooling_mode_") && value == true ? key : nil
    }
    switch chosen {
    case ["pooling_mode_mean_tokens"], ["mean"]: self = .mean
    case ["pooling_mode_lasttoken"], ["lasttoken"]: self = .last
    case ["pooling_mode_cls_token"], ["cls"]: self = .first
    default:
      throw AnnealError(
        .model,
        "the pooling is \(chosen.isEmpty ? "not named" : chosen.joined(separator: " and ")); "
          + "expected one of pooling_mode_mean_tokens, pooling_mode_lasttoken, "
          + "pooling_mode_cls_token", at: .init(file: path))
    }
  }

  /// The vector of a text whose tokens' states are the `width` values each of `states`.
  func vector(_ states: ArraySlice<Float>, width: Int) -> [Float] {
    guard states.count >= width, width > 0 else { return [Float](repeating: 0, count: width) }
    switch self {
    case .first: return Array(states.prefix(width))
    case .last: return Array(states.suffix(width))
    case .mean:
      var sums = [Double](repeating: 0, count: width)
      for (place, value) in states.enumerated() { sums[place % width] += Double(value) }
      let count = Double(states.count / width)
      return sums.map { Float($0 / count) }
    }
  }
}
