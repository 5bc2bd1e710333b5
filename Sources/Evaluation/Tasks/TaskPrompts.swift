internal import AnnealFiles
internal import AnnealText

/// Writes the prompts of a task's rows: description, examples, question.
///
/// Examples are drawn with one generator for all rows in their order, so that a seed gives those of
/// lm-evaluation-harness.
struct TaskPrompts {
  private let task: TaskDefinition
  private let settings: TaskSettings
  private let encoder: ConversationEncoder
  private let columns: Set<String>
  private let examples: TaskExamples
  private var random: PythonRandom
  private let count: Int

  init(_ task: TaskDefinition, _ settings: TaskSettings, model: TaskModel, rows: TaskRows) {
    self.task = task
    self.settings = settings
    encoder = model.encoder
    columns = rows.columns
    examples = rows.examples
    random = PythonRandom(seed: settings.seed)
    count = rows.fewShot
  }

  /// What stands before a row's question.
  struct Opening {
    fileprivate var system: String
    fileprivate var examples: [(text: String, answer: String?)]
  }

  /// What stands before the question of `row`; asked once a row, in their order.
  mutating func opening(_ row: JSON) throws -> Opening {
    let description = try task.description.map {
      TaskTexts.plain(try $0.value(of: row, columns: columns).value)
    }
    let system = Self.joined(
      settings.systemInstruction ?? "", description ?? "", by: task.fewShot.delimiter)
    let chosen = try examples.choose(count, for: row, &random)
    return Opening(system: system, examples: try chosen.map(examples.parts))
  }

  /// The prompt that ends with `question`.
  func prompt(_ opening: Opening, _ question: String) throws -> String {
    guard settings.usesChatTemplate else {
      return opening.system + opening.examples.map(written).joined() + question
    }
    var messages: [Message] = opening.system.isEmpty ? [] : [.system(opening.system)]
    if settings.isMultiTurn {
      for example in opening.examples {
        messages.append(.user(example.text))
        if let answer = example.answer { messages.append(.assistant(answer)) }
      }
      messages.append(.user(question))
    } else {
      messages.append(.user(opening.examples.map(written).joined() + question))
    }
    return try chat(messages)
  }

  /// Messages by the model's template, up to where the answer begins.
  private func chat(_ messages: [Message]) throws -> String {
    func render(_ messages: [Message]) throws -> String {
      try encoder.template.render(
        Conversation(messages), addGenerationPrompt: true, variables: encoder.variables
      ).text
    }
    do { return try render(messages) } catch let error as AnnealError where error.code == .data {
      // A template that refuses a system message has no other place for what it says.
      let others = messages.filter { $0.role != "system" }
      guard others.count < messages.count else { throw error }
      return try render(others)
    }
  }

  /// An example with its answer, and what divides it from the next.
  private func written(_ example: (text: String, answer: String?)) -> String {
    guard let answer = example.answer else { return example.text }
    return example.text + task.fewShot.targetDelimiter + answer + task.fewShot.delimiter
  }

  /// Two texts, with `delimiter` between them where neither has white space there.
  private static func joined(_ first: String, _ second: String, by delimiter: String) -> String {
    guard let end = first.unicodeScalars.last, let start = second.unicodeScalars.first else {
      return first + second
    }
    return PythonSpace.isSpace(end) || PythonSpace.isSpace(start)
      ? first + second : first + delimiter + second
  }
}
