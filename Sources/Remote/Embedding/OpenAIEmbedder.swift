internal import AnnealFiles
internal import AnnealText
internal import NIOHTTP1

/// A model that turns texts into vectors, behind any server of OpenAI's embeddings API.
///
/// Texts go in requests of at most 64, several at once as the limit allows; failures that may pass
/// are tried again as the policy says.
public struct OpenAIEmbedder: Sendable {
  /// The server.
  public let endpoint: APIEndpoint
  /// What the server calls the model.
  public let model: String
  /// How often and how long a request is made again.
  public let retry: RetryPolicy
  private let limit: RateLimit

  /// Texts of a request at most, and their bytes: servers take some 300,000 tokens at once.
  private static let mostTexts = 64
  private static let mostBytes = 256 << 10

  /// The model that the server at `endpoint` calls `model`.
  ///
  /// - Parameter limit: how often it may be asked; share one among models of the same account.
  public init(
    _ model: String, at endpoint: APIEndpoint, limit: RateLimit = RateLimit(),
    retry: RetryPolicy = RetryPolicy()
  ) {
    (self.model, self.endpoint, self.limit, self.retry) = (model, endpoint, limit, retry)
  }

  /// A vector for each of `texts`, in their order, all of one dimension and of finite values.
  ///
  /// - Throws: `AnnealError` that names the request, and the status and what the server said, or what
  ///   is wrong with the vectors.
  public func vectors(of texts: [String]) async throws -> [[Float]] {
    let parts = try await Concurrently.map(Self.parts(of: texts), together: 16) { texts in
      try await asked(texts)
    }
    let vectors = parts.flatMap { $0 }
    guard let dimension = vectors.first?.count,
      let odd = vectors.first(where: { $0.count != dimension })
    else { return vectors }
    throw AnnealError(
      .failed, "\(endpoint.url) gave vectors of \(dimension) and of \(odd.count) values")
  }

  /// `texts` in pieces that fit a request.
  static func parts(of texts: [String]) -> [[String]] {
    var parts: [[String]] = []
    var bytes = 0
    for text in texts {
      let count = text.utf8.count
      if let last = parts.last, last.count < mostTexts, bytes + count <= mostBytes {
        parts[parts.count - 1].append(text)
      } else {
        parts.append([text])
        bytes = 0
      }
      bytes += count
    }
    return parts
  }

  private func asked(_ texts: [String]) async throws -> [[Float]] {
    let body: JSON = [
      "model": .string(model), "input": .array(texts.map { .string($0) }),
      "encoding_format": "float",
    ]
    var request = try endpoint.request(.POST, "/embeddings").sending(body)
    request.isPatient = true
    // Some four bytes of text are a token.
    let estimate = texts.reduce(0) { $0 + $1.utf8.count } / 4
    let limited = LimitedRequest<[[Float]]>(request, limit: limit, retry: retry) { bytes, _ in
      let json = try JSON(parsing: bytes, file: "the answer")
      let tokens = json["usage"]?["total_tokens"]?.integer
      return (try Self.vectors(in: json, count: texts.count), tokens.map { max(0, $0) })
    }
    do { return try await limited.answer(estimate: estimate) } catch let failure as WebFailure {
      throw endpoint.error(failure)
    }
  }

  /// The vectors in a server's list of embeddings, in the order of the texts.
  private static func vectors(in json: JSON, count: Int) throws -> [[Float]] {
    guard let data = json["data"]?.array else {
      throw AnnealError(.failed, "there is no list 'data' in it")
    }
    guard data.count == count else {
      throw AnnealError(.failed, "it has \(data.count) vectors for \(count) texts")
    }
    var vectors = [[Float]?](repeating: nil, count: count)
    for (place, entry) in data.enumerated() {
      // Servers that leave the number out keep the order.
      let index = entry["index"].map { $0.integer ?? -1 } ?? place
      guard vectors.indices.contains(index), vectors[index] == nil else {
        throw AnnealError(
          .failed,
          "data[\(place)].index is \(entry["index"]?.text() ?? "missing"); expected each "
            + "of 0 to \(count - 1) once")
      }
      vectors[index] = try vector(entry["embedding"], at: place)
    }
    return vectors.compactMap { $0 }
  }

  private static func vector(_ json: JSON?, at place: Int) throws -> [Float] {
    let values = (json?.array ?? []).map { Float($0.number ?? .nan) }
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else {
      throw AnnealError(
        .failed, "data[\(place)].embedding is \(json?.kind ?? "missing"); expected finite numbers")
    }
    return values
  }
}
