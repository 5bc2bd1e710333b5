import AnnealFiles
import TestSupport
import Testing

struct SafetensorsTests {
  private static let sizes = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1,
    "U16": 2, "U32": 4, "U64": 8, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
  ]

  @Test func `every type that the reference writes is read`() throws {
    let file = try SafetensorsFile(path: Fixture.path("files/types.safetensors"))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.names.count == Self.sizes.count + 2)
    for (dtype, size) in Self.sizes {
      let entry = try #require(file.entry("a.\(dtype)"))
      #expect(entry.dtype == dtype)
      #expect(entry.shape == [2, 3])
      #expect(file.bytes(of: entry).count == 6 * size)
    }
    let floats = try #require(file.entry("a.F32"))
    let values = (0..<6).map {
      file.bytes(of: floats).loadUnaligned(fromByteOffset: $0 * 4, as: Float.self)
    }
    #expect(values == [0, 1, 2, 3, 4, 5])
    #expect(file.entry("empty")?.shape == [0, 4])
    #expect(file.entry("scalar")?.shape == [])
    #expect(file.entry("absent") == nil)
  }

  @Test func `writing what was read gives the bytes of the reference`() throws {
    let path = Fixture.path("files/types.safetensors")
    let file = try SafetensorsFile(path: path)
    let folder = try TemporaryFolder()
    let copy = folder.path + "/copy.safetensors"
    let tensors = file.names.reversed().compactMap { file.entry($0) }.map { entry in
      SafetensorsTensor(name: entry.name, dtype: entry.dtype, shape: entry.shape) { body in
        try body(file.bytes(of: entry))
      }
    }
    try SafetensorsWriter.write(to: copy, metadata: file.metadata, tensors: tensors)
    #expect(try contents(copy) == contents(path))
    #expect(Folder.names(in: folder.path) == ["copy.safetensors"])
  }

  @Test func `writing through a pointer never reaches the file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.safetensors", Self.file(#"{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 4))
    let before = try contents(path)
    let file = try SafetensorsFile(path: path)
    let bytes = file.bytes(of: try #require(file.entry("x")))
    UnsafeMutableRawBufferPointer(mutating: bytes)[0] = 99
    #expect(bytes[0] == 99)
    #expect(try contents(path) == before)
  }

  /// A file with `header` and so many bytes of data.
  private static func file(_ header: String, _ data: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + Array(repeating: 7, count: data)
  }

  private static func entry(
    _ name: String, _ range: String, dtype: String = "F32", shape: String = "[2]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(range)}"#
  }

  @Test(
    arguments: [
      ([1, 2, 3], "has 3 bytes"),
      (Array(repeating: 0xFF, count: 16), "claims 18446744073709551615 bytes"),
      ([200, 0, 0, 0, 0, 0, 0, 0, 0x7B], "the file ends at byte 9, its header needs up to 208"),
      (file("[]", 0), "the header is an array"),
      (file("{", 0), "not valid JSON"),
      (file("{\(entry("x", "[0,8]"))}", 5), "the file ends at byte 67, tensor x needs up to 70"),
      (
        file("{\(entry("x", "[0,8]")),\(entry("y", "[4,12]"))}", 12),
        "the bytes of y overlap those of x"
      ),
      (file("{\(entry("x", "[0,8]")),\(entry("y", "[10,18]"))}", 18), "2 bytes between x and y"),
      (file("{\(entry("x", "[0,8]"))}", 10), "2 bytes after x"),
      (
        file("{\(entry("x", "[0,6]"))}", 6),
        "[2] values of F32 take 8 bytes; 'data_offsets' gives 6"
      ),
      (file("{\(entry("x", "[0,8]", dtype: "Q4"))}", 8), "the type Q4 is not known"),
      (file("{\(entry("x", "[8,0]"))}", 8), "two rising whole numbers"),
      (file("{\(entry("x", "[0,8]", shape: "[-2]"))}", 8), "whole numbers from 0"),
      (file("{\(entry("x", "[0,8]", shape: "[4611686018427387904,8]"))}", 8), "too large"),
      (file("{\(entry("x", "[0,9223372036854775807]"))}", 8), "two rising whole numbers"),
      (file(#"{"__metadata__":{"a":1}}"#, 0), "__metadata__.a is a number"),
      (file(#"{"x":{"shape":[2],"data_offsets":[0,8]}}"#, 8), "it has no 'dtype'"),
    ] as [([UInt8], String)])
  func `a damaged file is refused with the reason`(bytes: [UInt8], reason: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("bad.safetensors", bytes)
    let error = failure { _ = try SafetensorsFile(path: path) }
    #expect(error?.code == .model)
    #expect(error?.place?.file == path)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
  }

  @Test func `a file cut anywhere is refused, never read past its end`() throws {
    let whole = try contents(Fixture.path("files/types.safetensors"))
    let folder = try TemporaryFolder()
    for length in stride(from: 0, to: whole.count, by: 37) {
      let path = try folder.file("cut.safetensors", Array(whole[..<length]))
      #expect(failure { _ = try SafetensorsFile(path: path) }?.code == .model)
    }
  }

  @Test func `a header with any byte flipped never traps`() throws {
    let whole = try contents(Fixture.path("files/types.safetensors"))
    let folder = try TemporaryFolder()
    var numbers = SystemRandomNumberGenerator()
    for place in stride(from: 0, to: min(whole.count, 1500), by: 3) {
      var bytes = whole
      bytes[place] ^= UInt8.random(in: 1...255, using: &numbers)
      let path = try folder.file("flipped.safetensors", bytes)
      guard let file = try? SafetensorsFile(path: path) else { continue }
      for entry in file.names.compactMap({ file.entry($0) }) {
        #expect(file.bytes(of: entry).count == entry.byteRange.count)
      }
    }
  }

  @Test func `a tensor of the wrong size leaves no file behind`() throws {
    let folder = try TemporaryFolder()
    let tensor = SafetensorsTensor(name: "x", dtype: "F32", shape: [2]) { body in
      try withUnsafeBytes(of: Float(1)) { try body($0) }
    }
    let error = failure {
      try SafetensorsWriter.write(to: folder.path + "/x.safetensors", tensors: [tensor])
    }
    #expect(error?.message == "tensor x gave 4 bytes; 8 are expected")
    #expect(Folder.names(in: folder.path).isEmpty)
  }

  @Test func `a sharded model is read through its index`() throws {
    let model = try ShardedSafetensors(folder: Fixture.path("files/sharded"))
    #expect(model.names == ["x.weight", "y.weight"])
    let found = try #require(model.entry("y.weight"))
    #expect(found.file.path.hasSuffix("model-00002-of-00002.safetensors"))
    #expect(found.entry.shape == [3])
    #expect(model.entry("z") == nil)
  }

  @Test func `a missing shard is named`() throws {
    let folder = try TemporaryFolder()
    let index = try contents(Fixture.path("files/sharded/model.safetensors.index.json"))
    _ = try folder.file("model.safetensors.index.json", index)
    let error = failure { _ = try ShardedSafetensors(folder: folder.path) }
    #expect(error?.message.contains("model-00001-of-00002.safetensors is missing") == true)
  }

  @Test func `an index may not lead out of its folder`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("model.safetensors.index.json", #"{"weight_map": {"x": "../secret"}}"#)
    let error = failure { _ = try ShardedSafetensors(folder: folder.path) }
    #expect(error?.place?.field == "weight_map.x")
  }

  @Test(arguments: ["pytorch_model.bin", "model.pt", "model.pth"])
  func `pickled weights are refused with the way to convert them`(name: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file(name, "x")
    let error = failure { _ = try ShardedSafetensors(folder: folder.path) }
    #expect(error?.code == .model)
    #expect(error?.message.contains(name) == true)
    #expect(error?.remedy?.contains("save_pretrained") == true)
  }

  @Test func `a folder without weights says so`() throws {
    let folder = try TemporaryFolder()
    #expect(
      failure { _ = try ShardedSafetensors(folder: folder.path) }?.message.contains(
        "no model.safetensors") == true)
    #expect(
      failure { _ = try ShardedSafetensors(folder: folder.path + "/x") }?.message
        == "there is no such folder")
  }
}
