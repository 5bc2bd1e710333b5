import AnnealFiles
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct GGUFTests {
  /// A file put together by hand: magic, version, counts, then `entries`.
  private func file(
    _ folder: TemporaryFolder, version: UInt32 = 3, count: UInt64, _ entries: [[UInt8]]
  ) throws -> String {
    var bytes = Array("GGUF".utf8) + little(version) + little(UInt64(7)) + little(count)
    for entry in entries { bytes += entry }
    let path = folder.path + "/model.gguf"
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private func string(_ text: String) -> [UInt8] {
    little(UInt64(text.utf8.count)) + Array(text.utf8)
  }

  private func entry(_ name: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
    string(name) + little(type) + value
  }

  @Test func `values of every type are read back`() throws {
    let folder = try TemporaryFolder()
    let path = try file(
      folder, count: 8,
      [
        entry("byte", 0, [200]), entry("short", 3, little(Int16(-5))),
        entry("large", 10, little(UInt64(1) << 40)), entry("too large", 10, little(UInt64.max)),
        entry("flag", 7, [1]), entry("text", 8, string("Ä")),
        entry("words", 9, little(UInt32(8)) + little(UInt64(2)) + string("a") + string("")),
        entry(
          "scores", 9,
          little(UInt32(6)) + little(UInt64(2)) + little(Float(1.5).bitPattern)
            + little(Float(-2).bitPattern)),
      ])
    let gguf = try GGUFFile(path: path)
    #expect(gguf.tensorCount == 7)
    #expect(gguf.names.count == 8)
    #expect(gguf.integer("byte") == 200)
    #expect(gguf.integer("short") == -5)
    #expect(gguf.integer("large") == 1 << 40)
    #expect(gguf.integer("too large") == nil)
    #expect(gguf.bool("flag") == true)
    #expect(gguf.string("text") == "Ä")
    #expect(gguf.strings("words") == [Array("a".utf8), []])
    #expect(gguf.numbers("scores") == [1.5, -2])
    #expect(gguf.string("byte") == nil)
    #expect(gguf.integers("words") == nil)
    #expect(gguf.integer("absent") == nil)
  }

  @Test func `false lengths and counts are refused`() throws {
    let folder = try TemporaryFolder()
    let huge = little(UInt64(1) << 62)
    let broken: [(UInt32, UInt64, [[UInt8]])] = [
      (1, 0, []), (50_331_648, 0, []), (3, 1, []), (3, UInt64.max, []), (3, 1 << 62, []),
      (3, 1, [huge]), (3, 1, [entry("a", 13, [])]), (3, 1, [entry("a", 8, huge)]),
      (3, 1, [entry("a", 9, little(UInt32(8)) + huge)]),
      (3, 1, [entry("a", 9, little(UInt32(12)) + huge)]),
      (3, 1, [entry("a", 9, little(UInt32(9)) + little(UInt64(1)))]),
    ]
    for (version, count, entries) in broken {
      let path = try file(folder, version: version, count: count, entries)
      let error = try #require(throws: AnnealError.self) { _ = try GGUFFile(path: path) }
      #expect(error.code == .model)
      #expect(error.place?.file == path)
    }
  }
}
