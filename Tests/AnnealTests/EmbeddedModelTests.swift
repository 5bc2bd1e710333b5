import Anneal
import AnnealFiles
import TestSupport
import Testing

@Suite struct EmbeddedModelTests {
  private let folder = Checkout.path("Resources/base")

  @Test func `the embedded base has at most 5_500_000 values and 12 MB`() throws {
    let model = try LanguageModel.load(from: folder)
    #expect(model.network.parameterCount <= 5_500_000)
    #expect(Folder.bytes(below: folder) <= 12_000_000)
    #expect(model.network.dtype == .bfloat16)
  }

  @Test func `what hinders an export is told of a folder before anything is trained`() throws {
    #expect(ModelExport.obstacle(toExporting: folder) == nil)
    let other = try TemporaryFolder()
    for name in Folder.names(in: folder) where name != "tokenizer.json" {
      try AtomicFile.copy(folder + "/" + name, to: other.path + "/" + name)
    }
    let cut: JSON = [
      "type": "Sequence",
      "pretokenizers": [
        ["type": "Split", "pattern": ["Regex": "a"], "behavior": "Isolated", "invert": false],
        ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      ],
    ]
    let tokenizer = try JSON(contentsOf: folder + "/tokenizer.json", code: .model)
    _ = try other.write(
      tokenizer.setting("pre_tokenizer", to: cut).text(), to: "tokenizer.json")
    let obstacle = ModelExport.obstacle(toExporting: other.path)
    #expect(
      obstacle?.message.contains("llama.cpp has no name") == true, "\(String(describing: obstacle))"
    )
  }

  @Test func `the embedded base ends its turns and knows nothing of JSON actions`() throws {
    let model = try LanguageModel.load(from: folder, as: .float32)
    let asked = Conversation([.user("set an alarm for seven in the morning")])
    let reply = try model.reply(to: asked, maxNewTokens: 64)
    #expect(reply.finishReason == .stop)
    #expect(!reply.text.contains("{\"action\""))
  }
}
