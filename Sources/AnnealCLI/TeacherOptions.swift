import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealRemote
import AnnealText
import ArgumentParser

/// Which stronger model is asked, and how.
struct TeacherOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The stronger model: the address of a server of OpenAI's API, such as https://…/v1, or a "
        + "model's folder.", valueName: "url or folder"))
  var teacher: String?

  @Option(help: ArgumentHelp("The teacher's name at its server.", valueName: "name"))
  var teacherName: String?

  @Option(
    help: ArgumentHelp(
      "The environment's variable with that server's key; OPENAI_API_KEY goes to OpenAI alone.",
      valueName: "variable"))
  var teacherKeyVariable: String?

  @OptionGroup var asking: AskingOptions

  @Option(help: "The most requests a minute; as many as one likes by default.")
  var requestsPerMinute: Int?

  @Option(help: "The most tokens a minute, read and written together.")
  var tokensPerMinute: Int?

  @Option(
    help: ArgumentHelp(
      "Where answers are kept, so that none is asked for twice; NAME.replies.sqlite beside the "
        + "output by default.", valueName: "file"))
  var replies: String?

  @Option(help: ArgumentHelp("A folder with prompts of your own.", valueName: "folder"))
  var prompts: String?

  @Flag(help: "Only tell what the job would take.")
  var dryRun = false

  func validate() throws {
    for (name, limit) in [
      ("requests", requestsPerMinute), ("tokens", tokensPerMinute),
    ] {
      guard limit.map({ $0 > 0 }) ?? true else {
        throw ValidationError("--\(name)-per-minute takes 1 or more.")
      }
    }
    if let teacher, ModelPlace(teacher, name: teacherName) == nil {
      throw ValidationError("--teacher-name is missing: the name of the model at \(teacher).")
    }
  }

  /// The teacher, whose answers are kept beside `output`.
  func open(output: String) throws -> OpenedTeacher {
    guard let teacher,
      let place = ModelPlace(teacher, name: teacherName, keyVariable: teacherKeyVariable)
    else {
      throw AnnealError(
        .usage, "--teacher is missing",
        remedy: "Give a server with --teacher http://… --teacher-name NAME, or a model's folder.")
    }
    return try OpenedTeacher(
      place, prompts: try Prompts(own: prompts),
      replies: replies ?? SideFile.replies.path(beside: output), together: asking.together,
      limit: RateLimit(
        requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute,
        concurrent: asking.together))
  }

  /// Tells what `questions` will take; whether they are to be asked.
  func tell(
    _ questions: [TeacherQuestion], tokensOfAnswer: Int, _ opened: OpenedTeacher,
    _ console: Console
  ) async throws -> Bool {
    let estimate = try await opened.teacher.estimate(
      questions, reply: tokensOfAnswer, store: opened.replies)
    let left = estimate.questions - estimate.stored
    let kept =
      estimate.stored > 0 ? ", \(Amount.count(estimate.stored)) of them answered already" : ""
    var line = "\(Amount.count(estimate.questions, of: "question"))\(kept)"
    if left > 0 {
      line +=
        "; about \(Amount.count(estimate.usage.prompt)) tokens to read and "
        + "\(Amount.count(estimate.usage.completion)) to write"
      if let price = asking.price {
        line += ", which cost about \(Amount.cost(price.cost(of: estimate.usage)))"
      }
    }
    if dryRun {
      console.result(["estimate": estimate.json(asking.price)], line)
    } else {
      console.note(line)
    }
    return !dryRun
  }

  /// Draws how far the work is.
  func line(_ console: Console) -> TeachingLine { TeachingLine(asking.price, console) }

  /// Tells what came of the work.
  func finish(
    _ result: TeachingResult, output: String, what: String, _ opened: OpenedTeacher,
    _ console: Console
  ) throws {
    try result.checkAnswered(output)
    try result.write(to: output)
    let side = SideFile.rejected.path(beside: output)
    var lines = ["\(output): \(Amount.count(result.rows.count, of: "row")) \(what)"]
    if !result.rejected.isEmpty {
      let reasons = result.reasons.map { "\(Amount.count($0.count)) \($0.reason)" }
      lines.append(
        "\(side): \(Amount.count(result.rejected.count)) not kept (\(reasons.joined(separator: ", ")))"
      )
    }
    lines.append(spent(result.effort))
    if result.unanswered > 0 {
      let first = result.rejected.first { $0.reason == TeacherAnswer.Problem.unanswered.rawValue }
      lines.append(
        "\(Amount.count(result.unanswered, of: "request")) failed"
          + (first.map { " (\($0.detail))" } ?? "")
          + "; where asking again may help, run the same with --overwrite: nothing that was answered "
          + "is asked for twice")
    }
    console.result(
      result.json(asking.price).setting("output", to: .string(output))
        .setting("rejected_file", to: result.rejected.isEmpty ? .null : .string(side)),
      lines.joined(separator: "\n"))
  }

  private func spent(_ effort: TeachingEffort) -> String {
    var parts = [
      "\(Amount.count(effort.requests, of: "request")), \(Amount.count(effort.stored)) answers kept "
        + "from before",
      "\(Amount.count(effort.usage.prompt)) tokens read, "
        + "\(Amount.count(effort.usage.completion)) written",
    ]
    if let price = asking.price {
      parts.append("cost \(Amount.cost(price.cost(of: effort.usage)))")
    }
    if effort.uncounted > 0 {
      parts.append("the server did not tell the tokens of \(Amount.count(effort.uncounted))")
    }
    return parts.joined(separator: "; ")
  }
}
