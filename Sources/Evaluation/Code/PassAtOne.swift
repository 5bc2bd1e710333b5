internal import AnnealFiles

/// Whether a program that the model wrote passes its tests (HumanEval, arXiv 2107.03374).
public struct PassAtOne: ReplyMetric, MeanMetric {
  /// `pass@1`.
  public static let name = "pass@1"
  /// What is measured.
  public static let summary = "share of programs that pass their tests; runs them"
  /// Seconds a program may take.
  public static let settingNames = ["timeout"]

  private let runner: CodeRunner

  /// With its settings.
  ///
  /// - Throws: `AnnealError` of kind `usage` when programs may not be run.
  public init(_ settings: MetricSettings) throws {
    guard settings.allowsCode else {
      throw AnnealError(
        .usage, "the metric 'pass@1' runs programs that the model writes", at: settings.place,
        remedy: "Use it in a task, with --allow-code-execution.")
    }
    runner = CodeRunner(seconds: try settings.number("timeout") ?? 10)
  }

  /// 1 or 0: the prompt, the reply and the test of the row as one program.
  public func part(of answer: Answer) throws -> Double? {
    let prompt = answer.fields["prompt"]?.string ?? answer.prompt
    for test in answer.references {
      guard try runner.passes(prompt + answer.reply + "\n" + test) else { return 0 }
    }
    return answer.references.isEmpty ? nil : 1
  }
}
