import AnnealFiles
import TestSupport
import Testing

struct ManifestTests {
  private func sealed() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Folder.create(folder.path + "/sub")
    _ = try folder.file("a.bin", [1, 2, 3])
    _ = try folder.file("sub/b.txt", "text")
    try Manifest.write(folder: folder.path)
    return folder
  }

  @Test func `digests are those of the FIPS 180-4 examples`() throws {
    #expect(
      SHA256Digest.hex(of: "abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let folder = try TemporaryFolder()
    let path = try folder.file("m", Array(repeating: UInt8(ascii: "a"), count: 3_000_000))
    #expect(try SHA256Digest.hex(ofFile: path) == SHA256Digest.hex(of: try contents(path)))
    let empty = try folder.file("e", [])
    #expect(try SHA256Digest.hex(ofFile: empty) == SHA256Digest.hex(of: ""))
  }

  @Test func `an untouched folder verifies`() throws {
    let folder = try sealed()
    try Manifest.verify(folder: folder.path)
    let json = try JSON(contentsOf: folder.path + "/manifest.json")
    #expect(json["files"]?["sub/b.txt"]?["bytes"] == 4)
  }

  @Test func `one flipped byte is found and the file named`() throws {
    let folder = try sealed()
    let path = try folder.file("a.bin", [1, 2, 2])
    let error = failure { try Manifest.verify(folder: folder.path) }
    #expect(error?.code == .model)
    #expect(error?.place?.file == path)
    #expect(error?.message.hasPrefix("the file differs from what was written") == true)
  }

  @Test func `a shortened, a missing file and a missing manifest are found`() throws {
    let folder = try sealed()
    _ = try folder.file("sub/b.txt", "tex")
    #expect(
      failure { try Manifest.verify(folder: folder.path) }?.message
        == "the file has 3 bytes; manifest.json says 4")
    try Folder.remove(folder.path + "/sub/b.txt")
    #expect(
      failure { try Manifest.verify(folder: folder.path) }?.message.hasPrefix(
        "the file is missing") == true)
    try Folder.remove(folder.path + "/manifest.json")
    #expect(
      failure { try Manifest.verify(folder: folder.path) }?.message.hasPrefix(
        "manifest.json is missing") == true)
  }
}
