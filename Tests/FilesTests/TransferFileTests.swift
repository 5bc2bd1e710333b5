import AnnealFiles
import Foundation
import TestSupport
import Testing

@Suite struct TransferFileTests {
  @Test func `a partial file grows over several attempts and is then renamed`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.incomplete"
    for part in [[1, 2, 3], [4, 5]] as [[UInt8]] {
      let file = try PartialFile(path: path)
      try part.withUnsafeBytes { try file.append($0) }
    }
    let file = try PartialFile(path: path)
    #expect(file.count == 5)
    try file.move(to: folder.path + "/a")
    #expect(try fileBytes(folder.path + "/a") == [1, 2, 3, 4, 5] && !Folder.holdsFile(path))
    let other = try PartialFile(path: folder.path + "/b")
    try [UInt8](repeating: 7, count: 9).withUnsafeBytes { try other.append($0) }
    try other.empty()
    try [UInt8]([8]).withUnsafeBytes { try other.append($0) }
    #expect(try fileBytes(folder.path + "/b") == [8] && other.count == 1)
    #expect(throws: AnnealError.self) { try PartialFile(path: folder.path + "/none/c") }
  }

  @Test func `a file is read at any place, and its end is an error`() throws {
    let folder = try TemporaryFolder()
    let file = try RandomAccessFile(path: folder.write("0123456789", to: "a"))
    #expect(try file.read(3..<6) == Array("345".utf8) && file.read(10..<10).isEmpty)
    #expect(throws: AnnealError.self) { try file.read(8..<12) }
    #expect(throws: AnnealError.self) { try RandomAccessFile(path: folder.path + "/none") }
  }

  @Test func `git's names of contents are git's`() throws {
    // git hash-object of an empty file and of "hello\n".
    #expect(GitBlobDigest.hex(of: []) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    let hello = Array("hello\n".utf8)
    #expect(GitBlobDigest.hex(of: hello) == "ce013625030ba8dba906f756967f9e9ca394464a")
    let folder = try TemporaryFolder()
    let path = try folder.write("hello\n", to: "hello")
    #expect(try GitBlobDigest.hex(ofFile: path) == "ce013625030ba8dba906f756967f9e9ca394464a")
  }

  @Test func `a link is written over what was there, and read`() throws {
    let folder = try TemporaryFolder()
    try folder.write("one", to: "one")
    try folder.write("two", to: "two")
    let link = folder.path + "/link"
    try SymbolicLink.write(to: link, target: "one")
    try SymbolicLink.write(to: link, target: "two")
    #expect(SymbolicLink.target(of: link) == "two")
    #expect(try fileBytes(link) == Array("two".utf8))
    #expect(SymbolicLink.target(of: folder.path + "/one") == nil)
    #expect(throws: AnnealError.self) {
      try SymbolicLink.write(to: folder.path + "/none/link", target: "one")
    }
    #expect(Folder.names(in: folder.path) == ["link", "one", "two"])
  }

  @Test func `a lock by a file is had by one at a time, and let go with its object`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.lock"
    var first = try FileLock(file: path)
    #expect(first != nil)
    #expect(try FileLock(file: path) == nil)
    first = nil
    #expect(try FileLock(file: path) != nil)
    _ = first
    let other = folder.path + "/named.lock"
    let named = try FileLock(file: other, isNamed: true)
    let holder = FileLock.holder(ofFile: other)
    #expect(named != nil && holder == Int(ProcessInfo.processInfo.processIdentifier))
  }
}
