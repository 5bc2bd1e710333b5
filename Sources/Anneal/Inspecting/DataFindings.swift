internal import AnnealDatasets
internal import OrderedCollections

/// What a person should know of data files before training on them.
struct DataFindings {
  /// A fact, and what to do about it.
  struct Finding {
    var sentence: String
    var advice: String?
    var isWarning = true
  }

  private let page: DataPage

  init(_ page: DataPage) { self.page = page }

  /// The findings, those on what files share first; one at least.
  var all: [Finding] {
    let found =
      page.survey.shared.map(shared) + page.inspections.indices.flatMap { findings(of: $0) }
    return found.isEmpty
      ? [
        Finding(
          sentence: "Nothing stands out: every row can be used and none repeats another.",
          isWarning: false)
      ] : found
  }

  private func shared(_ shared: DatasetSurvey.Shared) -> Finding {
    Finding(
      sentence: "\(Amount.count(shared.rows.count, of: "row")) of \(page.name(shared.file)) "
        + "\(shared.rows.count == 1 ? "says" : "say") what \(page.name(shared.earlier)) says.",
      advice:
        "If one is trained on and the other tested on, the test is too good: split both files again "
        + "with `anneal data split`, or leave out what the training rows share with "
        + "`--decontaminate TEST --on-leak drop`.")
  }

  private func findings(of index: Int) -> [Finding] {
    let (file, survey) = (page.inspections[index], page.surveyed(index))
    let prefix = page.inspections.count > 1 ? page.name(index) + ": " : ""
    let found =
      [
        format(file), problems(file), unlearnable(file), remarked(file), repeated(survey),
        balance(file), truncated(file), mixed(survey), unread(file),
      ].compactMap { $0 } + cleaning(survey)
    return found.map { finding in
      var finding = finding
      finding.sentence = prefix + finding.sentence
      return finding
    }
  }

  private func format(_ file: DatasetInspection) -> Finding? {
    guard file.format == nil else { return nil }
    return Finding(
      sentence: "The rows are of no known format, so nothing can be learned from them as they are.",
      advice: "Say which columns are meant: `--map instruction=Question --map output=Answer`.")
  }

  private func problems(_ file: DatasetInspection) -> Finding? {
    guard file.problemCount > 0, file.format != nil else { return nil }
    return Finding(
      sentence:
        "\(Amount.count(file.problemCount, of: "problem")), listed below with file and line.",
      advice: "Mend the rows, or leave them out with `--on-error skip`.")
  }

  private func unlearnable(_ file: DatasetInspection) -> Finding? {
    guard let prepared = file.preparation, prepared.droppedRows > 0 else { return nil }
    return Finding(
      sentence:
        "\(Amount.count(prepared.droppedRows, of: "row")) of \(Amount.count(prepared.rows)) "
        + "teach nothing: \(prepared.reasons.joined(separator: "; ")).",
      advice: "Look at them with `anneal data preview`.")
  }

  private func remarked(_ file: DatasetInspection) -> Finding? {
    guard !file.remarks.isEmpty else { return nil }
    let told = file.remarks.map { "\(Amount.count($0.rows, of: "row")): \($0.kind.rawValue)" }
    return Finding(
      sentence: told.joined(separator: "; ") + ".", advice: "They can be used; look at them first.")
  }

  /// What stages of cleaning would find, a sentence a stage.
  private func cleaning(_ survey: DatasetSurvey.File?) -> [Finding] {
    let findings = survey?.findings ?? []
    let stages = OrderedSet(findings.map(\.stage))
    return stages.map { stage in
      let told = findings.filter { $0.stage == stage }
        .map { "\(Amount.count($0.rows, of: "row")): \($0.reason)" }
      return Finding(
        sentence: told.joined(separator: "; ") + ".",
        advice: "`anneal data clean --stages \(stage)` sees to it, or tells of each in its log.")
    }
  }

  private func repeated(_ survey: DatasetSurvey.File?) -> Finding? {
    guard let survey, survey.repeated.count > 0 else { return nil }
    let share = Double(survey.repeated.count) / Double(max(1, survey.rows)) * 100
    return Finding(
      sentence: "\(Amount.count(survey.repeated.count, of: "row")) (\(share.brief(2)) %) "
        + "\(survey.repeated.count == 1 ? "repeats" : "repeat") an earlier one, exactly or nearly.",
      advice:
        "Repeated rows count more than once in training: `anneal data clean` leaves them out.",
      isWarning: share >= 1)
  }

  private func balance(_ file: DatasetInspection) -> Finding? {
    guard let most = file.labels.elements.first, let least = file.labels.elements.last,
      most.value > 10 * least.value
    else { return nil }
    return Finding(
      sentence: "The class '\(most.key)' has \(Amount.count(most.value, of: "row")), and "
        + "'\(least.key)' \(Amount.count(least.value)).",
      advice: "Judge by a metric that weighs classes alike, such as macro F1, or limit the large "
        + "ones: `anneal data clean --stages class-balance`.")
  }

  private func truncated(_ file: DatasetInspection) -> Finding? {
    guard let prepared = file.preparation, prepared.truncated > 0 else { return nil }
    let share = Double(prepared.truncated) / Double(max(1, prepared.keptRows)) * 100
    return Finding(
      sentence: "\(Amount.count(prepared.truncated, of: "row")) (\(share.brief(2)) %) "
        + "\(prepared.truncated == 1 ? "is" : "are") longer than "
        + "\(Amount.count(prepared.maxLength)) tokens and would lose the end.",
      advice: "Raise `max_length`, or leave them out: `anneal data clean --stages length`.",
      isWarning: share >= 1)
  }

  private func mixed(_ survey: DatasetSurvey.File?) -> Finding? {
    guard let survey else { return nil }
    let told = survey.languages.filter { $0.code != nil }
    let rows = told.reduce(0) { $0 + $1.rows }
    guard let most = told.first, let code = most.code, rows - most.rows > rows / 50 else {
      return nil
    }
    let others = told.dropFirst().prefix(3).compactMap { language in
      language.code.map { "\($0) \(Amount.count(language.rows))" }
    }
    return Finding(
      sentence: most.rows * 2 > survey.rows
        ? "Most rows are in '\(code)', but not all: \(others.joined(separator: ", "))."
        : "Rows are in several languages: \(code) \(Amount.count(most.rows)), "
          + others.joined(separator: ", ") + ".",
      advice:
        "To keep one: `anneal data clean --stages languages --set languages.languages=\(code)`.",
      isWarning: false)
  }

  private func unread(_ file: DatasetInspection) -> Finding? {
    guard let format = file.format, !file.unread.isEmpty else { return nil }
    let names = file.unread.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return Finding(
      sentence: "\(names)\(file.unread.count > 8 ? ", …" : "") "
        + "\(file.unread.count == 1 ? "is" : "are") not read by the format \(format).",
      advice: "To read a field under another name: `--map`.", isWarning: false)
  }
}
