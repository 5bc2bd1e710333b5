internal import AnnealFiles

extension TokenizerSource {
  static let remedy = "Fetch the file again, or write it anew with the tool that made it."

  /// The failure that something in a `tokenizer.json` is not as it should be.
  static func fault(_ message: String, _ field: String?, _ file: String) -> AnnealError {
    AnnealError(.model, message, at: .init(file: file, field: field), remedy: remedy)
  }

  /// What is wrong with the lists of a file that is JSON: the first entry that is not as expected.
  static func fault(in json: JSON, _ file: String) -> AnnealError {
    guard json.object != nil else {
      return fault("not a tokenizer.json: the file holds \(json.kind), not an object", nil, file)
    }
    let model = json["model"]
    return vocabularyFault(model?["vocab"], file) ?? mergesFault(model?["merges"], file)
      ?? fault(
        "not a tokenizer.json: 'model' is \(model?.kind ?? "missing")", "model", file)
  }

  /// What is wrong with a vocabulary: its first entry that is none.
  static func vocabularyFault(
    _ json: JSON?, _ file: String, field: String? = "model.vocab"
  ) -> AnnealError? {
    switch json {
    case nil, .null: return nil
    case .object:
      for (token, id) in json?.members ?? [] where !isID(id) {
        return fault(
          "the id of '\(token)' is \(spelled(id)); expected a whole number from 0", field, file)
      }
    case .array(let pieces):
      for (index, piece) in pieces.enumerated() {
        let isPiece =
          piece.array?.count == 2 && piece[0]?.string != nil && piece[1]?.number != nil
        if isPiece { continue }
        return fault(
          "the entry is \(spelled(piece)); expected a list of a token and its score",
          "\(field ?? "")[\(index)]", file)
      }
    case let json?:
      return fault(
        "'vocab' is \(spelled(json)); expected an object of tokens and ids, or a list of tokens and "
          + "scores", field, file)
    }
    return nil
  }

  private static func mergesFault(_ json: JSON?, _ file: String) -> AnnealError? {
    let field = "model.merges"
    guard let json, !json.isNull else { return nil }
    guard let merges = json.array else {
      return fault("'merges' is \(spelled(json)); expected a list", field, file)
    }
    for (index, merge) in merges.enumerated() {
      let parts = merge.string?.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
      let isMerge =
        merge.array.map { $0.count == 2 && $0.allSatisfy { $0.string != nil } }
        ?? (parts?.count == 2 || merge.string?.hasPrefix("#version") == true)
      if isMerge { continue }
      return fault(
        "the merge is \(spelled(merge)); expected two tokens, as a list or with a space between",
        "\(field)[\(index)]", file)
    }
    return nil
  }

  private static func isID(_ json: JSON) -> Bool {
    if case .integer(let id) = json { id >= 0 && id < 1_000_000_000_000_000_000 } else { false }
  }

  /// A small value as it is written, a large one by its kind.
  private static func spelled(_ json: JSON) -> String {
    let text = json.text()
    return text.utf8.count <= 60 ? text : json.kind
  }
}
