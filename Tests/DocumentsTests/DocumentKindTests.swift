import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDocuments

/// What every kind of document must do.
@Suite struct DocumentKindTests {
  @Test func `each kind has a name of its own, by which it is found`() throws {
    let names = DocumentKinds.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for name in names { #expect(try DocumentKinds.named(name).name == name) }
    let error = #expect(throws: AnnealError.self) { try DocumentKinds.named("markdwn") }
    #expect(error?.message.contains("did you mean 'markdown'?") == true)
  }

  @Test(arguments: DocumentKinds.all.map { $0.name })
  func `an ending of a kind leads to it or to one that looks closer`(name: String) throws {
    let folder = try TemporaryFolder()
    let kind = try DocumentKinds.named(name)
    for ending in kind.endings {
      #expect(ending == ending.lowercased() && !ending.hasPrefix("."))
      let file = try DocumentFile(path: folder.write("plain words\n", to: "a.\(ending)"))
      if kind.matches(file) {
        #expect(DocumentKinds.all.first { $0.matches(file) }?.endings.contains(ending) == true)
      }
    }
  }

  @Test(arguments: DocumentKinds.all.map { $0.name })
  func `bytes of any kind are read or refused, never trapped on`(name: String) async throws {
    let kind = try DocumentKinds.named(name)
    let folder = try TemporaryFolder()
    var numbers = SplitMix64(seed: 7)
    let samples =
      try ["kiln.docx", "columns.pdf", "damaged.pdf"].map { try fileBytes(fixture($0)) }
      + [
        Array(
          "1\n00:00:01,000 --> 00:00:02,000\nA: b\n\n[{\"type\":\"message\",\"ts\":\"1\"}]".utf8)
      ]
    for round in 0..<12 {
      var bytes = samples[round % samples.count]
      for _ in 0..<20 {
        bytes[Int(numbers.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: numbers.next())
      }
      let path = folder.path + "/\(round).\(kind.endings.first ?? "txt")"
      try AtomicFile.write(bytes, to: path)
      do {
        _ = try await kind.read(
          try DocumentFile(path: path), ReadingSettings(whisper: "no-such-program", seconds: 60))
      } catch let error as AnnealError {
        #expect(!error.message.isEmpty)
      }
    }
  }

  @Test(
    arguments: [
      ([0x1F, 0x8B, 8], "gzip"), (Array("GGUF".utf8), "GGUF"), ([0x50, 0x4B, 3, 4], "zip"),
      ([0x89, 0x50, 0x4E, 0x47], "picture"), ([0xFF, 0xFE, 0, 0xD8, 65, 0], "UTF-16"),
      ([0xFF, 0xFE, 0, 0, 65], "binary"),

      ([1, 0, 2, 0, 3, 0], "binary"),
    ] as [([UInt8], String)])
  func `what is no document is told by what it is`(bytes: [UInt8], words: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.txt"
    try AtomicFile.write(bytes, to: path)
    let error = await failure { try await document(at: path) }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.remedy != nil)
  }

  @Test func `text that is not UTF-8 is read with a note`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.txt"
    try AtomicFile.write([0x63, 0x61, 0x66, 0xE9, 0x0D, 0x0A, 0x62], to: path)
    let read = try await document(at: path)
    #expect(read.passages.map(\.text) == ["caf\u{FFFD}\nb"])
    #expect(read.notes.first?.remedy?.contains("iconv") == true)
  }

  @Test(arguments: [true, false])
  func `UTF-16 with its mark is read, with a note`(isBigEndian: Bool) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.txt"
    let units = [0xFEFF] + Array("Käse 🧀\r\nund Brot".utf16)
    let bytes = units.flatMap { unit -> [UInt8] in
      let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return isBigEndian ? pair : pair.reversed()
    }
    try AtomicFile.write(bytes, to: path)
    let read = try await document(at: path)
    #expect(read.passages.map(\.text) == ["Käse 🧀\nund Brot"])
    #expect(read.notes.map(\.message) == ["the file is UTF-16, and was read as that"])
    // Half a character at the end is none.
    try AtomicFile.write(bytes + [0x41], to: path)
    let error = await failure { try await document(at: path) }
    #expect(error?.message.contains("begins like UTF-16") == true)
  }

  @Test(
    .enabled(if: Installed.pandoc, "pandoc is not installed"),
    arguments: [
      #"<meta charset="iso-8859-1">"#, "<meta charset=windows-1252>",
      #"<META http-equiv="Content-Type" content="text/html; charset=Latin1">"#,
      #"<?xml version="1.0" encoding="ISO-8859-1"?>"#,
    ])
  func `a page that says it is Latin-1 is read so, with a note`(declaration: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.html"
    let page = Array("\(declaration)<body><p>caf".utf8) + [0xE9, 0x80] + Array("</p></body>".utf8)
    try AtomicFile.write(page, to: path)
    let read = try await document(at: path)
    #expect(read.passages.map(\.text) == ["café€"])
    #expect(read.notes.map { $0.message.contains("Windows-1252") } == [true])
    // A page that is UTF-8 all the same is read as that.
    let honest = try await document("\(declaration)<body><p>café</p></body>", "b.html")
    #expect(honest.passages.map(\.text) == ["café"] && honest.notes.isEmpty)
  }

  @Test(
    arguments: [
      ("<meta name=a><meta charset='X-Y'>", "x-y"), ("<p>charset=utf-8", nil), ("", nil),
      ("<?xml encoding = \"UTF-8\" ?>", "utf-8"), ("<meta charset", nil), ("<meta charset=>", nil),
    ] as [(String, String?)])
  func `what a page says of its encoding is found where it counts`(page: String, name: String?) {
    #expect(DeclaredCharset.of(Array(page.utf8)) == name)
  }
}
