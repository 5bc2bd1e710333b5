public import AnnealFiles

/// Examples as a person reads them, with the tokens that are learned visibly marked.
public struct Preview: Sendable {
  /// A stretch of tokens that are all learned, or all not.
  public struct Stretch: Sendable, Hashable {
    /// Its text, special tokens written out.
    public var text: String
    /// Whether it is learned.
    public var isTrained: Bool
  }

  /// How learned tokens are marked.
  public enum Marks: Sendable {
    /// Green and underlined, for terminals.
    case colours
    /// Between `⟦` and `⟧`, for files and pipes.
    case brackets

    /// A line that explains the marks.
    public var legend: String {
      switch self {
      case .colours: "\u{1B}[4;32mGreen and underlined\u{1B}[0m is learned; the rest is only read."
      case .brackets: "What stands between ⟦ and ⟧ is learned; the rest is only read."
      }
    }
  }

  /// The example.
  public let example: Example
  /// Its text in stretches.
  public let stretches: [Stretch]

  /// Which of a row's examples it is, such as `rejected`; nil when there is nothing to tell apart.
  public let label: String?

  /// The preview of `example`.
  public init(_ example: Example, label: String? = nil, encoder: some ExampleEncoder) {
    (self.example, self.label) = (example, label)
    let ids = example.ids.map(Int.init)
    // The first token of an example is never learned, whatever its mask.
    let mask = example.lossMask.enumerated().map { $0 > 0 && $1 }
    let ends = mask.indices.map { $0 + 1 }.filter { $0 == mask.count || mask[$0] != mask[$0 - 1] }
    // A stretch by itself may read otherwise than in its place: many tokenizers drop the space that a
    // text begins with.
    let whole = Array(encoder.text(of: ids).unicodeScalars)
    var start = 0
    stretches = ends.map { end in
      var stop = whole.count
      if end < ids.count {
        let read = encoder.text(of: Array(ids[..<end])).unicodeScalars
        // A character that the boundary cuts belongs to what follows.
        stop = max(start, zip(whole, read).prefix { $0 == $1 }.count)
      }
      defer { start = stop }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: whole[start..<stop])
      return Stretch(text: String(text), isTrained: mask[end - 1])
    }
  }

  /// The row's place and size, then its text.
  public func text(_ marks: Marks) -> String {
    let cut = example.isTruncated ? ", truncated" : ""
    let head =
      "\(example.source)\(label.map { " (\($0))" } ?? "")  "
      + "\(grouped(example.ids.count, of: "token")), "
      + "\(grouped(example.trainedTokens)) trained\(cut)"
    return head + "\n" + stretches.map { Self.marked($0, marks) }.joined()
  }

  private static func marked(_ stretch: Stretch, _ marks: Marks) -> String {
    guard stretch.isTrained else { return stretch.text }
    switch marks {
    case .brackets: return "⟦\(stretch.text)⟧"
    case .colours:
      // Codes end before each line's end, so that no colour runs over a terminal's whole width.
      return stretch.text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "\u{1B}[4;32m\($0)\u{1B}[0m" }.joined(separator: "\n")
    }
  }

  /// `text`, `ids` and `loss_mask`; `example` is which of its row's it is, when there are several.
  public var json: JSON {
    let fields: JSON = [
      "source": .string(example.source.description),
      "text": .string(stretches.map(\.text).joined()),
      "ids": .array(example.ids.map { .integer(Int($0)) }),
      "loss_mask": .array(example.lossMask.map { .bool($0) }),
      "truncated": .bool(example.isTruncated),
    ]
    return label.map { fields.setting("example", to: .string($0)) } ?? fields
  }
}
