public import AnnealFiles

/// Summaries of chunks, with an instruction that asks for them.
public struct Summaries: GenerationKind {
  /// `summary`.
  public static let name = "summary"
  /// What it makes.
  public static let summary = "An instruction to summarise a chunk, and the summary."
  /// The instruction, the summary, and what of the chunk it rests on.
  public static let schema: JSON = Schemas.object(required: [
    "instruction": Schemas.text, "summary": Schemas.text,
    "evidence": Schemas.list(of: Schemas.text),
  ])
  /// A paragraph and its quotations.
  public static let tokensOfObject = 260

  /// Summaries.
  public init(_ settings: GenerationSettings) {}

  /// The chunk as the input and its summary as the output, when what is quoted stands in the chunk.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    let quotes = object["evidence"]?.array ?? []
    if let refusal = material.refusal(ofEvidence: quotes.compactMap(\.string)) { return refusal }
    guard let chunk = material.chunk, let summary = object["summary"]?.string else {
      return .rejected("no summary", detail: "")
    }
    guard summary.utf8.count < chunk.text.utf8.count else {
      return .rejected("longer than the chunk", detail: summary)
    }
    return .row([
      ("instruction", object["instruction"] ?? .null), ("input", .string(chunk.text)),
      ("output", .string(summary)), ("evidence", .array(quotes)),
    ])
  }
}
