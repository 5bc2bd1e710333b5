import AnnealFiles
import TestSupport
import Testing

@Suite struct GGUFWriterTests {
  private static let metadata: [(name: String, value: GGUFValue)] = [
    ("uint8", .uint8(200)), ("int8", .int8(-100)), ("uint16", .uint16(60_000)),
    ("int16", .int16(-30_000)), ("uint32", .uint32(4_000_000_000)), ("int32", .int32(-7)),
    ("uint64", .uint64(1 << 40)), ("int64", .int64(-1 << 40)), ("float32", .float32(0.5)),
    ("float64", .float64(0.1)), ("bool", .bool(true)), ("string", .string("Grüße")),
    ("strings", .strings(["a", "", "ü"])), ("integers", .integers([1, -2])),
    ("floats", .floats([0.5, -1.5])), ("empty", .array(.string, [])),
  ]

  private func tensor(_ name: String, _ shape: [Int], _ values: [Float]) -> GGUFTensor {
    GGUFTensor(name: name, format: BlockFormats.all[0], shape: shape) { write in
      try values.withUnsafeBytes { try write($0) }
    }
  }

  @Test func `what is written is read back`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.gguf"
    let tensors = [tensor("a", [2, 3], [1, 2, 3, 4, 5, 6]), tensor("b", [1], [7])]
    try GGUFWriter.write(to: path, metadata: Self.metadata, tensors: tensors)
    let file = try GGUFFile(path: path)
    #expect(file.names == Self.metadata.map(\.name))
    #expect(file.integer("uint8") == 200)
    #expect(file.integer("int8") == -100)
    #expect(file.integer("uint16") == 60_000)
    #expect(file.integer("int16") == -30_000)
    #expect(file.integer("uint32") == 4_000_000_000)
    #expect(file.integer("int32") == -7)
    #expect(file.integer("uint64") == 1 << 40)
    #expect(file.integer("int64") == -1 << 40)
    #expect(file.number("float32") == 0.5)
    #expect(file.number("float64") == 0.1)
    #expect(file.bool("bool") == true)
    #expect(file.string("string") == "Grüße")
    #expect(file.strings("strings") == [Array("a".utf8), [], Array("ü".utf8)])
    #expect(file.integers("integers") == [1, -2])
    #expect(file.numbers("floats") == [0.5, -1.5])
    #expect(file.strings("empty") == [])
    let entries = try file.tensors()
    #expect(entries.map(\.name) == ["a", "b"])
    #expect(entries.map(\.shape) == [[2, 3], [1]])
    #expect(entries.allSatisfy { $0.byteRange.lowerBound % 32 == 0 })
    #expect(floats(of: entries[0], in: file) == [1, 2, 3, 4, 5, 6])
    #expect(floats(of: entries[1], in: file) == [7])
    let expected = try GGUFWriter.byteCount(metadata: Self.metadata, tensors: tensors, path: path)
    #expect(expected == Folder.fileBytes(path))
  }

  @Test func `another alignment is written and heeded`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.gguf"
    let tensors = [tensor("a", [1], [1]), tensor("b", [1], [2])]
    try GGUFWriter.write(to: path, metadata: [], tensors: tensors, alignment: 4096)
    let file = try GGUFFile(path: path)
    let entries = try file.tensors()
    #expect(entries.allSatisfy { $0.byteRange.lowerBound % 4096 == 0 })
    #expect(floats(of: entries[1], in: file) == [2])
  }

  @Test func `what cannot be a file is refused and nothing is left`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.gguf"
    let long = String(repeating: "x", count: 64)
    let halves = GGUFTensor(name: "a", format: try format("Q4_K"), shape: [2, 128]) { _ in }
    let faults: [([(name: String, value: GGUFValue)], [GGUFTensor], String)] = [
      ([("a", .bool(true)), ("a", .bool(false))], [], "two metadata entries are called a"),
      ([("a", .array(.int8, [.bool(true)]))], [], "of another type than its own"),
      ([], [tensor("a", [2], [1])], "gave 4 bytes; 8 are expected"),
      ([], [tensor("a", [1], [1]), tensor("a", [1], [1])], "two tensors are called a"),
      ([], [tensor("a", [0], [])], "all positive"),
      ([], [tensor(long, [1], [1])], "has 64 bytes"),
      ([], [halves], "no whole number of blocks of 256"),
    ]
    for (metadata, tensors, words) in faults {
      let error = try #require(
        failure(of: { try GGUFWriter.write(to: path, metadata: metadata, tensors: tensors) }))
      #expect(error.message.contains(words), "\(error)")
      #expect(Folder.names(in: folder.path).isEmpty)
    }
  }

  @Test func `false lists of tensors are refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.gguf"
    try GGUFWriter.write(
      to: path, metadata: [], tensors: [tensor("a", [2, 3], [1, 2, 3, 4, 5, 6])])
    let whole = try fileBytes(path)
    // Magic, version, counts, then the tensor: name, dimensions, two extents, type, offset.
    let (name, extent, type, offset) = (24, 37, 53, 57)
    let faults: [(String, (inout [UInt8]) -> Void)] = [
      ("beyond the file's end", { $0.removeLast(40) }),
      ("is broken or reaches beyond", { $0[name + 4] = 1 }),
      (
        "too large",
        { for place in extent..<extent + 8 { $0[place] = place < extent + 7 ? 0xFF : 0x7F } }
      ),
      ("its type 200 is not known", { $0[type] = 200 }),
      ("beyond the file's end", { for place in offset..<offset + 7 { $0[place] = 0xFF } }),
      ("is broken or reaches beyond", { $0[8] = 9 }),
    ]
    for (words, spoil) in faults {
      var bytes = whole
      spoil(&bytes)
      let spoilt = try folder.file("spoilt.gguf", bytes)
      let error = try #require(failure(of: { _ = try GGUFFile(path: spoilt).tensors() }))
      #expect(error.message.contains(words), "\(error)")
      #expect(error.code == .model)
    }
  }
}

/// The values of a tensor in a file.
func floats(of entry: GGUFTensorEntry, in file: GGUFFile) -> [Float] {
  [Float](unsafeUninitializedCapacity: entry.rows * entry.width) { values, count in
    entry.format.decode(
      file.bytes(of: entry).bindMemory(to: UInt8.self), width: entry.width, into: values)
    count = values.count
  }
}

/// A format by its name.
func format(_ name: String) throws -> any BlockFormat.Type {
  try #require(BlockFormats.named(name))
}
