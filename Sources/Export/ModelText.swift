public import AnnealText

/// What a model reads and writes: its tokenizer and, where it has one, its chat template.
public struct ModelText: Sendable {
  /// Text to ids and back.
  public var tokenizer: Tokenizer
  /// The chat template; nil for a model that has none.
  public var template: ChatTemplate?
  /// Messages to ids.
  public var encoder: ConversationEncoder
  /// What errors call the tokenizer.
  public var file: String
  /// Whether readers put the token that begins a text in front, where that is not the tokenizer's own
  /// choice: what a chat template writes may be all that a model has seen.
  var addsBeginning: Bool?

  /// The parts of a model that has been loaded.
  ///
  /// - Parameter hasTemplate: whether the encoder's template is the model's own.
  public init(_ encoder: ConversationEncoder, hasTemplate: Bool, file: String) {
    tokenizer = encoder.tokenizer
    template = hasTemplate ? encoder.template : nil
    self.encoder = encoder
    self.file = file
  }

  /// The parts of the model in `folder`.
  ///
  /// - Parameter template: a chat template's name or file, in place of the model's own.
  public init(folder: String, template: String? = nil) throws {
    let encoder = try ConversationEncoder.load(modelFolder: folder, template: template)
    let own = try template != nil || ChatTemplate.load(modelFolder: folder) != nil
    self.init(encoder, hasTemplate: own, file: folder)
  }

  /// The token that ends an answer; nil without a template, or when that writes none.
  var endOfTurn: Int? { template == nil ? nil : encoder.closingToken }
}
