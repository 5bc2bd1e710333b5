internal import AnnealFiles
internal import OrderedCollections

/// What `set.json` of a prepared set says: of what it was made, and its shards.
struct SetFacts: Sendable {
  /// A shard, as it must be found.
  struct ShardFacts: Sendable {
    var file: String
    var hash: String
    var records: Int
    var examples: Int
    var tokens: Int
    var bad: Int
  }

  /// The name of the file in a set's folder.
  static let name = "set.json"

  var key: String
  var files: [String]
  var shards: [ShardFacts]

  /// Writes `set.json` into `folder`, which makes the set whole.
  func write(to folder: String) throws {
    let shards = shards.map { shard -> JSON in
      [
        "file": .string(shard.file), "sha256": .string(shard.hash),
        "records": .integer(shard.records), "examples": .integer(shard.examples),
        "tokens": .integer(shard.tokens), "bad": .integer(shard.bad),
      ]
    }
    let json: JSON = [
      "version": 1, "key": .string(key), "files": .array(files.map { .string($0) }),
      "shards": .array(shards),
    ]
    try AtomicFile.write(json.text(.pretty) + "\n", to: folder + "/" + Self.name)
  }

  init(key: String, files: [String], shards: [ShardFacts]) {
    (self.key, self.files, self.shards) = (key, files, shards)
  }

  /// The facts in `folder`; nil when they are missing or not as they were written.
  init?(folder: String, key: String) {
    let path = folder + "/" + Self.name
    guard Folder.holdsFile(path), let json = try? JSON(contentsOf: path),
      json["key"]?.string == key,
      let files = json["files"]?.array?.map(\.string), let listed = json["shards"]?.array
    else { return nil }
    let shards = listed.map { ShardFacts($0) }
    guard !files.contains(nil), !shards.contains(where: { $0 == nil }) else { return nil }
    self.init(key: key, files: files.compactMap { $0 }, shards: shards.compactMap { $0 })
  }
}

extension SetFacts.ShardFacts {
  fileprivate init?(_ json: JSON) {
    guard let file = json["file"]?.string, !file.contains("/"), let hash = json["sha256"]?.string,
      let records = json["records"]?.integer, let examples = json["examples"]?.integer,
      let tokens = json["tokens"]?.integer, let bad = json["bad"]?.integer
    else { return nil }
    self.init(
      file: file, hash: hash, records: records, examples: examples, tokens: tokens, bad: bad)
  }

  /// Whether the file in `folder` is the one that was written.
  func isIntact(in folder: String) -> Bool {
    (try? SHA256Digest.hex(reading: folder + "/" + file)) == hash
  }
}
