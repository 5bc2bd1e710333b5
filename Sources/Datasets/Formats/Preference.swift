internal import AnnealFiles
internal import AnnealText

/// Pairs of a chosen and a rejected answer to one prompt.
///
/// The prompt is a text (`prompt`, `question`, or `instruction` and `input`), a list of messages, or
/// the turns that both answers begin with: lists of messages, or HH-RLHF's transcripts.
public enum Preference: DatasetFormat {
  /// `preference`.
  public static let name = "preference"
  /// `chosen` and `rejected`, and the fields of a prompt.
  public static let fields: [FormatField] = [
    .required("chosen", or: "response_j", "chosen_response"),
    .required("rejected", or: "response_k", "rejected_response"), .optional("prompt"),
    .optional("question"), .optional("instruction"), .optional("input"), .optional("messages"),
    .optional("conversations"), .optional("system"), .optional("tools"), .optional("history"),
  ]
  /// What other tools call it.
  public static let aliases = ["dpo", "hh-rlhf", "chatml.intel", "chat_template.argilla", "orpo"]

  /// The prompt and its two answers.
  public static func record(from row: Row) throws -> Record {
    try checkSpelling(of: row)
    let names = fields.prefix(2).map { field in
      field.names.first { row.fields[$0].map { !$0.isNull } ?? false } ?? field.name
    }
    var opening = try opening(of: row)
    var answers = try names.map { name in
      try answer(row.fields[name], name, row, isTranscript: opening == nil)
    }
    if opening == nil {
      let shared = zip(answers[0], answers[1]).prefix { $0 == $1 }.count
      opening = Array(answers[0].prefix(shared))
      guard shared > 0 else {
        throw AnnealError(
          .data, "the row has no prompt, and its two answers do not begin with the same turns",
          at: row.place(names[0]), remedy: "Give the prompt as 'prompt', or map its column to it.")
      }
    }
    let prompt = opening ?? []
    // UltraFeedback's answers repeat the prompt.
    answers = answers.map { answer in
      answer.count > prompt.count && Array(answer.prefix(prompt.count)) == prompt
        ? Array(answer.dropFirst(prompt.count)) : answer
    }
    for (name, answer) in zip(names, answers) where answer.last?.role != "assistant" {
      throw AnnealError(
        .data, "'\(name)' does not end with an answer of the assistant", at: row.place(name))
    }
    guard answers[0] != answers[1] else {
      throw AnnealError(
        .data, "'\(names[0])' and '\(names[1])' are the same; there is nothing to prefer",
        at: row.place(names[1]), remedy: "Leave the row out.")
    }
    let conversation = Conversation(
      try Turns.system(of: row) + prompt, tools: try Turns.tools(of: row))
    return .preference(
      PreferencePair(prompt: conversation, chosen: answers[0], rejected: answers[1]))
  }

  /// The messages that the row gives as its prompt; nil when it gives none.
  private static func opening(of row: Row) throws -> [Message]? {
    for name in ["conversations", "messages", "prompt", "question"] {
      guard let value = row.fields[name], !value.isNull else { continue }
      return try prompt(value, name, row)
    }
    guard row.fields["instruction"].map({ !$0.isNull }) ?? false else { return nil }
    return try Alpaca.opening(of: row).filter { $0.role != "system" }
  }

  /// A prompt: the user's text, or messages.
  static func prompt(_ value: JSON?, _ field: String, _ row: Row) throws -> [Message] {
    if let text = value?.string { return Transcript(text)?.messages ?? [.user(text)] }
    return try Turns.messages(value, field: field, row)
  }

  /// An answer: the assistant's text, a message, or messages.
  static func answer(
    _ value: JSON?, _ field: String, _ row: Row, isTranscript: Bool = false
  ) throws -> [Message] {
    switch value {
    case .string(let text):
      return isTranscript ? Transcript(text)?.messages ?? [] : [.assistant(text)]
    case .object: return [try Turns.message(value ?? .null, field: field, row)]
    case .array: return try Turns.messages(value, field: field, row)
    default:
      throw row.mismatch(field, value, expected: "a text, a message, or a list of messages")
    }
  }
}

/// A conversation in one text, as HH-RLHF (arXiv 2204.05862) writes it: turns that begin with
/// `Human:` or `Assistant:` after an empty line.
struct Transcript {
  /// The turns.
  let messages: [Message]

  /// The turns of `text`; nil when it does not begin with one.
  init?(_ text: String) {
    let marks = [("\n\nHuman:", "user"), ("\n\nAssistant:", "assistant")]
    let whole = text.hasPrefix("\n\n") ? text : "\n\n" + text
    let starts = marks.flatMap { mark, role in
      whole.ranges(of: mark).map { (range: $0, role: role) }
    }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    guard starts.first?.range.lowerBound == whole.startIndex else { return nil }
    messages = starts.enumerated().map { index, start in
      let next = index + 1
      let end = next < starts.count ? starts[next].range.lowerBound : whole.endIndex
      return Message(
        role: start.role, text: Self.trimmed(whole[start.range.upperBound..<end]))
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
