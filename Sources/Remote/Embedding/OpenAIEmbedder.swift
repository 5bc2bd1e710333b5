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

  /// Requests that are on their way at once: as many as the limit lets through.
  private var together: Int { min(limit.concurrent, 1000) }

  /// How many texts it is best given at once: so many that requests seldom wait for the slowest of
  /// those before, and where very many are on their way, no more than these, as memory holds them.
  public var textsAtOnce: Int { Self.mostTexts * max(together, min(together * 4, 256)) }

  /// A vector for each of `texts`, in their order, all of one dimension and of finite values.
  ///
  /// Texts that the server refuses together are given to it in halves, until it takes them or it is
  /// known which one it does not take.
  ///
  /// - Throws: `RefusedInput` for a text that the server does not take, and `AnnealError` that names
  ///   the request, and the status and what the server said, or what is wrong with the vectors.
  public func vectors(of texts: [String]) async throws -> [[Float]] {
    let parts = try await Concurrently.map(Self.parts(of: texts), together: together) { part in
      try await vectors(ofPart: part)
    }
    let found = parts.flatMap { $0 }
    guard let dimension = found.first?.count,
      let odd = found.first(where: { $0.count != dimension })
    else { return found }
    throw AnnealError(
      .failed, "\(endpoint.url) gave vectors of \(dimension) and of \(odd.count) values")
  }

  /// `texts` in pieces that fit a request.
  static func parts(of texts: [String]) -> [ArraySlice<String>] {
    var parts: [ArraySlice<String>] = []
    var (start, bytes) = (0, 0)
    for (place, text) in texts.enumerated() {
      let count = text.utf8.count
      if place > start, place - start == mostTexts || bytes + count > mostBytes {
        parts.append(texts[start..<place])
        (start, bytes) = (place, 0)
      }
      bytes += count
    }
    if start < texts.count { parts.append(texts[start...]) }
    return parts
  }

  private func vectors(ofPart texts: ArraySlice<String>) async throws -> [[Float]] {
    do { return try await asked(Array(texts)) } catch let failure as WebFailure {
      guard let status = failure.status, Self.refusals.contains(status) else {
        throw endpoint.error(failure)
      }
      if texts.count > 1 {
        let middle = texts.startIndex + texts.count / 2
        let first = try await vectors(ofPart: texts[..<middle])
        return first + (try await vectors(ofPart: texts[middle...]))
      }
      // Who takes no text at all refuses something else than this one.
      guard (try? await asked(["text"])) != nil else { throw endpoint.error(failure) }
      throw RefusedInput(place: texts.startIndex, failure: endpoint.error(failure))
    }
  }

  /// The statuses of requests that are too long, or not to be worked on for what is in them.
  private static let refusals: Set = [400, 413, 422]

  /// - Throws: `WebFailure`.
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
    return try await limited.answer(estimate: estimate)
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
      vectors[index] = try vector(entry["embedding"], named: "data[\(place)].embedding")
    }
    return vectors.compactMap { $0 }
  }

  private static func vector(_ json: JSON?, named name: String) throws -> [Float] {
    guard let values = json?.array else {
      throw AnnealError(
        .failed, "\(name) is \(json?.kind ?? "missing"); expected an array of numbers")
    }
    guard !values.isEmpty else { throw AnnealError(.failed, "\(name) has no values") }
    var vector: [Float] = []
    vector.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      let number = Float(value.number ?? .nan)
      guard number.isFinite else {
        throw AnnealError(
          .failed,
          "\(name)[\(index)] is \(value.text()); expected a number within the range of float32")
      }
      vector.append(number)
    }
    return vector
  }
}
