import TestSupport
import Testing

@testable import AnnealFiles

struct AtomicTests {
  private struct Stop: Error {}

  @Test func `a file appears whole and replaces the old one`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.txt"
    try AtomicFile.write("old", to: path)
    try AtomicFile.write("new", to: path)
    #expect(try contents(path) == Array("new".utf8))
    #expect(Folder.names(in: folder.path) == ["a.txt"])
  }

  @Test func `a failure keeps the old file and leaves no trace`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.txt"
    try AtomicFile.write("old", to: path)
    #expect(throws: Stop.self) {
      try AtomicFile.write(to: path) { output in
        try output.write("half")
        throw Stop()
      }
    }
    #expect(try contents(path) == Array("old".utf8))
    #expect(Folder.names(in: folder.path) == ["a.txt"])
  }

  @Test func `more than the disk holds is refused before a byte is written`() throws {
    let folder = try TemporaryFolder()
    let error = failure {
      try AtomicFile.write(to: folder.path + "/big", expectedBytes: 1 << 60) { _ in }
    }
    #expect(error?.code == .storage)
    #expect(error?.message.contains("1152921504606846976 more bytes are needed") == true)
    #expect(error?.message.contains("are free") == true)
    #expect(Folder.names(in: folder.path).isEmpty)
  }

  #if os(Linux)
    @Test func `a disk that fills while writing is told as such`() throws {
      let error = failure {
        let output = try OutputFile(path: "/dev/full")
        try output.write("x")
        try output.close()
      }
      #expect(error?.code == .storage)
      #expect(error?.message.contains("the disk is full: 1 more bytes are needed") == true)
    }
  #endif

  @Test func `a missing folder is named`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/no/a.txt"
    let error = failure { try AtomicFile.write("x", to: path) }
    #expect(error?.code == .storage)
    #expect(error?.place?.file == path)
  }

  @Test func `a folder appears whole and replaces the old one`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/best"
    for text in ["one", "two"] {
      try AtomicFolder.write(to: path) { try AtomicFile.write(text, to: $0 + "/\(text).txt") }
    }
    #expect(Folder.files(below: path) == ["two.txt"])
    #expect(Folder.names(in: folder.path) == ["best"])
  }

  @Test func `a folder that could not be built leaves the old one`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/best"
    try AtomicFolder.write(to: path) { try AtomicFile.write("x", to: $0 + "/x") }
    #expect(throws: Stop.self) {
      try AtomicFolder.write(to: path) { partial in
        try AtomicFile.write("y", to: partial + "/y")
        throw Stop()
      }
    }
    #expect(Folder.files(below: path) == ["x"])
    #expect(Folder.names(in: folder.path) == ["best"])
  }

  @Test func `what a killed process left behind is cleared`() throws {
    let folder = try TemporaryFolder()
    let stay = [
      // Process 1 runs, so its folder may still be in use; what runs elsewhere is not known.
      "best.partial-\(Partial.place)-1-1", "best.partial-0-2147483646-1",
      // What is called so by chance.
      "best.partial-2024-backup", "best.partial-\(Partial.place)-2147483646-old",
    ]
    for name in stay + ["best.partial-\(Partial.place)-2147483646-1"] {
      try Folder.create(folder.path + "/" + name)
    }
    try AtomicFolder.write(to: folder.path + "/best") { _ in }
    #expect(Set(Folder.names(in: folder.path)) == Set(stay + ["best"]))
  }

  @Test func `what a killed process left of a file is cleared by the next that writes it`() throws {
    let folder = try TemporaryFolder()
    // Process 1 runs, and what another file left is that one's to clear.
    let stay = [
      ".a.txt.partial-\(Partial.place)-1-1", ".b.txt.partial-\(Partial.place)-2147483646-1",
    ]
    for name in stay + [".a.txt.partial-\(Partial.place)-2147483646-1"] {
      _ = try folder.file(name, "half")
    }
    try AtomicFile.write("new", to: folder.path + "/a.txt")
    #expect(Folder.names(in: folder.path) == stay + ["a.txt"])
  }

  @Test func `a locked folder names the process that holds it`() throws {
    let folder = try TemporaryFolder()
    var lock: FileLock? = try FileLock(folder: folder.path)
    let holder = String(decoding: try contents(folder.path + "/.lock").dropLast(), as: UTF8.self)
    let error = failure { _ = try FileLock(folder: folder.path) }
    #expect(error?.code == .storage)
    #expect(error?.message == "the folder is in use by process \(holder)")
    #expect(lock != nil)
    lock = nil
    _ = try FileLock(folder: folder.path)
  }

  @Test func `free space is known for folders that are yet to be made`() throws {
    let folder = try TemporaryFolder()
    #expect(try #require(Disk.freeBytes(at: folder.path + "/a/b/c")) > 0)
  }

  @Test func `the folder and the name of a path are told apart`() {
    #expect(Folder.parent(of: "a/b/c") == "a/b")
    #expect(Folder.parent(of: "a/b/") == "a")
    #expect(Folder.parent(of: "a") == ".")
    #expect(Folder.parent(of: "/a") == "/")
    #expect(Folder.parent(of: "/") == nil)
    #expect(Folder.name(of: "a/b/") == "b")
  }
}
