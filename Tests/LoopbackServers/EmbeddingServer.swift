public import AnnealFiles
internal import Synchronization

/// A server of OpenAI's embeddings API whose vectors count letters: `a` to `h`, and all others.
///
/// Texts of the same letters have the same direction, whatever their order. The entries come last
/// text first, each with its number.
public final class EmbeddingServer: Sendable {
  /// The key that it asks for; nil for none.
  public let key: String?
  private let faults: Mutex<[Answered]>

  /// A server.
  ///
  /// - Parameter faults: answers to the first requests, in place of good ones.
  public init(key: String? = nil, faults: [Answered] = []) {
    self.key = key
    self.faults = Mutex(faults)
  }

  /// Answers `request`.
  public func answer(_ request: Received) -> Answered {
    if let key, request.headers["authorization"] != "Bearer \(key)" {
      return .failure(401, "Incorrect API key", code: "invalid_api_key")
    }
    guard request.pathText == "/v1/embeddings", request.method == "POST" else {
      return .failure(404, "no route \(request.pathText)")
    }
    if let fault = faults.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return fault }
    let texts = (request.json["input"]?.array ?? []).map { $0.string ?? "" }
    // As OpenAI's server does.
    guard !texts.isEmpty, !texts.contains("") else {
      return .failure(400, "'$.input' is invalid")
    }
    let entries = texts.enumerated().reversed().map { index, text in
      Self.entry(Self.vector(of: text), at: index)
    }
    return Answered(json: Self.list(entries))
  }

  /// The vector of `text`.
  public static func vector(of text: String) -> [Double] {
    var counts = [Double](repeating: 0, count: 9)
    for byte in text.lowercased().utf8 {
      let letter = Int(byte) - Int(UInt8(ascii: "a"))
      counts[(0..<8).contains(letter) ? letter : 8] += 1
    }
    return counts
  }

  /// An entry of a list of embeddings.
  public static func entry(_ vector: [Double], at index: Int) -> JSON {
    [
      "object": "embedding", "index": .integer(index),
      "embedding": .array(vector.map { .number($0) }),
    ]
  }

  /// A list of embeddings.
  public static func list(_ entries: [JSON]) -> JSON {
    [
      "object": "list", "data": .array(entries), "model": "letters",
      "usage": ["prompt_tokens": 5, "total_tokens": 5],
    ]
  }
}
