public import AnnealFiles

/// How many of a row's instructions a reply follows.
public struct FollowedInstructions: Sendable, Hashable {
  /// Instructions that were followed.
  var followed = 0
  /// Instructions that could be verified.
  var total = 0
  /// Those that could not.
  var unverified: [String] = []

  /// The instructions of the answer's row, by whether any of `variants` of the reply follows each.
  init(_ answer: Answer, variants: [String]) {
    let ids = answer.fields["instruction_id_list"]?.array?.compactMap(\.string) ?? []
    for (place, id) in ids.enumerated() {
      let arguments = InstructionArguments(json: answer.fields["kwargs"]?[place] ?? [:])
      guard let check = InstructionChecks.check(id), check.isFollowed("", arguments) != nil else {
        unverified.append(id)
        continue
      }
      total += 1
      let isFollowed = variants.contains { variant in
        !variant.pythonStripped.isEmpty && check.isFollowed(variant, arguments) == true
      }
      if isFollowed { followed += 1 }
    }
  }

  /// What could not be verified, and how often it was asked.
  static func unverified(_ parts: [FollowedInstructions]) -> JSON? {
    let ids = parts.flatMap(\.unverified)
    guard !ids.isEmpty else { return nil }
    let counts = ids.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return [
      "unverified_instructions": JSON(
        members: counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
    ]
  }
}

extension Answer {
  /// The reply with what people put around an answer taken away: its first line, its last line, and
  /// asterisks.
  fileprivate var looseVariants: [String] {
    let lines = reply.components(by: "\n")
    let cut = [
      lines, Array(lines.dropFirst()), Array(lines.dropLast()),
      Array(lines.dropFirst().dropLast()),
    ].map { $0.joined(separator: "\n").pythonStripped }
    let variants = [reply] + cut.dropFirst()
    return variants + variants.map { $0.filter { $0 != "*" } }
  }
}

/// Whether all instructions of a prompt are followed.
public struct StrictPrompts: ReplyMetric, MeanMetric {
  /// `prompt_level_strict_acc`.
  public static let name = "prompt_level_strict_acc"
  /// What is measured.
  public static let summary = "share of prompts all of whose instructions are followed"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0; nil when none can be verified.
  public func part(of answer: Answer) -> Double? {
    let found = FollowedInstructions(answer, variants: [answer.reply])
    return found.total == 0 ? nil : found.followed == found.total ? 1 : 0
  }
}

/// The same, with what people put around an answer taken away.
public struct LoosePrompts: ReplyMetric, MeanMetric {
  /// `prompt_level_loose_acc`.
  public static let name = "prompt_level_loose_acc"
  /// What is measured.
  public static let summary = "the same, without first line, last line or asterisks"

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// 1 or 0; nil when none can be verified.
  public func part(of answer: Answer) -> Double? {
    let found = FollowedInstructions(answer, variants: answer.looseVariants)
    return found.total == 0 ? nil : found.followed == found.total ? 1 : 0
  }
}

/// How many of all instructions are followed.
public struct StrictInstructions: ReplyMetric {
  /// `inst_level_strict_acc`.
  public static let name = "inst_level_strict_acc"
  /// What is measured.
  public static let summary = "share of instructions that are followed"
  /// It is a share of instructions, not a mean of rows.
  public static let isShare = true

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The row's instructions.
  public func part(of answer: Answer) -> FollowedInstructions? {
    FollowedInstructions(answer, variants: [answer.reply])
  }

  /// 0…1.
  public func value(of parts: [FollowedInstructions]) -> Double { share(parts) }

  /// What could not be verified.
  public func details(of parts: [FollowedInstructions]) -> JSON? {
    FollowedInstructions.unverified(parts)
  }
}

/// The same, with what people put around an answer taken away.
public struct LooseInstructions: ReplyMetric {
  /// `inst_level_loose_acc`.
  public static let name = "inst_level_loose_acc"
  /// What is measured.
  public static let summary = "the same, without first line, last line or asterisks"
  /// It is a share of instructions, not a mean of rows.
  public static let isShare = true

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// The row's instructions.
  public func part(of answer: Answer) -> FollowedInstructions? {
    FollowedInstructions(answer, variants: answer.looseVariants)
  }

  /// 0…1.
  public func value(of parts: [FollowedInstructions]) -> Double { share(parts) }

  /// What could not be verified.
  public func details(of parts: [FollowedInstructions]) -> JSON? {
    FollowedInstructions.unverified(parts)
  }
}

private func share(_ parts: [FollowedInstructions]) -> Double {
  let total = parts.reduce(0) { $0 + $1.total }
  return Double(parts.reduce(0) { $0 + $1.followed }) / Double(max(1, total))
}
