import AnnealExport
import AnnealNeural
import TestSupport
import Testing

@testable import Anneal

@Suite struct ModelExportTests {
  @Test func `a model with its adapter stays in its file, unless rows are put through it`() throws {
    let folder = Fixture.path("merging")
    var export = ModelExport(
      model: folder + "/base", adapter: folder + "/first", mix: try .named("f16"))
    let read = try export.loaded()
    let isStreamed = read.network.inventory.tensors.contains { $0.isStreamed }
    #expect(isStreamed && !read.attachments.isEmpty)
    export.calibration = ["rows.jsonl"]
    let asked = try export.loaded()
    let isHeld = asked.network.inventory.tensors.allSatisfy { !$0.isStreamed }
    #expect(isHeld && asked.attachments.count == read.attachments.count)
  }
}
