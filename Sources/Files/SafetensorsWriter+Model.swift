extension SafetensorsWriter {
  /// The bytes of values that one file of a model holds before another is begun.
  public static let shardBytes = 5_000_000_000

  /// Writes a model's tensors into `folder`: as `model.safetensors`, or as numbered files with
  /// `model.safetensors.index.json`, as transformers lays them out.
  ///
  /// - Parameters:
  ///   - tensors: in the order in which they are spread over the files.
  ///   - limit: bytes of values a file; a tensor that is larger has a file of its own.
  public static func writeModel(
    to folder: String, metadata: [String: String] = ["format": "pt"],
    tensors: [SafetensorsTensor], limit: Int = shardBytes
  ) throws {
    let shards = try shards(tensors, limit: limit, folder)
    guard shards.count > 1 else {
      try write(to: folder + "/model.safetensors", metadata: metadata, tensors: tensors)
      return
    }
    var places: [(String, JSON)] = []
    var total = 0
    for (index, shard) in shards.enumerated() {
      let name = "model-\(padded(index + 1))-of-\(padded(shards.count)).safetensors"
      try write(to: folder + "/" + name, metadata: metadata, tensors: shard)
      places += shard.map { ($0.name, .string(name)) }
      total += try shard.reduce(0) { try $0 + byteCount($1, name) }
    }
    places.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    let index: JSON = [
      "metadata": ["total_size": .integer(total)],
      "weight_map": JSON(members: places),
    ]
    try AtomicFile.write(
      index.text(.pretty) + "\n", to: folder + "/model.safetensors.index.json")
  }

  private static func shards(
    _ tensors: [SafetensorsTensor], limit: Int, _ folder: String
  ) throws -> [[SafetensorsTensor]] {
    var shards: [[SafetensorsTensor]] = [[]]
    var bytes = 0
    for tensor in tensors {
      let size = try byteCount(tensor, folder)
      if bytes + size > limit, shards.last?.isEmpty == false {
        shards.append([])
        bytes = 0
      }
      shards[shards.count - 1].append(tensor)
      bytes += size
    }
    return shards
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
