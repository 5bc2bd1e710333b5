import AnnealFiles
import AnnealText
import TestSupport
import Testing

@testable import AnnealExport

@Suite struct ParityGateTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/model.gguf"
  }

  /// Writes the file of `model` with faults and lets the gate judge it.
  private func verdict(
    _ model: GGUFModel, metadata: ((inout [(name: String, value: GGUFValue)]) -> Void)? = nil,
    tensors: ((inout [GGUFTensor]) -> Void)? = nil
  ) throws -> AnnealError? {
    var entries = model.metadata
    metadata?(&entries)
    var encoded = model.tensors.map { $0.encoded(from: model.weights) { _ in } }
    tensors?(&encoded)
    try GGUFWriter.write(to: path, metadata: entries, tensors: encoded)
    return failure { _ = try ParityGate(model).check(path) }
  }

  private func change(
    _ name: String, _ body: @escaping (GGUFValue) -> GGUFValue?
  ) -> (inout [(name: String, value: GGUFValue)]) -> Void {
    { entries in
      guard let place = entries.firstIndex(where: { $0.name == name }) else {
        Issue.record("there is no \(name)")
        return
      }
      if let value = body(entries[place].value) {
        entries[place].value = value
      } else {
        entries.remove(at: place)
      }
    }
  }

  @Test(arguments: ["F32", "Q8_0", "Q4_K_M", "Q2_K"])
  func `a swapped row of one tensor is found`(_ mix: String) throws {
    let model = try TinyExport().model(mix)
    let name = "blk.1.ffn_up.weight"
    #expect(try verdict(model) == nil)
    let error = try verdict(
      model,
      tensors: { tensors in
        guard let place = tensors.firstIndex(where: { $0.name == name }) else { return }
        let original = tensors[place]
        let row = original.format.byteCount(ofValuesIn: [original.shape[1]]) ?? 0
        tensors[place].withBytes = { write in
          try original.withBytes { bytes in
            var bytes = Array(bytes)
            let (a, b) = (Array(bytes[3 * row..<4 * row]), Array(bytes[9 * row..<10 * row]))
            bytes.replaceSubrange(3 * row..<4 * row, with: b)
            bytes.replaceSubrange(9 * row..<10 * row, with: a)
            try bytes.withUnsafeBytes { try write($0) }
          }
        }
      })
    #expect(error?.code == .gate)
    #expect(error?.place?.field == name)
    #expect(error?.message.contains("row 3") == true, "\(String(describing: error))")
  }

  @Test func `a template with one newline more is found`() throws {
    let error = try verdict(
      try TinyExport().model(),
      metadata: change("tokenizer.chat_template") { value in
        guard case .string(let text) = value else { return nil }
        return .string(text + "\n")
      })
    #expect(error?.place?.field == "tokenizer.chat_template")
  }

  @Test(arguments: ["eot_token_id", "eos_token_id"])
  func `a missing end token is found`(_ key: String) throws {
    let error = try verdict(
      try TinyExport().model(), metadata: change("tokenizer.ggml." + key) { _ in nil })
    #expect(error?.place?.field == "tokenizer.ggml." + key)
  }

  @Test func `a tokenizer with one token too many or another one is found`() throws {
    let model = try TinyExport().model()
    let added = try verdict(
      model,
      metadata: { entries in
        change("tokenizer.ggml.tokens") { value in
          guard case .array(let type, var tokens) = value else { return nil }
          tokens.insert(.string("zzz"), at: 100)
          return .array(type, tokens)
        }(&entries)
        change("tokenizer.ggml.token_type") { value in
          guard case .array(let type, var kinds) = value else { return nil }
          kinds.insert(.int32(1), at: 100)
          return .array(type, kinds)
        }(&entries)
      })
    #expect(added?.code == .gate && added?.place?.field?.hasPrefix("tokenizer.ggml") == true)
    let merges = try verdict(
      model,
      metadata: change("tokenizer.ggml.merges") { value in
        guard case .array(let type, var merges) = value else { return nil }
        merges.removeFirst()
        return .array(type, merges)
      })
    #expect(merges?.code == .gate)
    let words = try verdict(
      model, metadata: change("tokenizer.ggml.pre") { _ in .string("llama-bpe") })
    #expect(words?.code == .gate)
  }

  @Test func `a file that fails takes no place`() throws {
    struct Fickle: TensorSource {
      let weights: DrawnWeights
      let reads = Counter()
      var names: [String] { weights.names }
      func shape(of name: String) -> [Int]? { weights.shape(of: name) }
      func read(
        _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
      ) throws {
        try weights.read(name, rows: rows, into: values)
        reads.count += 1
        // What is compared differs from what was written.
        if name == "model.norm.weight", reads.count > weights.names.count { values[0] += 1 }
      }
    }
    final class Counter { var count = 0 }
    let tiny = TinyExport()
    let text = try tiny.text()
    let rows = text.tokenizer.vocabularySize
    let model = try GGUFModel(
      tiny.configuration(rows: rows), weights: Fickle(weights: tiny.weights(rows: rows)),
      text: text, mix: .named("F16"))
    let error = failure { try model.write(to: path) }
    #expect(error?.code == .gate && error?.place?.field == "output_norm.weight")
    #expect(error?.place?.file == path)
    #expect(Folder.names(in: folder.path).isEmpty)
  }
}
