internal import AnnealFiles
internal import AnnealText

/// The first rows of a set as a model sees them.
///
/// Of a pair each answer is shown, as it would be read behind the prompt; of a verdict its answer, and
/// of judged steps the solution.
public struct PreviewedRows: Sendable {
  /// The examples of the rows, one row after another.
  public private(set) var previews: [Preview] = []
  /// How many rows are shown; of documents for pre-training, how many windows.
  public private(set) var count = 0
  /// What became of all rows that were read.
  public let report: PreparationReport

  /// The first `count` rows of `records` that teach anything.
  public init(
    _ records: Dataset<Record>, count: Int, by encoder: some ExampleEncoder,
    settings: PreparationSettings
  ) {
    let builder = ExampleBuilder(encoder, settings: settings)
    var parts = Dataset<Record>([])
    for (record, place) in zip(records, records.places) {
      parts.append(record.parts.map(\.record), at: place, fingerprint: Fingerprint.of("\(place)"))
    }
    report = builder.examples(from: parts).report
    for (record, place) in zip(records, records.places) where self.count < count {
      var shown: [Preview] = []
      for part in record.parts {
        for var example in builder.examples(from: Dataset([part.record])).examples {
          example.source = place
          shown.append(Preview(example, label: part.label, encoder: encoder))
        }
      }
      // A document may have thousands of windows.
      if settings.stage == .pretraining { shown = Array(shown.prefix(count - self.count)) }
      previews += shown
      self.count += settings.stage == .pretraining ? shown.count : min(1, shown.count)
    }
  }
}

extension Record {
  /// The record as texts and conversations, with what tells them apart.
  fileprivate var parts: [(label: String?, record: Record)] {
    switch self {
    case .conversation, .completion, .text: [(nil, self)]
    case .preference(let pair):
      [
        ("chosen", Self.answered(pair.prompt, by: pair.chosen)),
        ("rejected", Self.answered(pair.prompt, by: pair.rejected)),
      ]
    case .feedback(let feedback):
      [(feedback.isDesirable ? "wanted" : "not wanted", .conversation(feedback.conversation))]
    case .steps(let steps):
      [
        (
          "steps: " + steps.labels.map { $0 ? "right" : "wrong" }.joined(separator: ", "),
          .completion(
            prompt: steps.prompt + "\n", completion: steps.steps.joined(separator: "\n"))
        )
      ]
    }
  }

  /// The conversation in which `answer` follows on `prompt`, and is what is learned.
  private static func answered(_ prompt: Conversation, by answer: [Message]) -> Record {
    var conversation = prompt
    for index in conversation.messages.indices { conversation.messages[index].weight = 0 }
    conversation.messages += answer
    return .conversation(conversation)
  }
}
