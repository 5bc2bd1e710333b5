import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

/// The chat templates of real models against jinja2: hashes of what it writes are in the fixture,
/// the templates themselves lie beside the checkout.
struct TemplateRealTests {
  @Test(.enabled(if: SharedData.path("templates") != nil))
  func `every real template writes what transformers writes`() throws {
    let golden = try Golden("templates/real.json")
    let conversations = try #require(golden.json["conversations"]?.object)
    let templates = try #require(golden.json["templates"]?.object)
    var (pairs, different) = (0, [String]())
    for (name, hashes) in templates {
      guard let path = SharedData.path("templates/\(name)"),
        let source = try TextFile.contents(path)
      else { continue }
      let template = try? ChatTemplate(
        source: source, name: name, fixedTime: try #require(golden.json["now"]?.integer))
      let expected = try #require(hashes.string).split(separator: " ").map(String.init)
      for ((key, object), hash) in zip(conversations, expected) {
        let found = golden.render(
          template, golden.conversation(object), generate: object["generate"]?.bool ?? false,
          variables: object["variables"])
        pairs += 1
        if (found.map(Golden.hash) ?? "!") != hash { different.append("\(name) \(key)") }
      }
    }
    #expect(pairs > 9000)
    #expect(different.isEmpty, "\(different.count) of \(pairs): \(different.prefix(20))")
  }
}
