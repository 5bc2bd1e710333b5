import Anneal
import AnnealFiles
import Foundation
import TestSupport
import Testing

/// Vectors of the embedded base, beside those that transformers computes.
@Suite struct LocalEmbedderTests {
  private let folder = Checkout.path("Resources/base")
  private let expected: JSON
  private let texts: [String]

  init() throws {
    expected = try JSON(contentsOf: Fixture.path("embeddings/base.json"))
    texts = expected["texts"]?.array?.compactMap(\.string) ?? []
  }

  private func known(_ pooling: String) -> [[Double]] {
    (expected[pooling]?.array ?? []).map { ($0.array ?? []).compactMap(\.number) }
  }

  private func embedder(_ folder: String) throws -> LocalEmbedder {
    try LocalEmbedder(LanguageModel.load(from: folder, as: .float32), name: "base")
  }

  /// The base with more files beside it.
  private func copy(_ files: [String: JSON]) throws -> TemporaryFolder {
    let other = try TemporaryFolder()
    for name in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
      try AtomicFile.copy(folder + "/" + name, to: other.path + "/" + name)
    }
    try FileManager.default.createDirectory(
      atPath: other.path + "/1_Pooling", withIntermediateDirectories: true)
    for (name, json) in files { try other.write(json.text(), to: name) }
    return other
  }

  // Values of up to 7.4 after six layers in float32, whose sums are taken in another order, and five
  // digits in the fixture; a token more or less, or weights in bfloat16, change them by 0.01 and more.
  private let tolerance = 5e-4

  private func difference(_ vectors: [[Float]], _ pooling: String) -> Double {
    largestDifference(vectors.flatMap { $0.map(Double.init) }, known(pooling).flatMap { $0 })
  }

  @Test func `a text's vector is the mean of its tokens' final states, as by transformers`() throws
  {
    let embedder = try embedder(folder)
    #expect(embedder.pooling == .mean && texts.count == 5)
    let vectors = try embedder.vectors(of: texts)
    #expect(difference(vectors, "mean") < tolerance, "\(difference(vectors, "mean"))")
  }

  @Test func `no text's vector depends on the others of its batch`() throws {
    let embedder = try embedder(folder)
    // More tokens than a pass takes.
    let many = (0..<300).map { "\(texts[$0 % texts.count]) \($0)" } + texts
    let together = try embedder.vectors(of: many)
    for index in [0, 1, 7, 150, 299, 300, 304] {
      let alone = try embedder.vectors(of: [many[index]])
      let gap = largestDifference(
        together[index].map(Double.init), (alone.first ?? []).map(Double.init))
      #expect(gap < tolerance, "\(index): \(gap)")
    }
    #expect(try embedder.vectors(of: []).isEmpty)
  }

  @Test(
    arguments: [
      (["pooling_mode_lasttoken": true, "pooling_mode_mean_tokens": false], "last"),
      (["pooling_mode_cls_token": true, "word_embedding_dimension": 256], "first"),
      (["pooling_mode_mean_tokens": true], "mean"), (["pooling_mode": "lasttoken"], "last"),
    ] as [(JSON, String)])
  func `a model's folder says how states are pooled`(config: JSON, pooling: String) throws {
    let other = try copy(["1_Pooling/config.json": config])
    let vectors = try embedder(other.path).vectors(of: texts)
    #expect(difference(vectors, pooling) < tolerance, "\(difference(vectors, pooling))")
  }

  @Test func `texts are cut to the longest that the model's folder names`() throws {
    let other = try copy(["sentence_bert_config.json": ["max_seq_length": 8]])
    let vectors = try embedder(other.path).vectors(of: texts)
    #expect(difference(vectors, "cut") < tolerance, "\(difference(vectors, "cut"))")
    // The model's own longest is 1024 tokens.
    let long = String(repeating: "over and over ", count: 2000)
    #expect(try embedder(folder).vectors(of: [long]).first?.allSatisfy(\.isFinite) == true)
  }

  @Test(
    arguments: [
      (
        "1_Pooling/config.json",
        ["pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": true],
        "pooling_mode_max_tokens and pooling_mode_mean_tokens"
      ),
      ("1_Pooling/config.json", ["word_embedding_dimension": 256], "the pooling is not named"),
      (
        "modules.json", [["type": "sentence_transformers.models.Dense"]],
        "the module is sentence_transformers.models.Dense"
      ),
    ] as [(String, JSON, String)])
  func `what is not known on top of a model is refused`(
    file: String, json: JSON, message: String
  ) throws {
    let other = try copy([file: json])
    let error = failure { _ = try embedder(other.path) }
    #expect(error?.code == .model && error?.place?.file == other.path + "/" + file)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func `a model that was saved without its head is an embedder too`() throws {
    let other = try copy([:])
    let file = other.path + "/model.safetensors"
    let bytes = try fileBytes(file)
    // A header's length in eight bytes, the header, and the tensors.
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSON(parsing: Array(bytes[8..<8 + length]))
    let renamed = JSON(
      members: header.members.map { key, value in
        (key.hasPrefix("model.") ? String(key.dropFirst(6)) : key, value)
      })
    var text = Array(renamed.text().utf8)
    text += repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    let size = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    var whole: [UInt8] = size + text
    whole += bytes[(8 + length)...]
    _ = try other.file("model.safetensors", whole)
    let vectors = try embedder(other.path).vectors(of: texts)
    #expect(difference(vectors, "mean") < tolerance, "\(difference(vectors, "mean"))")
  }

  @Test func `a place is a folder or a server with the model's name`() {
    #expect(EmbedderPlace("models/base", name: nil) == .folder("models/base"))
    #expect(EmbedderPlace("http://127.0.0.1:1/v1", name: nil) == nil)
    #expect(
      EmbedderPlace("http://h/v1", name: "m", keyVariable: "K")
        == .server("http://h/v1", model: "m", keyVariable: "K"))
  }
}
