internal import AnnealFiles

/// The rows that examples are chosen from.
struct TaskExamples: Sendable {
  private let settings: FewShotSettings
  private let rows: [JSON]
  /// Whether a question must not be its own example: one row more is drawn, and the question taken
  /// out.
  private let excludesQuestion: Bool
  private let columns: Set<String>

  init(_ settings: FewShotSettings, rows: [JSON], excludesQuestion: Bool) {
    self.settings = settings
    self.rows = rows
    self.excludesQuestion = excludesQuestion
    columns = rows.reduce(into: []) { $0.formUnion($1.members.map(\.key)) }
  }

  /// The examples for a question.
  func choose(_ count: Int, for row: JSON, _ random: inout PythonRandom) throws -> [JSON] {
    guard count > 0 else { return [] }
    let pool = settings.sameField.map { field in rows.filter { $0[field] == row[field] } } ?? rows
    let wanted = excludesQuestion ? count + 1 : count
    var chosen = settings.sampler.places(wanted, of: pool.count, &random).map { pool[$0] }
    if excludesQuestion {
      chosen.removeAll { $0 == row }
      if chosen.count < count {
        // Rows that say the same as the question were drawn.
        let others = pool.filter { $0 != row }
        chosen = settings.sampler.places(count, of: others.count, &random).map { others[$0] }
      }
    }
    guard chosen.count >= count else {
      throw AnnealError(
        .recipe, "\(count) examples are wanted before each question; there are \(chosen.count)",
        remedy: "Ask for fewer with --num-fewshot.")
    }
    return Array(chosen.prefix(count))
  }

  /// An example's text and its answer; nil when the answer is empty.
  func parts(_ row: JSON) throws -> (text: String, answer: String?) {
    let choices = try settings.texts.choices(row, columns)
    func chosen(_ value: JSON) throws -> String {
      guard let choices, let index = value.integer else { return TaskTexts.plain(value) }
      guard choices.indices.contains(index) else {
        throw AnnealError(
          .data, "an example's answer is number \(index), but it has \(choices.count) choices",
          remedy: "Check doc_to_target: numbers count from 0.")
      }
      return choices[index]
    }
    let text = try chosen(settings.texts.question(row, columns))
    let target = try settings.texts.answer(row, columns)
    let answer = try chosen(target.array?.first ?? target)
    return (text, answer.isEmpty ? nil : answer)
  }
}
