internal import AnnealFiles

/// Something that a teacher is to mend in texts.
public struct RewriteTask: Sendable, Hashable {
  /// The name by which `--do` chooses it.
  public let name: String
  /// What it mends, as it is told to the teacher.
  public let words: String

  /// The tasks by name; `tone` is worded by who asks for it.
  public static let all = [
    RewriteTask(
      name: "grammar", words: "Mend grammar, spelling and punctuation; keep words and style."),
    RewriteTask(
      name: "context",
      words: "Take out what does not serve the answer: greetings, apologies, talk about the task, "
        + "repetitions, advertisements, and references to a text that the reader does not have."),
    RewriteTask(
      name: "tone", words: "Make the tone friendly, calm and plain; keep what is said."),
  ]

  /// The tasks called `names`.
  ///
  /// - Parameter tone: the tone that is wanted, in place of the standard one.
  /// - Throws: `AnnealError` that names the nearest and lists all.
  public static func tasks(named names: [String], tone: String? = nil) throws -> [RewriteTask] {
    try names.map { name in
      guard let task = all.first(where: { $0.name == name }) else {
        let known = all.map(\.name)
        let hint = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw AnnealError(
          .usage, "there is nothing '\(name)' to mend\(hint)",
          remedy: "It can be: \(known.joined(separator: ", ")).")
      }
      guard name == "tone", let tone else { return task }
      return RewriteTask(name: name, words: "Make the tone \(tone); keep what is said.")
    }
  }
}
