import AnnealExport
import AnnealFiles
import AnnealTorch
import TestSupport
import Testing

@testable import Anneal

/// Files of the embedded model and of models that are not quite it.
@Suite struct LogitGateTests {
  private let folder: TemporaryFolder
  private let base: String

  /// The embedded model, cutting words in a way that llama.cpp has a name for.
  init() throws {
    folder = try TemporaryFolder()
    base = folder.path + "/base"
    let own = Checkout.path("Resources/base")
    try Folder.create(base)
    for name in Folder.names(in: own) where Folder.holdsFile("\(own)/\(name)") {
      try AtomicFile.copy("\(own)/\(name)", to: "\(base)/\(name)")
    }
    let words: JSON = [
      "type": "Sequence",
      "pretokenizers": [
        ["type": "Digits", "individual_digits": true],
        ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      ],
    ]
    let json = try JSON(contentsOf: base + "/tokenizer.json").setting("pre_tokenizer", to: words)
    try AtomicFile.write(json.text(), to: base + "/tokenizer.json")
  }

  /// The model with its tensors or its configuration changed.
  private func changed(
    _ tensor: (String, Tensor) -> Tensor, _ configuration: (JSON) -> JSON = { $0 }
  ) throws -> String {
    let copy = folder.path + "/changed"
    try Folder.create(copy)
    for name in Folder.names(in: base) where Folder.holdsFile("\(base)/\(name)") {
      try AtomicFile.copy("\(base)/\(name)", to: "\(copy)/\(name)")
    }
    let tensors = try TensorFile.read(base + "/model.safetensors").map { ($0, tensor($0, $1)) }
    try TensorFile.write(tensors, to: copy + "/model.safetensors")
    let json = try JSON(contentsOf: copy + "/config.json")
    try AtomicFile.write(configuration(json).text(), to: copy + "/config.json")
    return copy
  }

  private func export(_ model: String, _ type: String) throws -> (String, ParityReport) {
    let path = "\(folder.path)/\(Folder.name(of: model)).gguf"
    let (_, parity, logits) = try ModelExport(model: model, mix: .named(type)).gguf(to: path)
    #expect((logits?.found.tokens ?? 0) > 50)
    return (path, parity)
  }

  private func verdict(_ file: String, _ errors: [String: Double]) -> AnnealError? {
    do {
      _ = try LogitGate(model: base, adapter: nil, template: nil).check(file, errors: errors)
      return nil
    } catch { return error as? AnnealError }
  }

  @Test(arguments: ["f32", "q8_0", "q4_k_m"])
  func `a file passes, and one of another rotary base or with rows exchanged does not`(
    type: String
  ) throws {
    let (good, parity) = try export(base, type)
    #expect(verdict(good, parity.errors) == nil)
    let turned = try changed({ $1 }, { $0.setting("rope_theta", to: 20_000) })
    let other = try export(turned, type).0
    let fault = verdict(other, parity.errors)
    #expect(fault?.code == .gate && fault?.message.contains("differs most after") == true)
    #expect(!Folder.names(in: folder.path).contains { $0.hasSuffix(".gguf.gguf") })
    // Among values of four bits, two rows of hundreds are found by the check of rows alone.
    guard type != "q4_k_m" else { return }
    let swapped = try changed { name, value in
      guard name == "model.layers.1.mlp.down_proj.weight" else { return value }
      var rows = Array(0..<value.size(0))
      rows.swapAt(3, 9)
      return value.indexSelect(0, Tensor(rows))
    }
    #expect(verdict(try export(swapped, type).0, parity.errors)?.code == .gate)
  }
}
