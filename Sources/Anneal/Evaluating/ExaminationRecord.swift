public import AnnealFiles

/// What a model did on rows of one's own, as it is kept.
public struct ExaminationRecord {
  private let examination: Examination
  private let model: JSON
  private let data: [String]
  private let maxNewTokens: Int
  private let dtype: String

  /// The examination of `model` on the files `data`.
  public init(
    _ examination: Examination, of model: LanguageModel, adapter: String?, data: [String],
    maxNewTokens: Int
  ) {
    self.examination = examination
    self.data = data
    self.maxNewTokens = maxNewTokens
    dtype = "\(model.network.dtype)"
    self.model = [
      "folder": .string(model.folder), "adapter": adapter.map(JSON.string) ?? .null,
      "dtype": .string(dtype), "device": .string("\(model.network.device)"),
    ]
  }

  /// The record.
  public var json: JSON {
    [
      "metrics": examination.json, "rows": .integer(examination.loss?.rows ?? 0),
      "tokens": .integer(examination.loss?.tokens ?? 0), "model": model,
      "data": .array(data.map(JSON.string)), "max_new_tokens": .integer(maxNewTokens),
      "anneal_version": .string(AnnealVersion.text),
    ]
  }

  /// What was measured and how, in a line.
  public var summary: String {
    let loss = examination.loss.map {
      "\(Amount.count($0.rows, of: "row")), \(Amount.count($0.tokens, of: "token")) of wanted replies"
    }
    let replies = examination.effort.map { Amount.count($0.replies, of: "reply", "replies") }
    return "  measured on "
      + [loss, replies, "in \(dtype)"].compactMap { $0 }.joined(separator: ", ")
  }

  /// Writes the record to `path`: to that file when it ends in `.json`, else into a folder, with every
  /// row's reply and scores when they are wanted.
  ///
  /// - Returns: the files.
  public func write(to path: String, withSamples: Bool) throws -> [String] {
    let (folder, record) = try TaskRecord.place(path)
    try AtomicFile.write(json.text(.pretty) + "\n", to: record)
    guard withSamples else { return [record] }
    let file = folder + "/samples.jsonl"
    try AtomicFile.write(to: file) { output in
      for (row, reply) in examination.replies.enumerated() {
        try output.write(sample(row, reply).text() + "\n")
      }
    }
    return [record, file]
  }

  private func sample(_ row: Int, _ reply: Examination.Reply) -> JSON {
    let scores = examination.scores.compactMap { score in
      score.byRow.flatMap { $0[row] }.map { (score.name, JSON.number($0)) }
    }
    return [
      "row": .integer(row), "prompt": .string(reply.prompt), "reference": .string(reply.reference),
      "reply": .string(reply.reply), "scores": JSON(members: scores),
    ]
  }
}
