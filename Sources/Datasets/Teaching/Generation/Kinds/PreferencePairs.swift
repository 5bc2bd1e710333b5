public import AnnealFiles

/// A question to a chunk with a good answer and a worse one.
public struct PreferencePairs: GenerationKind {
  /// `preference`.
  public static let name = "preference"
  /// What it makes.
  public static let summary =
    "A question with a good answer and a plausible worse one, and the flaw."
  /// The question, both answers, the flaw and the evidence.
  public static let schema: JSON = Schemas.object(required: [
    "prompt": Schemas.text, "chosen": Schemas.text, "rejected": Schemas.text, "flaw": Schemas.text,
    "evidence": Schemas.text,
  ])
  /// A question, two answers, the flaw and a quotation.
  public static let tokensOfObject = 240

  /// Pairs.
  public init(_ settings: GenerationSettings) {}

  /// The pair, when the answers differ and the evidence stands in the chunk.
  public func row(from object: JSON, of material: Material) -> GeneratedRow {
    if let refusal = material.refusal(ofEvidence: [object["evidence"]?.string ?? ""]) {
      return refusal
    }
    let (chosen, rejected) = (object["chosen"]?.string ?? "", object["rejected"]?.string ?? "")
    guard TextWords(chosen).hashes != TextWords(rejected).hashes else {
      return .rejected("both answers are the same", detail: chosen)
    }
    return .row(
      ["prompt", "chosen", "rejected", "flaw", "evidence"].map { ($0, object[$0] ?? .null) })
  }
}
