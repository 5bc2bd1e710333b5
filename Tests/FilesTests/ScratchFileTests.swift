import AnnealFiles
import TestSupport
import Testing

@Suite struct ScratchFileTests {
  @Test func `bytes come back as they were, and no name is left in the folder`() throws {
    let folder = try TemporaryFolder()
    let file = try ScratchFile(in: folder.path)
    #expect(Folder.names(in: folder.path).isEmpty)
    for round in 0..<2 {
      file.rewind()
      let parts: [[UInt8]] = [3, 5000, 70_000].map { count in
        (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + round) }
      }
      let places = try parts.map { try $0.withUnsafeBytes { try file.append($0) } }
      for (part, place) in zip(parts, places).reversed() {
        let mapped = try file.map(place)
        #expect(Array(mapped.bytes) == part)
      }
    }
  }

  @Test func `a folder that is not there is an error that names it`() {
    #expect {
      _ = try ScratchFile(in: "/no/such/folder")
    } throws: { "\($0)".contains("/no/such/folder") }
  }
}
