internal import AnnealFiles

/// How encodings get one length, as a `tokenizer.json` may say in its member `padding`.
///
/// Nothing is filled because a file says so: batches are made by whoever wants them, with
/// `padded(_:)`, and the attention mask of an encoding tells what was put in.
public struct Padding: Sendable, Hashable {
  /// What length encodings get.
  public enum Strategy: Sendable, Hashable {
    /// That of the longest of them.
    case batchLongest
    /// This many tokens; longer encodings stay as they are.
    case fixed(Int)
  }

  /// The end of an encoding that is filled.
  public enum Side: String, Sendable {
    /// The tokens that count come last.
    case left = "Left"
    /// The tokens that count come first.
    case right = "Right"
  }

  /// What length encodings get.
  public var strategy: Strategy
  /// Which end is filled.
  public var side: Side
  /// A number that the length is rounded up to a multiple of; nil for none.
  public var multiple: Int?
  /// The id that fills.
  public var id: Int
  /// The type of the tokens that fill.
  public var typeID: Int
  /// The token that fills.
  public var token: String

  /// A padding with a token and its id.
  public init(
    _ strategy: Strategy = .batchLongest, id: Int, token: String, side: Side = .right,
    multiple: Int? = nil, typeID: Int = 0
  ) {
    self.strategy = strategy
    self.side = side
    self.multiple = multiple
    self.id = id
    self.typeID = typeID
    self.token = token
  }

  init(_ part: TokenizerPart) throws {
    if part.json["strategy"]?.string == "BatchLongest" {
      strategy = .batchLongest
    } else if let length = part.json["strategy"]?["Fixed"]?.integer, length >= 0,
      length <= Self.maximumLength
    {
      strategy = .fixed(length)
    } else {
      throw part.error(
        "'strategy' should be \"BatchLongest\" or {\"Fixed\": n}, n at most \(Self.maximumLength)")
    }
    let name = part.json["direction"] == nil ? Side.right.rawValue : try part.string("direction")
    guard let side = Side(rawValue: name) else {
      throw part.error("'direction' should be Left or Right, not '\(name)'")
    }
    self.side = side
    if part.json["pad_to_multiple_of"]?.isNull == false {
      let multiple = try part.count("pad_to_multiple_of")
      guard multiple <= Self.maximumLength else {
        throw part.error("'pad_to_multiple_of' should be at most \(Self.maximumLength)")
      }
      self.multiple = multiple
    }
    id = try part.count("pad_id")
    typeID = part.json["pad_type_id"] == nil ? 0 : try part.count("pad_type_id")
    token = try part.string("pad_token")
  }

  /// Longer texts do not exist, so a file that asks for them is broken.
  private static let maximumLength = 1 << 30

  /// The encodings, each filled to one length; those that are longer stay as they are.
  public func padded(_ encodings: [Encoding]) -> [Encoding] {
    let longest = encodings.map(\.ids.count).max() ?? 0
    var length = if case .fixed(let count) = strategy { count } else { longest }
    if let multiple, multiple > 0, length % multiple > 0 { length += multiple - length % multiple }
    return encodings.map { filled($0, length) }
  }

  private func filled(_ encoding: Encoding, _ length: Int) -> Encoding {
    let count = length - encoding.ids.count
    guard count > 0 else { return encoding }
    var fill = Encoding(
      ids: Array(repeating: id, count: count), tokens: Array(repeating: token, count: count),
      offsets: Array(repeating: 0..<0, count: count),
      typeIDs: Array(repeating: typeID, count: count),
      attentionMask: Array(repeating: 0, count: count),
      sequenceIDs: Array(repeating: nil, count: count))
    guard side == .left else {
      var whole = encoding
      whole.append(fill)
      return whole
    }
    fill.append(encoding)
    return fill
  }
}
