public import AnnealFiles
public import AnnealText

/// What a hosted model is to be tuned by.
public struct TuningRequest: Sendable {
  /// What the server calls the model that is tuned.
  public var model: String
  /// The server's id of the file of rows.
  public var trainingFile: String
  /// The server's id of a file of rows that are not learned.
  public var validationFile: String?
  /// What is learned from the rows.
  public var method = TuningMethod.supervised
  /// Times that the rows are gone through; nil leaves it to the server, as all that follow.
  public var epochs: Int?
  /// Rows in a step.
  public var batchSize: Int?
  /// What the server's own learning rate is multiplied by.
  public var learningRateMultiplier: Double?
  /// How closely the model is held to what it was, for `dpo`.
  public var beta: Double?
  /// What chance begins with.
  public var seed: Int?
  /// A word that becomes a part of the new model's name.
  public var suffix: String?

  /// A request to tune `model` by a file that was sent.
  public init(_ model: String, trainingFile: String) {
    (self.model, self.trainingFile) = (model, trainingFile)
  }

  /// The request in the API's words.
  var json: JSON {
    let settings: [(String, JSON?)] = [
      ("n_epochs", epochs.map(JSON.integer)), ("batch_size", batchSize.map(JSON.integer)),
      ("learning_rate_multiplier", learningRateMultiplier.map(JSON.number)),
      ("beta", method == .dpo ? beta.map(JSON.number) : nil),
    ]
    let given = settings.compactMap { name, value in value.map { (name, $0) } }
    let how: JSON = given.isEmpty ? [:] : ["hyperparameters": JSON(members: given)]
    let json: JSON = [
      "model": .string(model), "training_file": .string(trainingFile),
      "method": JSON(members: [("type", .string(method.rawValue)), (method.rawValue, how)]),
    ]
    return json.setting("validation_file", to: validationFile.map { .string($0) })
      .setting("suffix", to: suffix.map { .string($0) })
      .setting("seed", to: seed.map { .integer($0) })
  }
}

/// A job of a server that tunes models.
public struct TuningJob: Sendable, Hashable {
  /// All that the server says of it.
  public let json: JSON

  /// A job as a server tells it.
  ///
  /// - Parameter key: what an answer that is quoted must not show.
  /// - Throws: `AnnealError` when it is none.
  init(_ json: JSON?, hiding key: Secret?) throws {
    guard let json, json["id"]?.string != nil, json["status"]?.string != nil else {
      let answer = (json ?? .null).text(.spaced)
      throw AnnealError(
        .failed,
        "the server's answer is no job: \((key?.hidden(in: answer) ?? answer).prefix(200))")
    }
    self.json = json
  }

  /// Its id.
  public var id: String { json["id"]?.string ?? "" }
  /// How it is doing: `validating_files`, `queued`, `running`, `succeeded`, `failed` or `cancelled`.
  public var status: String { json["status"]?.string ?? "" }
  /// Whether nothing more will happen.
  public var isOver: Bool { ["succeeded", "failed", "cancelled"].contains(status) }
  /// The model that is tuned.
  public var model: String? { json["model"]?.string }
  /// The new model's name, once there is one.
  public var tunedModel: String? { json["fine_tuned_model"]?.string }
  /// Tokens learned from, all epochs together; they are what is paid for.
  public var trainedTokens: Int? { json["trained_tokens"]?.integer }
  /// What went wrong.
  public var failure: String? {
    json["error"]?["message"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
  /// The ids of files with its measurements.
  public var resultFiles: [String] { (json["result_files"]?.array ?? []).compactMap(\.string) }
}

/// Something that happened to a job.
public struct TuningEvent: Sendable, Hashable {
  /// All that the server says of it.
  public let json: JSON

  /// Its id.
  public var id: String { json["id"]?.string ?? "" }
  /// What happened, in words.
  public var message: String { json["message"]?.string ?? "" }
  /// The step that it belongs to.
  public var step: Int? { json["data"]?["step"]?.integer }
  /// Steps of the whole job.
  public var allSteps: Int? { json["data"]?["total_steps"]?.integer }
}
