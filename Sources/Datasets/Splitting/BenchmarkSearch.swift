public import AnnealFiles

/// What was looked for when rows were compared with benchmarks, and what was not.
public struct BenchmarkSearch: Sendable {
  /// Items of the benchmarks.
  public let items: Int
  /// Items that have too few words to be looked for.
  public let tooShort: Int
  /// Items whose question has too few words to be looked for, so that only their other texts were.
  public let shortQuestions: Int
  /// Files none of whose items were looked for.
  public let filesTooShort: [String]
  /// Rows that hold nothing of a benchmark but phrases that many texts hold; they are no leaks.
  public internal(set) var excused: [AnnealError.Place] = []

  init(_ runs: BenchmarkRuns) {
    (items, tooShort, shortQuestions) = (runs.count, runs.tooShort, runs.shortQuestions)
    filesTooShort = runs.filesTooShort
  }

  /// Sentences on what the count of leaks does not tell.
  public var notes: [String] {
    var notes: [String] = []
    if tooShort > 0 {
      let all = filesTooShort.isEmpty ? "" : ", all of \(filesTooShort.joined(separator: ", "))"
      notes.append(
        "\(grouped(tooShort)) of \(grouped(items)) items of the benchmarks have too few words to be "
          + "looked for\(all)")
    }
    if shortQuestions > 0 {
      notes.append(
        "the questions of \(grouped(shortQuestions)) of \(grouped(items)) items of the benchmarks "
          + "have too few words to be looked for; of these items only other texts were, such as a "
          + "passage")
    }
    if let first = excused.first {
      let (rows, verb) =
        excused.count == 1 ? ("1 row holds", "is") : ("\(grouped(excused.count)) rows hold", "are")
      notes.append(
        "\(rows) words of a benchmark that are common phrases here, and \(verb) no leak; the first: "
          + "\(first)")
    }
    return notes
  }

  /// The search as a report has it.
  var json: JSON {
    [
      "items": .integer(items), "too_short": .integer(tooShort),
      "short_questions": .integer(shortQuestions),
      "files_too_short": .array(filesTooShort.map { .string($0) }),
      "common_phrases": .integer(excused.count),
      "first_common_phrases": .array(excused.prefix(5).map { .string($0.description) }),
    ]
  }
}

/// What an item of a benchmark is asked by, as far as its fields tell.
enum BenchmarkQuestion {
  /// Fields with a question, or with the turns of one, in lower case.
  private static let names: Set<String> = [
    "question", "questions", "question_stem", "stem", "query", "prompt", "problem", "instruction",
    "instructions", "input", "goal", "sentence", "sentence1", "premise", "question1", "text",
    "text1", "utterance", "messages", "conversations", "turns",
  ]

  /// The texts that `row` is asked by; none when no field is known to hold a question.
  static func texts(of row: Row) -> [String] {
    let members = row.fields.members.filter { names.contains($0.key.lowercased()) }
    var asked = row
    asked.fields = JSON(members: members.map { ($0.key, question(in: $0.value)) })
    return CleaningRow(row: asked, number: 0, format: nil).texts
  }

  /// Of a conversation what the user says; other values as they are.
  private static func question(in value: JSON) -> JSON {
    guard let turns = value.array else { return value }
    return .array(
      turns.filter { turn in
        guard let role = (turn["role"] ?? turn["from"])?.string else { return true }
        return role == "user" || role == "human"
      })
  }
}
