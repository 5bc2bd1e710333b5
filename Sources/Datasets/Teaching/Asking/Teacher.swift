internal import AnnealFiles
public import AnnealText
internal import Synchronization

/// A stronger model that is asked for objects, many questions at a time.
///
/// An answer that cannot be used is asked for once more, with what was wrong. A request that fails
/// leaves its question without an answer; where one failure follows another, the work ends, as the
/// server or its key is at fault then.
public struct Teacher: Sendable {
  private let model: any ChatModel
  private let again: Prompt
  private let together: Int

  /// Failures in a row after which nothing more is asked.
  private static let mostFailures = 8

  /// What no other question would escape: a disk that is full, or the wish to stop.
  private static let endsAll: Set<AnnealError.Code> = [.interrupted, .storage, .outOfMemory]

  /// A teacher.
  ///
  /// - Parameters:
  ///   - model: the model; behind a store, so that no answer is paid for twice.
  ///   - prompts: where the words come from in which an answer is asked for again.
  ///   - together: how many requests may be on their way at once.
  public init(_ model: any ChatModel, prompts: Prompts, together: Int = 4) throws {
    self.model = model
    self.together = together
    again = try prompts.prompt(Self.againPrompt)
  }

  /// The words in which an answer is asked for again.
  static let againPrompt = PromptDescription(
    name: "again", use: "What follows an answer that cannot be used.",
    placeholders: [("problem", "what is wrong with the answer")])

  /// The model's name.
  public var name: String { model.name }

  /// The answers to `questions`, in their order.
  ///
  /// - Parameter progress: told after each question; an error it throws ends the work.
  public func answers(
    to questions: [TeacherQuestion], progress: @escaping @Sendable (TeachingState) throws -> Void
  ) async throws -> [TeacherAnswer] {
    let tally = Tally(questions.count)
    let step: @Sendable (Int) throws -> Void = { _ in try progress(tally.state) }
    return try await Concurrently.map(questions, together: together, progress: step) { question in
      tally.adding(try await self.answer(to: question, tally))
    }
  }

  private func answer(
    to question: TeacherQuestion, _ tally: Tally
  ) async throws -> TeacherAnswer {
    do {
      let answer = try await answer(to: question)
      tally.succeeded()
      return answer
    } catch let error as AnnealError where !Self.endsAll.contains(error.code) {
      guard tally.failed() < Self.mostFailures else { throw error }
      var answer = TeacherAnswer()
      answer.problems = [(.unanswered, "\(error)")]
      return answer
    }
  }

  private func answer(to question: TeacherQuestion) async throws -> TeacherAnswer {
    var answer = TeacherAnswer()
    var question = question
    for attempt in 0..<2 {
      let reply = try await model.answer(to: question.conversation, options: question.options)
      answer.effort = answer.effort + TeachingEffort(reply, isRepeat: attempt > 0)
      let reading = AnswerReading(reply, to: question)
      if attempt == 0 || reading.objects.count >= answer.objects.count {
        (answer.objects, answer.problems) = (reading.objects, reading.problems)
      }
      guard attempt == 0, !reading.problems.isEmpty else { break }
      let problem = reading.problems.map(\.detail).joined(separator: "\n")
      question.conversation.messages += [.assistant(reply.message.text)]
      question.conversation.messages += try again.conversation(["problem": .string(problem)])
        .messages
    }
    return answer
  }

  /// What `questions` will take.
  ///
  /// - Parameters:
  ///   - reply: tokens that an answer mostly takes.
  ///   - store: where answers may be kept already.
  public func estimate(
    _ questions: [TeacherQuestion], reply: Int, store: (any ReplyStore)?
  ) async throws -> TeachingEstimate {
    var estimate = TeachingEstimate()
    estimate.questions = questions.count
    for question in questions {
      let key = ReplyKey.of(question.conversation, question.options, model: model.identity)
      if try await store?.reply(for: key) != nil {
        estimate.stored += 1
        continue
      }
      let bytes = question.conversation.messages.reduce(0) { $0 + $1.text.utf8.count + 16 }
      estimate.usage =
        estimate.usage + TokenUsage(prompt: (bytes + 3) / 4, completion: max(0, reply))
    }
    return estimate
  }
}

/// What was asked so far, counted by many tasks.
private final class Tally: Sendable {
  private struct Counts {
    var state: TeachingState
    var failuresInRow = 0
  }

  private let counts: Mutex<Counts>

  init(_ all: Int) {
    counts = Mutex(
      Counts(state: TeachingState(done: 0, all: all, failed: 0, effort: TeachingEffort())))
  }

  var state: TeachingState { counts.withLock { $0.state } }

  func succeeded() { counts.withLock { $0.failuresInRow = 0 } }

  /// How many questions in a row failed, this one counted.
  func failed() -> Int {
    counts.withLock {
      $0.failuresInRow += 1
      return $0.failuresInRow
    }
  }

  func adding(_ answer: TeacherAnswer) -> TeacherAnswer {
    counts.withLock {
      $0.state.done += 1
      if answer.objects.isEmpty { $0.state.failed += 1 }
      $0.state.effort = $0.state.effort + answer.effort
    }
    return answer
  }
}
