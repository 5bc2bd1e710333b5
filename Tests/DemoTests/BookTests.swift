import AnnealDemo
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The books that the embedded model is pre-trained on beside the project's own text.
@Suite struct BookTests {
  static let books = ["war_and_peace/war-and-peace.txt", "tinyshakespeare/input.txt"]

  @Test(.enabled(if: SharedData.path("datasets") != nil), arguments: books)
  func `no book holds a phrasing or a value of the test`(book: String) throws {
    let path = try #require(SharedData.path("datasets/\(book)"))
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    #expect(text.utf8.count > 1_000_000)
    #expect(DemoTask.heldOut.firstLeak(in: text) == nil)
  }
}
