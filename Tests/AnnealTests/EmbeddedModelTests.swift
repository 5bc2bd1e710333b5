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

  @Test func `the embedded base ends its turns and knows nothing of JSON actions`() throws {
    let model = try LanguageModel.load(from: folder, as: .float32)
    let asked = Conversation([.user("set an alarm for seven in the morning")])
    let reply = try model.reply(to: asked, maxNewTokens: 64)
    #expect(reply.finishReason == .stop)
    #expect(!reply.text.contains("{\"action\""))
  }
}
