public import AnnealFiles
public import AnnealText
internal import NIOHTTP1
internal import OrderedCollections

/// A chat model behind any server of OpenAI's chat API.
///
/// Safe to ask from many tasks at once: the limit decides how many requests are under way. Failures
/// that may pass are tried again as the policy says.
public struct OpenAIChatModel: ChatModel {
  /// The server.
  public let endpoint: APIEndpoint
  /// What the server calls the model.
  public let model: String
  /// How often and how long a request is made again.
  public let retry: RetryPolicy
  private let limit: RateLimit
  private let extra: JSON

  /// The model that the server at `endpoint` calls `model`.
  ///
  /// - Parameters:
  ///   - limit: how often it may be asked; share one among models of the same account.
  ///   - extra: more members of a request, such as `{"reasoning_effort": "low"}`; null takes one
  ///     away. `{"max_tokens": null, "max_completion_tokens": 512}` suits models that refuse the
  ///     old name.
  public init(
    _ model: String, at endpoint: APIEndpoint, limit: RateLimit = RateLimit(),
    retry: RetryPolicy = RetryPolicy(), extra: JSON = [:]
  ) {
    self.model = model
    self.endpoint = endpoint
    self.limit = limit
    self.retry = retry
    self.extra = extra
  }

  /// The model's name.
  public var name: String { model }

  /// Server, model and further members of requests.
  public var identity: String { "\(endpoint.url) \(model) \(extra.text())" }

  /// The next message of `conversation`.
  public func reply(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Message {
    try await answer(to: conversation, options: options).message
  }

  /// The next message of `conversation`, with its tokens and the seconds of the request that
  /// succeeded.
  ///
  /// - Throws: `AnnealError` that names the request, the status and what the server said.
  public func answer(
    to conversation: Conversation, options: ReplyOptions
  ) async throws -> Reply {
    let body = try requestBody(conversation, options)
    var request = try endpoint.request(.POST, "/chat/completions").sending(body)
    request.isPatient = true
    // Some four bytes of text are a token.
    let estimate = body.text().utf8.count / 4 + max(0, options.maximumTokens)
    let limited = LimitedRequest<Reply>(request, limit: limit, retry: retry) { bytes, seconds in
      let json = try JSON(parsing: bytes, file: "the answer")
      let reply = try Reply(completion: json, seconds: seconds)
      return (reply, reply.usage?.total)
    }
    do { return try await limited.answer(estimate: estimate) } catch let failure as WebFailure {
      throw endpoint.error(failure)
    }
  }

  private func requestBody(
    _ conversation: Conversation, _ options: ReplyOptions
  ) throws -> JSON {
    var body: JSON = [
      "model": .string(model), "messages": .array(try conversation.openAIMessages()),
      "max_tokens": .integer(options.maximumTokens), "temperature": .number(options.temperature),
    ]
    if options.topP != 1 { body = body.setting("top_p", to: .number(options.topP)) }
    // The API's seeds are signed.
    if let seed = options.seed {
      body = body.setting("seed", to: .integer(Int(truncatingIfNeeded: seed & (UInt64.max >> 1))))
    }
    if !options.stop.isEmpty {
      body = body.setting("stop", to: .array(options.stop.map { .string($0) }))
    }
    body = body.setting("tools", to: conversation.openAITools)
      .setting("response_format", to: options.format.openAI)
    for (key, value) in extra.members { body = body.setting(key, to: value.unlessNull) }
    return body
  }
}

extension ReplyOptions.Format {
  fileprivate var openAI: JSON? {
    switch self {
    case .text: nil
    case .json: ["type": "json_object"]
    case .schema(let name, let schema):
      [
        "type": "json_schema",
        "json_schema": ["name": .string(name), "schema": schema, "strict": true],
      ]
    }
  }
}

extension Reply {
  /// The answer in a server's `chat.completion`.
  ///
  /// - Throws: `AnnealError` when there is none in it.
  fileprivate init(completion json: JSON, seconds: Double) throws {
    guard let choice = json["choices"]?[0], let message = choice["message"] else {
      throw AnnealError(.failed, "there is no choices[0].message in \(json.text(.spaced))")
    }
    var usage: TokenUsage?
    if let told = json["usage"], let prompt = told["prompt_tokens"]?.integer,
      let completion = told["completion_tokens"]?.integer, prompt >= 0, completion >= 0
    {
      usage = TokenUsage(prompt: prompt, completion: completion)
    }
    var said = try Message(json: message)
    // Servers send members without a value, which is to say that they are not there.
    said.fields = said.fields.filter { $0.key == "content" || !$0.value.isNull }
    self.init(
      said, finishReason: choice["finish_reason"]?.string, usage: usage, seconds: seconds)
  }
}
