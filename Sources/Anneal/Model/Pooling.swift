internal import AnnealFiles

/// How the hidden states of a text's tokens become one vector.
public enum Pooling: Sendable, Hashable {
  /// The mean of all.
  case mean
  /// That of the last token, which has seen all others.
  case last
  /// That of the first token, `[CLS]` where a model has one.
  case first

  /// What the model in `folder` was trained for, as Sentence Transformers write it; the mean where
  /// nothing says.
  ///
  /// - Throws: `AnnealError` when it says what is not known here.
  init(ofModel folder: String) throws {
    try Self.checkModules(folder)
    let path = folder + "/1_Pooling/config.json"
    guard Folder.holdsFile(path) else {
      self = .mean
      return
    }
    let json = try JSON(contentsOf: path, code: .model)
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

  /// Refuses a model with more on top than a pooling: its vectors would be others.
  private static func checkModules(_ folder: String) throws {
    let path = folder + "/modules.json"
    guard Folder.holdsFile(path) else { return }
    let known = ["Transformer", "Pooling", "Normalize"]
    for (place, module) in (try JSON(contentsOf: path, code: .model).array ?? []).enumerated() {
      let type = module["type"]?.string ?? "missing"
      guard !known.contains(String(type.split(separator: ".").last ?? "")) else { continue }
      throw AnnealError(
        .model,
        "the module is \(type); expected one of \(known.joined(separator: ", "))",
        at: .init(file: path, field: "[\(place)].type"),
        remedy: "Serve the model, and give the server's address.")
    }
  }

  /// The longest text that the model in `folder` was trained on, in tokens; nil where nothing says.
  static func longestText(ofModel folder: String) throws -> Int? {
    let path = folder + "/sentence_bert_config.json"
    guard Folder.holdsFile(path) else { return nil }
    return try JSON(contentsOf: path, code: .model)["max_seq_length"]?.integer
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
