/// The weights of a model folder: `model.safetensors`, or the shards that
/// `model.safetensors.index.json` lists.
public struct ShardedSafetensors: Sendable {
  /// The model's folder.
  public let folder: String
  /// The files, in the order of their names.
  public let files: [SafetensorsFile]
  /// All tensors' names: file by file, in the order of their bytes.
  public let names: [String]

  private let places: [String: Int]

  /// Opens the weights in `folder`.
  ///
  /// - Throws: `AnnealError` of kind `model` when there are none, when a shard or a tensor that the
  ///   index lists is missing, or when only pickled weights are there.
  public init(folder: String) throws {
    self.folder = folder
    let index = folder + "/model.safetensors.index.json"
    let single = folder + "/model.safetensors"
    var expected: [String: String] = [:]
    if Folder.holdsFile(single) {
      files = [try SafetensorsFile(path: single)]
    } else if Folder.holdsFile(index) {
      expected = try Self.weightMap(index)
      files = try Set(expected.values).sorted().map { shard in
        let path = folder + "/" + shard
        guard Folder.holdsFile(path) else {
          throw AnnealError(
            .model, "the shard \(shard) is missing, though the index lists it",
            at: .init(file: index), remedy: "Fetch the model again, or copy the shard beside it.")
        }
        return try SafetensorsFile(path: path)
      }
    } else {
      throw Self.noWeights(folder)
    }
    names = files.flatMap(\.names)
    places = Dictionary(
      files.enumerated().flatMap { place, file in file.names.map { ($0, place) } },
      uniquingKeysWith: { first, _ in first })
    for (name, shard) in expected.sorted(by: { $0.key < $1.key }) where places[name] == nil {
      throw AnnealError(
        .model, "the tensor \(name) is missing, though the index lists it",
        at: .init(file: folder + "/" + shard))
    }
  }

  /// The file that holds the tensor `name`, and its entry; nil when there is none.
  public func entry(_ name: String) -> (file: SafetensorsFile, entry: SafetensorsEntry)? {
    guard let place = places[name], let entry = files[place].entry(name) else { return nil }
    return (files[place], entry)
  }

  private static func weightMap(_ path: String) throws -> [String: String] {
    let json = try JSON(contentsOf: path, code: .model)
    guard let map = json["weight_map"]?.object else {
      throw AnnealError(
        .model, "the index has no 'weight_map'", at: .init(file: path, field: "weight_map"))
    }
    return try map.reduce(into: [:]) { result, member in
      // A shard lies beside its index; a path that leads elsewhere is a trick or a mistake.
      guard let shard = member.value.string, !shard.isEmpty, !shard.contains("/") else {
        throw AnnealError(
          .model, "'\(member.value.text())' is not the name of a file beside the index",
          at: .init(file: path, field: "weight_map.\(member.key)"))
      }
      result[member.key] = shard
    }
  }

  private static func noWeights(_ folder: String) -> AnnealError {
    guard Folder.exists(folder) else {
      return AnnealError(.model, "there is no such folder", at: .init(file: folder))
    }
    let names = Folder.names(in: folder)
    let pickled = names.first { name in [".bin", ".pt", ".pth"].contains { name.hasSuffix($0) } }
    guard let pickled else {
      return AnnealError(
        .model, "the folder holds no model.safetensors and no model.safetensors.index.json",
        at: .init(file: folder), remedy: "Give the folder that holds config.json and the weights.")
    }
    return AnnealError(
      .model, "the weights are pickled (\(pickled)), which can run any program when read",
      at: .init(file: folder),
      remedy: "Convert them once with transformers: python3 -c \"from transformers import "
        + "AutoModelForCausalLM as M; M.from_pretrained('\(Folder.name(of: folder))')"
        + ".save_pretrained('converted')\"")
  }
}
