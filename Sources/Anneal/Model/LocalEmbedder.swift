public import AnnealDatasets
internal import AnnealNeural
internal import AnnealText
internal import AnnealTorch
internal import Synchronization

/// A model of this machine as an embedder: a text's vector is pooled from the states of its tokens
/// after the final norm, as `Pooling` says.
///
/// Texts are encoded with the model's prompt before them and with what the tokenizer puts around them,
/// and cut to the model's longest. They lie side by side in a pass, without padding, so that no text's
/// vector depends on another.
public final class LocalEmbedder: TextEmbedder {
  /// What to call it in messages.
  public let name: String
  /// As many as fill a few passes.
  public let textsAtOnce = 64
  /// How states become a vector.
  public let pooling: Pooling
  private let longest: Int
  private let prompt: String
  private let model: Mutex<LanguageModel>

  /// An embedder over `model`, which nothing else may use from then on.
  ///
  /// - Throws: `AnnealError` when the model's folder asks for what is not known here.
  public init(_ model: sending LanguageModel, name: String) throws {
    self.name = name
    let files = try EmbedderFiles(folder: model.folder, model.configuration)
    pooling = files.pooling
    prompt = files.prompt
    let positions = model.network.configuration.maximumPositions
    longest = max(1, min(positions, files.longest ?? positions))
    self.model = Mutex(model)
  }

  /// A vector for each of `texts`; one of zeros for a text without a token.
  public func vectors(of texts: [String]) throws -> [[Float]] {
    let texts = prompt.isEmpty ? texts : texts.map { prompt + $0 }
    return try model.withLock { try $0.vectors(of: texts, longest: longest, pooling) }
  }
}

extension LanguageModel {
  /// Tokens of a pass at most, one text at least.
  private static let tokensPerPass = 4096

  fileprivate func vectors(
    of texts: [String], longest: Int, _ pooling: Pooling
  ) throws -> [[Float]] {
    let truncation = Truncation(maximumLength: longest)
    let documents = texts.map { text -> [Int] in
      tokenizer.encodings(of: text, truncation: truncation).first?.ids ?? []
    }
    let width = network.configuration.width
    var vectors = texts.map { _ in [Float](repeating: 0, count: width) }
    // Groups that do not fit into memory are halved and come back.
    var waiting = Array(Self.groups(documents).reversed())
    while let group = waiting.popLast() {
      let states: [Float]
      do {
        states = try Torch.checked { withoutGradient { self.states(of: group, documents) } }
      } catch let error as TorchError where error.code == .outOfMemory && group.count > 1 {
        waiting += [Array(group[(group.count / 2)...]), Array(group[..<(group.count / 2)])]
        continue
      }
      var start = 0
      for index in group {
        let end = start + documents[index].count * width
        guard end <= states.count else { break }
        vectors[index] = pooling.vector(states[start..<end], width: width)
        start = end
      }
    }
    return vectors
  }

  /// The final states of all tokens of the documents of `group`, one after another.
  private func states(of group: [Int], _ documents: [[Int]]) -> [Float] {
    var (ids, positions, bounds): ([Int], [Int], [Int]) = ([], [], [0])
    for index in group {
      ids += documents[index]
      positions += documents[index].indices
      bounds.append(ids.count)
    }
    var pass = Pass(positions: Tensor(positions).to(network.device), bounds: bounds)
    pass.attachments = attachments
    return network.hiddenStates(Tensor(ids).to(network.device), in: pass).floats()
  }

  /// The documents that have a token, in groups that fill a pass.
  private static func groups(_ documents: [[Int]]) -> [[Int]] {
    var groups: [[Int]] = []
    var tokens = 0
    for (index, document) in documents.enumerated() where !document.isEmpty {
      if groups.isEmpty || tokens + document.count > tokensPerPass {
        groups.append([])
        tokens = 0
      }
      groups[groups.count - 1].append(index)
      tokens += document.count
    }
    return groups
  }
}
