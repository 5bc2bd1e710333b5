import AnnealDemo
import AnnealFiles
import Testing

@Suite struct DemoTextTests {
  static let documents = Array(DemoText.documents(seed: 3, bytes: 400_000))

  @Test func `documents reach the bytes asked for and little more`() {
    let bytes = Self.documents.reduce(0) { $0 + $1.utf8.count }
    #expect(bytes >= 400_000)
    #expect(bytes < 405_000)
  }

  @Test func `the same seed gives the same documents`() {
    let again = Array(DemoText.documents(seed: 3, bytes: 20_000))
    #expect(again == Array(Self.documents.prefix(again.count)))
    #expect(
      Array(DemoText.documents(seed: 4, bytes: 2000))
        != Array(DemoText.documents(seed: 3, bytes: 2000)))
  }

  @Test func `no document holds JSON, an action's name or anything of the test`() {
    for document in Self.documents {
      #expect(!document.contains("{\"") && !document.contains("\":\""), "\(document)")
      #expect((try? JSON(parsing: document)) == nil, "\(document)")
      #expect(!DemoTask.actions.contains { document.contains($0) }, "\(document)")
      #expect(DemoTask.heldOut.firstLeak(in: document) == nil, "\(document)")
    }
  }

  @Test func `no conversation to learn from holds an action or anything of the test`() {
    var count = 0
    for messages in DemoText.conversations(seed: 3, bytes: 200_000) {
      count += 1
      let said = (messages["messages"]?.array ?? []).compactMap { $0["content"]?.string }
      #expect(said.count >= 2 && said.count % 2 == 0)
      for text in said {
        #expect((try? JSON(parsing: text))?.object == nil, "\(text)")
        #expect(!DemoTask.actions.contains { text.contains($0) }, "\(text)")
        #expect(DemoTask.heldOut.firstLeak(in: text) == nil, "\(text)")
      }
    }
    #expect(count > 100)
  }

  @Test func `every turn of a conversation is opened and closed`() {
    for document in Self.documents where document.hasPrefix("<|im_start|>") {
      let pieces = document.split(separator: "<|im_end|>\n")
      #expect(pieces.count % 2 == 0)
      for (place, piece) in pieces.enumerated() {
        #expect(piece.hasPrefix(place % 2 == 0 ? "<|im_start|>user\n" : "<|im_start|>assistant\n"))
      }
    }
  }
}
