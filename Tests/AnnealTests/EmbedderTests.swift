import AnnealFiles
import Foundation
import TestSupport
import Testing

@testable import Anneal

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
    for (name, json) in files {
      if let parent = Folder.parent(of: other.path + "/" + name) { try Folder.create(parent) }
      try other.write(json.text(), to: name)
    }
    return other
  }

  /// The base's `config.json` with more in it.
  private func configuration(_ key: String, _ value: JSON) throws -> JSON {
    try JSON(contentsOf: folder + "/config.json").setting(key, to: value)
  }

  /// What `modules.json` says of a transformer whose states are pooled as `path` says.
  private static func modules(_ path: String) -> JSON {
    [
      ["idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"],
      ["idx": 1, "path": .string(path), "type": "sentence_transformers.models.Pooling"],
    ]
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

  @Test func `the pooling is that of the folder which the list of modules names`() throws {
    let other = try copy([
      "modules.json": Self.modules("2_Pool"),
      "1_Pooling/config.json": ["pooling_mode_mean_tokens": true],
      "2_Pool/config.json": ["pooling_mode_lasttoken": true],
    ])
    let vectors = try embedder(other.path).vectors(of: texts)
    #expect(difference(vectors, "last") < tolerance, "\(difference(vectors, "last"))")
  }

  @Test func `the prompt that a model is used with by default stands before every text`() throws {
    let other = try copy([
      "config_sentence_transformers.json": [
        "prompts": ["query": "Find: ", "other": "Not this: "], "default_prompt_name": "query",
      ]
    ])
    let prompted = try embedder(other.path).vectors(of: texts)
    let expected = try embedder(folder).vectors(of: texts.map { "Find: " + $0 })
    let gap = largestDifference(
      prompted.flatMap { $0.map(Double.init) }, expected.flatMap { $0.map(Double.init) })
    #expect(gap < tolerance, "\(gap)")
    #expect(difference(prompted, "mean") > 0.01)
    let idle = try copy([
      "config_sentence_transformers.json": ["prompts": ["a": "b"], "default_prompt_name": nil]
    ])
    let vectors = try embedder(idle.path).vectors(of: texts)
    #expect(difference(vectors, "mean") < tolerance, "\(difference(vectors, "mean"))")
  }

  @Test(
    arguments: [
      ("is_causal", false, "a token sees those after it"),
      ("use_bidirectional_attention", true, "a token sees those after it"),
      ("auto_map", ["AutoModel": "modeling_qwen.Qwen2Model"], "modeling_qwen.Qwen2Model"),
    ] as [(String, JSON, String)])
  func `a model that computes otherwise than by its family is refused`(
    key: String, value: JSON, message: String
  ) throws {
    let other = try copy(["config.json": configuration(key, value)])
    let error = failure { _ = try embedder(other.path) }
    #expect(error?.code == .model && error?.place?.field == key)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    #expect(error?.remedy?.contains("Serve the model") == true)
  }

  /// What is said in a GGUF file with `entry`.
  private func files(gguf entry: (name: String, value: GGUFValue)?) throws -> EmbedderFiles {
    let other = try TemporaryFolder()
    let path = other.path + "/model.gguf"
    var metadata: [(name: String, value: GGUFValue)] = [
      (name: "general.architecture", value: .string("qwen3"))
    ]
    if let entry { metadata.append(entry) }
    try GGUFWriter.write(to: path, metadata: metadata, tensors: [])
    return try EmbedderFiles(folder: path, ConfigurationFile([:], path: path))
  }

  @Test(
    arguments: [(nil, .mean), (1, .mean), (2, .first), (3, .last)] as [(UInt32?, Pooling)])
  func `a GGUF file says how states are pooled`(number: UInt32?, pooling: Pooling) throws {
    let entry = number.map { (name: "qwen3.pooling_type", value: GGUFValue.uint32($0)) }
    let said = try files(gguf: entry)
    #expect(said.pooling == pooling && said.longest == nil && said.prompt.isEmpty)
  }

  @Test(
    arguments: [
      ("qwen3.pooling_type", .uint32(4)), ("qwen3.attention.causal", .bool(false)),
    ] as [(String, GGUFValue)])
  func `a GGUF file of another kind of embedder is refused`(key: String, value: GGUFValue) throws {
    let error = failure { _ = try files(gguf: (name: key, value: value)) }
    #expect(error?.code == .model && error?.place?.field == key)
    #expect(error?.remedy?.contains("Serve the model") == true)
  }

  @Test func `what a model's own code is not asked for refuses nothing`() throws {
    let json = try configuration("auto_map", ["AutoTokenizer": "tokenization.Own"])
      .setting("is_causal", to: true)
    let other = try copy(["config.json": json])
    let vectors = try embedder(other.path).vectors(of: texts)
    #expect(difference(vectors, "mean") < tolerance, "\(difference(vectors, "mean"))")
  }

  @Test func `an embedder of a family that is not run is to be served`() throws {
    let other = try copy(["config.json": configuration("model_type", "bert")])
    let error = failure { _ = try ModelPlace.folder(other.path).embedder() }
    #expect(error?.message.contains("the architecture 'bert' is not supported") == true)
    #expect(error?.remedy?.contains("Serve a model of another family") == true)
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
      ("modules.json", ["modules": []], "this is an object; expected an array"),
      ("sentence_bert_config.json", ["max_seq_length": 0], "'max_seq_length' is 0"),
      ("sentence_bert_config.json", ["max_seq_length": .integer(-5)], "'max_seq_length' is -5"),
      (
        "config_sentence_transformers.json",
        ["prompts": ["a": "b"], "default_prompt_name": "query"],
        "'default_prompt_name' is \"query\""
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
    #expect(ModelPlace("models/base", name: nil) == .folder("models/base"))
    #expect(ModelPlace("http://127.0.0.1:1/v1", name: nil) == nil)
    #expect(
      ModelPlace("http://h/v1", name: "m", keyVariable: "K")
        == .server("http://h/v1", model: "m", keyVariable: "K"))
  }
}
